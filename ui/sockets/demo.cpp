// SPDX-License-Identifier: GPL-3.0-or-later
#include "demo.h"

#include <algorithm>

#include "socketsmodel.h"

namespace sockstage {
namespace {

constexpr int talkMs = 1000;
constexpr int tcpClients = 3;

/// Something to look at in each view: plain lines, an umlaut, bytes that are no text.
QByteArray message(std::size_t client, const QByteArray& name, int round) {
    switch ((static_cast<std::size_t>(round) + client) % 4) {
        case 0:
            return "GET /status HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
        case 1:
            return "round " + QByteArray::number(round) + " from " + name + "\n";
        case 2:
            return QByteArray("\x00\x01\x02\x7f\xfe\xff", 6) + QByteArray::number(round);
        default:
            return "naïve café: é and ï take two bytes each in UTF-8\n";
    }
}

}  // namespace

Demo::Demo(SocketsModel& sockets, QObject* parent) : QObject(parent), sockets_(sockets) {
    timer_.setInterval(talkMs);
    connect(&timer_, &QTimer::timeout, this, &Demo::talk);
}

void Demo::start() {
    tcpServer_ = openServer(Role::TcpServer);
    udpServer_ = openServer(Role::UdpServer);
    timer_.start();
    serverMoved();
}

Session* Demo::openServer(Role role) {
    SocketConfig config;
    config.role = role;
    config.endpoint = {"127.0.0.1", "0"};
    config.echo = true;
    Session* server = sockets_.open(config);
    connect(server, &Session::stageChanged, this, &Demo::serverMoved);
    return server;
}

void Demo::serverMoved() {
    const auto waiting = [](const Session* server, Stage stage) {
        return server != nullptr && server->stages().at(stage).state.load() == StageState::Waiting;
    };
    if (!tcpStarted_ && waiting(tcpServer_, Stage::Accept)) {
        tcpStarted_ = true;
        openClients(tcpServer_, Role::TcpClient, tcpClients);
    }
    if (!udpStarted_ && waiting(udpServer_, Stage::Recv)) {
        udpStarted_ = true;
        openClients(udpServer_, Role::UdpClient, 1);
    }
}

void Demo::openClients(Session* server, Role role, int count) {
    const SocketAddress address = server->localAddress();
    SocketConfig config;
    config.role = role;
    config.endpoint = {address.hostText(), std::to_string(address.port())};
    for (int i = 0; i < count; ++i) {
        config.name = isTcp(role) ? "client " + std::to_string(i + 1) : "UDP client";
        clients_.emplace_back(sockets_.open(config));
    }
}

void Demo::talk() {
    const bool allStarted = tcpStarted_ && udpStarted_;
    const auto over = [](const QPointer<Session>& client) { return client.isNull() || client->isFinished(); };
    if (allStarted && std::all_of(clients_.begin(), clients_.end(), over)) return timer_.stop();
    ++round_;
    for (std::size_t i = 0; i < clients_.size(); ++i)
        if (!over(clients_[i]))
            clients_[i]->send({}, message(i, QByteArray::fromStdString(clients_[i]->config().name), round_));
}

}  // namespace sockstage
