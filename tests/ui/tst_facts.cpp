// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "clientorder.h"
#include "connectiontext.h"
#include "demo.h"
#include "loopback.h"
#include "quantitytext.h"
#include "sessiontext.h"
#include "socketsmodel.h"
#include "stagecalls.h"
#include "stagefacts.h"
#include "statusline.h"

using namespace sockstage;

/// What the window says of sockets in the states that are seldom looked at: failed, half-closed, reset,
/// cured, flooded. Each sentence is held against what was done.
class TestFacts : public QObject {
    Q_OBJECT

private:
    static std::unique_ptr<Session> listening(
        const SocketConfig& config = loopback::configOf(Role::TcpServer)) {
        auto server = loopback::opened(config);
        [&] { QTRY_COMPARE(server->stages().at(Stage::Accept).state.load(), StageState::Waiting); }();
        return server;
    }
    static std::unique_ptr<Session> connectedTo(const Session& server) {
        const std::uint32_t before = server.connections().count();
        auto client = loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(server)));
        [&] { QTRY_COMPARE(server.connections().count(), before + 1); }();
        [&] { QTRY_COMPARE(client->connections().count(), 1U); }();
        return client;
    }
    static std::unique_ptr<Session> boundUdp(SocketConfig config = loopback::configOf(Role::UdpServer)) {
        auto server = loopback::opened(config);
        [&] { QTRY_VERIFY(server->stages().at(Stage::Recv).state.load() != StageState::NotYet); }();
        return server;
    }
    static void neverCalled(const Session& session, Stage stage, std::uint32_t connection = 0) {
        const StageFacts facts = stageFacts(session, stage, connection);
        QCOMPARE(facts.state, StageState::Skipped);
        QCOMPARE(facts.time, QStringLiteral("not called"));
    }

private Q_SLOTS:
    void nothingIsUnreadOnceAllIsRead() {
        const auto server = listening();
        const auto client = connectedTo(*server);
        server->hold(Stage::Recv, {1});
        server->watch({1}, false);
        client->send({}, QByteArray(23, 'x'));
        QTRY_COMPARE(stageFacts(*server, Stage::Close, 1).fact, QStringLiteral("unread 23 B"));
        server->watch({}, false);  // from here on the kernel is not sampled any more
        server->release(Stage::Recv, {1});
        QTRY_COMPARE(server->counters().receivedBytes.get(), 23U);
        QTRY_COMPARE(stageFacts(*server, Stage::Close, 1).fact, QStringLiteral("—"));
        QCOMPARE(unreadBytes(server->connections().at(1)), 0U);
    }

    void oneReadLeavesTheRestUnread() {
        SocketConfig config = loopback::configOf(Role::TcpServer);
        config.readBytes = 10;
        const auto server = listening(config);
        const auto client = connectedTo(*server);
        server->hold(Stage::Recv, {1});
        server->watch({1}, false);
        client->send({}, QByteArray(23, 'x'));
        QTRY_COMPARE(unreadBytes(server->connections().at(1)), 23U);
        server->watch({}, false);
        server->step(Stage::Recv, 1);
        QTRY_COMPARE(server->counters().receivedBytes.get(), 10U);
        QTRY_COMPARE(unreadBytes(server->connections().at(1)), 13U);
    }

    void onlyOurOwnShutdownIsDone() {
        const auto server = listening();
        const auto client = connectedTo(*server);
        client->shutdownSending({});
        QTRY_COMPARE(stageFacts(*server, Stage::Shutdown, 1).fact, QStringLiteral("peer sent EOF"));
        QCOMPARE(stageFacts(*server, Stage::Shutdown, 1).state, StageState::NotYet);
        QTRY_COMPARE(stageFacts(*client, Stage::Shutdown, 0).state, StageState::Done);
        QCOMPARE(stageFacts(*client, Stage::Shutdown, 0).fact, QStringLiteral("we sent EOF"));
        server->closeConnections({1});
        QTRY_VERIFY(!isOpen(server->connections().at(1)));
        neverCalled(*server, Stage::Shutdown, 1);
    }

    void aShutdownThatWasMadeStaysAfterAReset() {
        const auto server = listening();
        const auto client = connectedTo(*server);
        client->shutdownSending({});
        QTRY_COMPARE(server->connections().at(1).receiving.load(), DirectionState::Eof);
        server->reset({1});
        QTRY_VERIFY(client->isFinished());
        QCOMPARE(stageFacts(*client, Stage::Shutdown, 1).state, StageState::Done);
        QCOMPARE(stageFacts(*client, Stage::Shutdown, 1).fact, QStringLiteral("we sent EOF"));
        QCOMPARE(stageFacts(*client, Stage::Shutdown, 0).fact, QStringLiteral("we sent EOF"));
    }

    void noSendIsSaidToHaveFailedThatWasNotMade() {
        const auto server = listening();
        const auto client = connectedTo(*server);
        client->reset({});
        QTRY_VERIFY(!isOpen(server->connections().at(1)));
        QCOMPARE(stageFacts(*server, Stage::Recv, 1).state, StageState::Failed);
        QCOMPARE(stageFacts(*server, Stage::Recv, 1).errorName, QStringLiteral("ECONNRESET"));
        const StageFacts send = stageFacts(*server, Stage::Send, 1);
        QCOMPARE(send.state, StageState::Done);
        QVERIFY(send.ended);
        QCOMPARE(send.time, QStringLiteral("broken off"));
        QCOMPARE(send.errorName, QString());
    }

    void shutdownOfTheReceivingSide() {
        const auto server = listening();
        const auto client = connectedTo(*server);
        client->hold(Stage::Shutdown);
        client->shutdownReceiving({});
        QTRY_COMPARE(stageFacts(*client, Stage::Shutdown, 0).state, StageState::Held);
        client->step(Stage::Shutdown, 0);
        QTRY_COMPARE(stageFacts(*client, Stage::Shutdown, 0).state, StageState::Done);
        QCOMPARE(stageFacts(*client, Stage::Shutdown, 0).fact, QStringLiteral("receiving shut down"));
        QCOMPARE(stageFacts(*client, Stage::Shutdown, 1).state, StageState::Done);
    }

    void aRefusedClientIsClosedAndTheRestNeverCalled() {
        quint16 port = 0;
        {
            const auto server = listening();
            port = loopback::portOf(*server);
        }
        const auto client = loopback::opened(loopback::configOf(Role::TcpClient, port));
        QTRY_VERIFY(client->isFinished());
        QCOMPARE(stageFacts(*client, Stage::Connect, 0).state, StageState::Failed);
        const StageFacts closed = stageFacts(*client, Stage::Close, 0);
        QCOMPARE(closed.state, StageState::Done);
        QVERIFY2(closed.time.endsWith(QStringLiteral("s")), qPrintable(closed.time));
        for (const Stage stage : {Stage::Recv, Stage::Send, Stage::Shutdown})
            neverCalled(*client, stage);
    }

    void aNameThatIsNotResolvedMakesNoOtherCall() {
        SocketConfig config = loopback::configOf(Role::TcpClient);
        config.endpoint.service = "no-such-service";
        const auto client = loopback::opened(config);
        QTRY_VERIFY(client->isFinished());
        QCOMPARE(stageFacts(*client, Stage::Getaddrinfo, 0).state, StageState::Failed);
        for (const Stage stage : {Stage::Socket, Stage::Connect, Stage::Recv, Stage::Close})
            neverCalled(*client, stage);
    }

    void aServerThatFailsIsClosed() {
        const auto first = listening();
        const auto second = loopback::opened(loopback::configOf(Role::TcpServer, loopback::portOf(*first)));
        QTRY_VERIFY(second->isFinished());
        QCOMPARE(stageFacts(*second, Stage::Close, 0).state, StageState::Done);
        neverCalled(*second, Stage::Accept);
    }

    void aCuredDatagramErrorIsOver() {
        const auto server = boundUdp();
        const auto client = loopback::opened(loopback::configOf(Role::UdpClient, loopback::portOf(*server)));
        client->send({}, QByteArray(70'000, 'x'));  // more than a datagram can be
        QTRY_COMPARE(stageFacts(*client, Stage::Send, 0).errorName, QStringLiteral("EMSGSIZE"));
        QTRY_COMPARE(socketMark(*client), SocketMark::Failed);
        QVERIFY(client->trouble().contains(QStringLiteral("EMSGSIZE")));
        QCOMPARE(client->stateWord(), QStringLiteral("EMSGSIZE"));
        client->send({}, QByteArrayLiteral("short"));
        QTRY_COMPARE(server->counters().receivedBytes.get(), 5U);
        QTRY_VERIFY(client->trouble().isEmpty());
        QCOMPARE(socketMark(*client), SocketMark::Connected);
        QCOMPARE(stageFacts(*client, Stage::Send, 0).errorName, QString());
        QVERIFY2(client->failure().contains(QStringLiteral("EMSGSIZE")), "who asks later is told of it");
        client->close(0);
        QTRY_VERIFY(client->isFinished());
        QCOMPARE(socketMark(*client), SocketMark::Ended);
    }

    void thoseThatHaveGoneAreNotConnected() {
        const auto server = listening();
        const auto stays = connectedTo(*server), ends = connectedTo(*server), closed = connectedTo(*server);
        ends->shutdownSending({});
        server->closeConnections({3});
        QTRY_COMPARE(stateSentence(*server),
                     QStringLiteral("listening, 1 connected, 1 ended by the peer, 1 closed"));
        QCOMPARE(closedConnections(server->counters()), 1U);
        QVERIFY(stageFacts(*server, Stage::Recv, 0).time.contains(QStringLiteral("2 open · 1 closed")));
        QCOMPARE(stageFacts(*server, Stage::Recv, 0).state, StageState::Waiting);
        stays->shutdownSending({});
        QTRY_COMPARE(stateSentence(*server),
                     QStringLiteral("listening, none connected, 2 ended by the peer, 1 closed"));
        QCOMPARE(stageFacts(*server, Stage::Recv, 0).state, StageState::Done);
        QCOMPARE(stageFacts(*server, Stage::Send, 0).state, StageState::Waiting);
    }

    void theClosedStandWhereTheirCellsSay() {
        const auto server = listening();
        const auto first = connectedTo(*server), second = connectedTo(*server);
        server->hold(Stage::Recv, {1, 2});
        server->watch({1, 2}, false);
        first->send({}, QByteArray(500, 'x'));
        second->send({}, QByteArray(5, 'x'));
        QTRY_COMPARE(unreadBytes(server->connections().at(1)), 500U);
        QTRY_COMPARE(unreadBytes(server->connections().at(2)), 5U);
        server->reset({1});
        QTRY_VERIFY(!isOpen(server->connections().at(1)));
        const auto order =
            sortedClients(server->connections(), {1, 2}, ClientColumn::ReceiveQueue, Qt::DescendingOrder, {});
        QCOMPARE(order, (std::vector<std::uint32_t>{2, 1}));
    }

    void aPeerThatHasGoneIsNotConnected() {
        const auto server = listening();
        const auto client = connectedTo(*server);
        client->hold(Stage::Recv);
        server->reset({1});
        QTRY_VERIFY(!isOpen(server->connections().at(1)));
        client->send({}, QByteArrayLiteral("anybody?"));
        client->send({}, QByteArrayLiteral("anybody?"));
        QTRY_COMPARE(client->stages().at(Stage::Send).state.load(), StageState::Failed);
        QVERIFY(!client->isFinished());
        QCOMPARE(socketMark(*client), SocketMark::Failed);
        QVERIFY2(client->stateWord() == QStringLiteral("reset by peer") ||
                     client->stateWord() == QStringLiteral("peer gone"),
                 qPrintable(client->stateWord()));
    }

    void whatTheKernelDroppedIsNotKept() {
        SocketConfig config = loopback::configOf(Role::UdpServer);
        config.receiveBufferBytes = 4096;
        config.held.insert(Stage::Recv);
        const auto server = boundUdp(config);
        QCOMPARE(keptSentence(*server), QStringLiteral("every byte kept"));
        const auto client = loopback::opened(loopback::configOf(Role::UdpClient, loopback::portOf(*server)));
        constexpr quint64 sent = 60;
        for (quint64 i = 0; i < sent; ++i)
            client->send({}, QByteArray(1000, 'x'));
        QTRY_COMPARE(client->counters().sentMessages.get(), sent);
        server->watch({}, true);
        QTRY_VERIFY(server->counters().kernelDrops.get() > 0);
        server->release(Stage::Recv);
        QTRY_COMPARE(server->counters().receivedMessages.get() + server->counters().kernelDrops.get(), sent);
        QCOMPARE(keptSentence(*server), QStringLiteral("the kernel dropped %1 datagrams")
                                            .arg(grouped(sent - server->counters().receivedMessages.get())));
    }

    void oneSystemOfUnits() {
        for (const std::size_t megabytes : {8U, 64U, 256U}) {
            SocketConfig config = loopback::configOf(Role::TcpServer);
            config.captureBytes = megabytes * 1'000'000;
            const Session session(config);
            QCOMPARE(session.capture().budgetBytes(), config.captureBytes);
        }
        QCOMPARE(bytesText(SocketConfig().captureBytes), QStringLiteral("256 MB"));
    }

    void aStageThatIsCalledDoesNotWait() {
        const auto server = listening();
        const auto client = connectedTo(*server);
        const auto time = [&client] { return stageFacts(*client, Stage::Recv, 0).time; };
        QTRY_VERIFY(time().startsWith(QStringLiteral("waiting 1.")));
        server->send({}, QByteArrayLiteral("news"));
        QTRY_COMPARE(time(), QStringLiteral("at work"));
        QTRY_VERIFY2(time().startsWith(QStringLiteral("waiting 1.")),
                     "since the last byte, not since connect()");
    }

    void setUpIsKnownAfterItsRecordsWereEvicted() {
        SocketConfig config = loopback::configOf(Role::TcpServer);
        config.captureBytes = 0;  // the smallest
        config.echo = true;
        const auto server = listening(config);
        const auto client = connectedTo(*server);
        const QString fd = stageFacts(*server, Stage::Socket, 0).fact;
        QCOMPARE(fd, QStringLiteral("fd %1").arg(server->descriptor()));
        client->send({}, QByteArray(24'000'000, 'x'));
        QTRY_VERIFY(server->capture().beginRow() > 10);
        QCOMPARE(stageFacts(*server, Stage::Socket, 0).fact, fd);
        QCOMPARE(stageFacts(*server, Stage::Getaddrinfo, 0).fact, QStringLiteral("1 address"));
        server->close(0);
        QTRY_VERIFY(server->isFinished());
        QCOMPARE(stageFacts(*server, Stage::Socket, 0).fact, fd);
    }

    void oneCallWithTwoNames() {
        const auto server = listening();
        const auto client = connectedTo(*server);
        client->send({}, QByteArrayLiteral("hello"));
        QTRY_COMPARE(server->counters().receivedBytes.get(), 5U);
        const QString received = callsText(*server, collectStageCalls(*server, Stage::Recv, 1));
        QVERIFY2(received.contains(QStringLiteral("recv() is the kernel's recvfrom()")),
                 qPrintable(received));
        const QString sent = callsText(*client, collectStageCalls(*client, Stage::Send, 0));
        QVERIFY2(sent.contains(QStringLiteral("send() is the kernel's sendto()")), qPrintable(sent));
        const QString listened = callsText(*server, collectStageCalls(*server, Stage::Listen, 0));
        QVERIFY2(!listened.contains(QStringLiteral("kernel's")), qPrintable(listened));
    }

    void theDemosClientsSayTheirOwnNames() {
        SocketsModel sockets;
        Demo demo(sockets);
        demo.start();
        const auto said = [&sockets](const char* name) {
            for (int row = 0; row < sockets.rowCount({}); ++row) {
                const Session& each = *sockets.at(row);
                if (each.config().name == name && each.counters().sentMessages.get() >= 4)
                    return loopback::received(each).contains(QByteArray(" from ") + name + '\n');
            }
            return false;
        };
        for (const char* name : {"client 1", "client 2", "client 3", "UDP client"})
            QTRY_VERIFY2_WITH_TIMEOUT(said(name), name, 15'000);
    }
};

QTEST_MAIN(TestFacts)
#include "tst_facts.moc"
