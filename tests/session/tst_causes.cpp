// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessiontest.h"

// Why a session failed, as far as loopback can show it; networks with routers are in tests/peers.

using namespace sockstage;

namespace {

/// Binds this address without SO_REUSEADDR, and has failed.
std::unique_ptr<Session> refusedBind(const SocketAddress& wanted, Role role = Role::TcpServer) {
    SocketConfig made = config(role, wanted.hostText(), wanted.port());
    made.reuseAddress = false;
    auto session = opened(made);
    if (!QTest::qWaitFor([&] { return session->isFinished(); }, 10'000)) qFatal("it does not fail");
    return session;
}

}  // namespace

class TestCauses : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void ourOwnProcessHoldsThePort();
    void udpPortsAreHeldByUdp();
    void timeWaitHoldsThePort();
    void nothingListens();
    void aTimeOut();
    void aBroadcastAddress();
    void thePeerResets();
};

void TestCauses::ourOwnProcessHoldsThePort() {
    const auto first = listening(config(Role::TcpServer));
    const auto second = refusedBind(first->localAddress());
    const auto holders = second->portHolders().first;
    QCOMPARE(holders.size(), std::size_t{1});
    QCOMPARE(holders[0].pid, int(::getpid()));
    QCOMPARE(holders[0].state, TcpState::Listen);
    QCOMPARE(holders[0].local.text(), first->localAddress().text());
    QVERIFY(second->failureCause().contains(QStringLiteral("SO_REUSEADDR does not help")));
    QVERIFY(second->failureCause().contains(QStringLiteral("process %1").arg(::getpid())));
}

void TestCauses::udpPortsAreHeldByUdp() {
    const auto first = listening(config(Role::UdpServer));
    const auto second = refusedBind(first->localAddress(), Role::UdpServer);
    QCOMPARE(second->portHolders().first.size(), std::size_t{1});
    QVERIFY(!second->portHolders().first[0].tcp);
    QCOMPARE(second->portHolders().first[0].pid, int(::getpid()));
}

void TestCauses::timeWaitHoldsThePort() {
    SocketAddress wanted;
    {
        const auto server = listening(config(Role::TcpServer));
        wanted = server->localAddress();
        const Peer peer = Peer::connectedTo(wanted);
        QTRY_COMPARE(server->connections().count(), 1U);
        server->close();
        QVERIFY(peer.receive().empty());
    }
    // The peer's FIN came with its close; until then the connection is in FIN-WAIT-2.
    std::unique_ptr<Session> second;
    const auto waits = [&] {
        second = refusedBind(wanted);
        const auto holders = second->portHolders().first;
        return holders.size() == 1 && holders[0].state == TcpState::TimeWait;
    };
    QTRY_VERIFY(waits());
    const PortHolder holder = second->portHolders().first[0];
    QVERIFY(holder.timeWaitMs > 50'000 && holder.timeWaitMs <= 60'000);
    QCOMPARE(holder.pid, 0);
    QVERIFY(holder.remote.isValid());
    QVERIFY(second->failureCause().contains(QRegularExpression(QStringLiteral("TIME-WAIT, [56]\\d s left"))));
    SocketConfig reusing = config(Role::TcpServer, wanted.hostText(), wanted.port());
    const auto third = listening(reusing);  // SO_REUSEADDR is on
    QVERIFY(third->failure().isEmpty());
}

void TestCauses::nothingListens() {
    Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = std::make_unique<Session>(clientOf(listener));
    const std::string target = listener.address().text();
    listener.close();
    client->open();
    QTRY_VERIFY(client->isFinished());
    const QString cause = client->failureCause();
    QVERIFY2(cause.startsWith(QStringLiteral("A reset (RST) came back after ")), qPrintable(cause));
    QVERIFY(cause.endsWith(QStringLiteral(": nothing listens on %1.").arg(QString::fromStdString(target))));
}

/// A backlog that is full answers no SYN. How often the client then repeats its own differs by kernel; that
/// the number is right is tested in tests/peers.
void TestCauses::aTimeOut() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    QCOMPARE(::listen(listener.fd(), 0), 0);
    const Peer takesTheOnlyPlace = Peer::connectedTo(listener.address());
    SocketConfig wanted = clientOf(listener);
    wanted.held.insert(Stage::Connect);
    const auto client = opened(wanted);
    QVERIFY(awaitState(*client, Stage::Connect, StageState::Held));
    client->setOption(0, IPPROTO_TCP, 7, 1);  // TCP_SYNCNT
    client->step();
    QTRY_VERIFY_WITH_TIMEOUT(client->isFinished(), 20'000);
    QVERIFY(client->failure().contains(QStringLiteral("ETIMEDOUT")));
    const QString cause = client->failureCause();
    QVERIFY2(cause.contains(QRegularExpression(QStringLiteral("^Nothing came back: [2-9] SYNs in \\d"))),
             qPrintable(cause));
}

void TestCauses::aBroadcastAddress() {
    const auto client = opened(config(Role::UdpClient, "255.255.255.255", 9));
    QTRY_VERIFY(client->isFinished());
    QVERIFY(client->failureCause().contains(QStringLiteral("SO_BROADCAST")) ||
            client->failureCause().contains(QStringLiteral("no route")));
}

void TestCauses::thePeerResets() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = opened(clientOf(listener));
    Peer accepted = listener.accept();
    accepted.send("hello");
    QTRY_COMPARE(client->counters().receivedBytes.get(), 5U);
    accepted.reset();
    QTRY_VERIFY(client->isFinished());
    for (const QString& cause : {client->failureCause(), client->failureCause(1)}) {
        QVERIFY(cause.startsWith(
            QStringLiteral("A reset (RST) came from the peer's address. recv() reported it ")));
        QVERIFY(cause.contains(QRegularExpression(QStringLiteral("after (the last of )?5 bytes had come"))));
    }
}

QTEST_GUILESS_MAIN(TestCauses)
#include "tst_causes.moc"
