// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QPointer>
#include <vector>

#include "session.h"
#include "socketoptions.h"

namespace sockstage {

enum class OptionColumn : std::uint8_t { Name, Value, Asked, When, Meaning };
inline constexpr int optionColumnCount = 5;

/// The options of one socket, as they were last read. A change is a recorded setsockopt() of the session;
/// what the table then shows is what the kernel granted. Window thread.
class OptionsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    explicit OptionsModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}

    /// `connection` 0: the session's own socket.
    void setTarget(Session* session, std::uint32_t connection);
    /// Takes over what the worker has read since the last time.
    void refresh();
    const OptionValue& at(int row) const { return values_[static_cast<std::size_t>(row)]; }
    /// The socket is open, so that options can be set.
    bool isLive() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    /// Text as a person types it; false and refused() when it is no value of the option.
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;

Q_SIGNALS:
    void refused(const QString& sentence);

private:
    QString text(const OptionValue& value, OptionColumn column) const;

    QPointer<Session> session_;
    std::uint32_t connection_ = 0;
    quint64 readings_ = 0;
    std::vector<OptionValue> values_;
};

/// "SO_RCVBUF: asked 4096 bytes, granted 8192 bytes (doubled by the kernel ...)", or why it was refused;
/// plain text.
QString optionStory(const OptionValue& value);

}  // namespace sockstage
