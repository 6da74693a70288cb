// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPersistentModelIndex>
#include <QPointer>
#include <QWidget>

#include "session.h"

class QSettings;
class QTableView;

namespace sockstage {

class ClientsModel;

/// The connections of a session: clients of a TCP server, peers of a UDP socket, the one connection
/// of a TCP client.
class ClientsTable : public QWidget {
    Q_OBJECT

public:
    explicit ClientsTable(QWidget* parent = nullptr);
    void setSession(Session* session);
    void refresh();
    ConnectionNumbers selected() const;
    /// The rows on screen, for Session::watch().
    ConnectionNumbers visibleConnections() const;
    void selectConnection(std::uint32_t number);
    void resetColumns();
    void saveState(QSettings& settings) const;
    void restoreState(QSettings& settings);

    /// As high as its rows, up to a limit.
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    /// Of whole rows, as many as there are and have room.
    int heightWithin(int most) const;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

Q_SIGNALS:
    void heightWishChanged();
    void selectionChanged();
    void sendToRequested(sockstage::ConnectionNumbers targets);

private:
    void setUpView();
    void setColumnWidths();
    /// Of the session's kind of socket; some of these may have no room.
    bool isMeaningful(int column) const;
    int widthOfFigures() const;
    void fitColumns();
    void stretchColumns();
    int heightOf(int rows) const;
    void makeRoomForQueue();
    void keepPlace();
    QPair<int, int> visibleRows() const;
    void showMenu(const QPoint& at);
    void copyCell() const;
    void copyRows() const;

    QPointer<Session> session_;
    QTableView* view_;
    ClientsModel* model_;
    int shownRows_ = 0;
    QPersistentModelIndex top_;  ///< the uppermost row that stays, while others go
    int narrowQueue_ = 0;        ///< the column's width without our queue; 0: it has that width
    bool fitting_ = false;

    static constexpr int mostRows = 40;
};

}  // namespace sockstage
