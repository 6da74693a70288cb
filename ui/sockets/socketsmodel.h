// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <memory>
#include <vector>

#include "ratemeter.h"
#include "session.h"
#include "sessiontext.h"

namespace sockstage {

/// All sessions of the window, one row each. Owns them. Window thread.
class SocketsModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum DataRole { RoleTextRole = Qt::UserRole, StateRole, MarkRole, ReceivingRole, SendingRole };

    explicit SocketsModel(QObject* parent = nullptr);
    ~SocketsModel() override;

    /// Makes a session, opens it and appends its row.
    Session* open(const SocketConfig& config);
    /// Destroys a finished session with all that it recorded; any other stays.
    bool remove(Session* session);
    /// Closes all in order; see allFinished.
    void closeAll();

    Session* at(int row) const;
    int rowOf(const Session* session) const;
    bool allFinished() const;
    int openCount() const;
    double receivingRate() const;  ///< bytes per second, all sessions together
    double sendingRate() const;

    /// Reads the sessions and announces the rows whose text has changed.
    void refresh();

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

Q_SIGNALS:
    /// Every session is closed and its worker done.
    void everythingFinished();

private:
    struct Shown {
        QString address, state, receiving, sending;
        SocketMark mark = SocketMark::Waiting;
        bool operator==(const Shown&) const = default;
    };
    struct Row {
        std::unique_ptr<Session> session;
        RateMeter received, sent;
        Shown shown;
    };
    static Shown read(Row& row);
    QString sentence(const Row& row) const;
    void sessionFinished();

    std::vector<Row> rows_;
};

}  // namespace sockstage
