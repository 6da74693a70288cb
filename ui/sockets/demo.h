// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>
#include <QTimer>
#include <vector>

#include "session.h"

namespace sockstage {

class SocketsModel;

/// The loopback demo: a TCP echo server with three clients and a UDP echo server with one, real
/// sockets on ports that the kernel chooses, talking a little every second until they are closed.
class Demo : public QObject {
    Q_OBJECT

public:
    explicit Demo(SocketsModel& sockets, QObject* parent = nullptr);
    void start();
    /// The session that shows most; nullptr before start().
    Session* centre() const { return tcpServer_; }

private:
    Session* openServer(Role role);
    void openClients(Session* server, Role role, int count);
    void serverMoved();
    void talk();

    SocketsModel& sockets_;
    QPointer<Session> tcpServer_, udpServer_;
    std::vector<QPointer<Session>> clients_;
    QTimer timer_;
    int round_ = 0;
    bool tcpStarted_ = false, udpStarted_ = false;
};

}  // namespace sockstage
