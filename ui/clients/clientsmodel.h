// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QFont>
#include <QPointer>
#include <array>
#include <unordered_map>
#include <vector>

#include "clientorder.h"
#include "ratehistory.h"
#include "session.h"

namespace sockstage {

/// The connections or peers of a session as a table over live counters. Values are read when a cell
/// is painted first; refresh() reads those on screen again and says which have changed. Sorted here and not
/// by a proxy, which would sort anew at every change of every counter.
class ClientsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    explicit ClientsModel(QObject* parent = nullptr);
    void setSession(const Session* session);
    /// Adds new rows, removes those of recycled connections, and announces changes of the rows on screen,
    /// each at its own pace.
    void refresh(int firstVisible, int lastVisible);

    std::uint32_t numberAt(int row) const { return order_[static_cast<std::size_t>(row)]; }
    /// -1: not in the table yet, or no more.
    int rowOf(std::uint32_t number) const;
    /// nullptr: not on screen long enough.
    const RateHistory* rates(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order) override;

private:
    void appendNew();
    void removeRecycled();
    void forgetRows(int first, int count);
    void resort();
    void setOrder(std::vector<std::uint32_t> order);
    /// A row as it was announced last: what has the same texts needs no new paint.
    struct ShownRow {
        std::uint32_t number;
        bool closed;  // other colours
        std::array<QString, clientColumnCount> texts;
    };
    ShownRow shownRow(std::uint32_t number) const;
    const ShownRow* shownAt(int row) const;
    void announce(int first, int last, bool newRates);
    bool sampleRates(int first, int last, qint64 nowNs);
    QString stateText(std::uint32_t number) const;
    QString text(std::uint32_t number, ClientColumn column) const;
    QString toolTip(std::uint32_t number, ClientColumn column) const;
    QVariant color(std::uint32_t number, ClientColumn column) const;
    const ConnectionSlot& slot(std::uint32_t number) const { return session_->connections().at(number); }

    QPointer<const Session> session_;
    std::vector<std::uint32_t> order_;             // row -> number
    std::unordered_map<std::uint32_t, int> rows_;  // number -> row
    std::uint32_t seen_ = 0, recycled_ = 0;        // as the table counted them at the last look
    MovedBytes movedBefore_;                       // at the last sort
    std::unordered_map<std::uint32_t, RateHistory> rates_;
    int sortColumn_ = -1;
    Qt::SortOrder sortOrder_ = Qt::AscendingOrder;
    qint64 sortedNs_ = 0, announcedNs_ = 0;
    std::vector<ShownRow> shown_;  // from row shownFirst_ on
    int shownFirst_ = 0;
};

}  // namespace sockstage
