#pragma once

#include <QPointer>
#include <QWidget>

#include "session.h"

class QSettings;
class QTableView;

namespace sockstage {

class ClientsModel;
class Strip;

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
    void saveState(QSettings& settings) const;
    void restoreState(QSettings& settings);

Q_SIGNALS:
    void selectionChanged();
    void sendToRequested(sockstage::ConnectionNumbers targets);

private:
    void setUpView();
    void setColumnWidths();
    void showMeaningfulColumns();
    void refreshStrip();
    void makeRoomForQueue();
    QPair<int, int> visibleRows() const;
    void showMenu(const QPoint& at);
    void copyCell() const;
    void copyRows() const;

    QPointer<Session> session_;
    Strip* strip_;
    QTableView* view_;
    ClientsModel* model_;
};

}  // namespace sockstage
