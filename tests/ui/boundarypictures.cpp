// SPDX-License-Identifier: GPL-3.0-or-later
#include "boundarypictures.h"

#include <QTabBar>

#include "boundarystrip.h"
#include "picturetaker.h"
#include "trafficpane.h"

namespace sockstage {
namespace {

class BoundaryPictures : private PictureTaker {
public:
    using PictureTaker::PictureTaker;

    bool takeAll() {
        boundaries();
        datagramBoundaries();
        return good_;
    }

private:
    /// Sends once the one before has been sent: two sends, not one.
    void sendOne(Session& from, const QByteArray& bytes) {
        const quint64 before = from.counters().sentMessages.get();
        from.send({}, bytes);
        until("a send", [&] { return from.counters().sentMessages.get() > before; });
    }

    void showBoundaries(Session& session) {
        window_->select(&session);
        auto* tabs = page().traffic().findChild<QTabBar*>();
        for (int tab = 0; tab < tabs->count(); ++tab)
            if (tabs->tabText(tab) == QStringLiteral("Boundaries")) tabs->setCurrentIndex(tab);
    }

    /// Two sends in one recv, one in three, and what is not received yet.
    void boundaries() {
        freshWindow();
        Session* server = open(loopback::configOf(Role::TcpServer));
        Session* client = open(loopback::configOf(Role::TcpClient, loopback::portOf(*server)));
        until("a client", [&] { return server->connections().count() == 1; });
        showBoundaries(*server);
        save(QStringLiteral("boundaries-nothing"), *window_);
        const auto read = [&](quint64 bytes) {
            until("a recv", [&] { return server->counters().receivedBytes.get() == bytes; });
        };
        server->hold(Stage::Recv);
        sendOne(*client, "hello ");
        sendOne(*client, "world");
        server->release(Stage::Recv);
        read(11);
        sendOne(*client, QByteArray(150'000, 'z'));
        read(150'011);
        server->setReadBytes(4);
        sendOne(*client, "hello world");
        read(150'022);
        server->hold(Stage::Recv);
        sendOne(*client, "hello");
        sendOne(*client, QByteArray(1000, 'x'));
        server->step(Stage::Recv, 1);
        read(150'026);
        showBoundaries(*client);
        save(QStringLiteral("boundaries"), *window_);
        auto* strip = page().findChild<BoundaryStrip*>();
        strip->setFocus();
        QTest::keyClick(strip, Qt::Key_Home);
        save(QStringLiteral("boundaries-chosen"), *window_);
    }

    /// Cut off, lost, and not received yet.
    void datagramBoundaries() {
        freshWindow();
        SocketConfig config = loopback::configOf(Role::UdpServer);
        config.readBytes = 8;
        config.receiveBufferBytes = 1;
        Session* server = open(config);
        Session* client = open(loopback::configOf(Role::UdpClient, loopback::portOf(*server)));
        until("a peer", [&] { return client->connections().count() == 1; });
        const auto read = [&](quint64 datagrams) {
            until("a datagram", [&] { return server->counters().receivedMessages.get() >= datagrams; });
        };
        sendOne(*client, "one");
        read(1);
        sendOne(*client, "");
        read(2);
        sendOne(*client, "a long datagram");
        read(3);
        server->hold(Stage::Recv);
        for (int i = 0; i < 8; ++i)
            sendOne(*client, QByteArray(400 + i, '.'));
        server->release(Stage::Recv);
        read(4);
        until("the rest", [&] { return server->stages().at(Stage::Recv).state == StageState::Waiting; });
        sendOne(*client, "after");
        until("the last", [&] { return loopback::received(*server).endsWith("after"); });
        server->hold(Stage::Recv);
        sendOne(*client, "held");
        showBoundaries(*client);
        save(QStringLiteral("boundaries-datagrams"), *window_);
    }
};

}  // namespace

bool takeBoundaryPictures(const QString& folder, const QString& suffix) {
    return BoundaryPictures(folder, suffix).takeAll();
}

}  // namespace sockstage
