// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessiontest.h"

using namespace sockstage;

namespace {

SocketConfig holding(SocketConfig wanted, std::initializer_list<Stage> stages) {
    for (const Stage stage : stages)
        wanted.held.insert(stage);
    return wanted;
}

/// The processor time of this process so far, in milliseconds.
double processorMs() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

}  // namespace

class TestHolds : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everySetUpStageCanBeStepped();
    void aHeldAcceptFillsTheKernelsQueue();
    void aHeldRecvClosesTheWindow();
    void oneStepIsOneRecv();
    void aHeldSendKeepsTheQueue();
    void oneConnectionAloneIsHeld();
    void aHeldShutdownAndCloseWait();
    void aHeldShutdownOfReceivingWaitsToo();
    void aHeldConnectionThatIsResetDoesNotSpin();
    void aSecondCloseDoesNotAskTheHold();
    void releaseAllRuns();
};

void TestHolds::everySetUpStageCanBeStepped() {
    using enum Stage;
    const auto server = opened(holding(config(Role::TcpServer), {Getaddrinfo, Socket, Bind, Listen, Accept}));
    for (const Stage stage : {Getaddrinfo, Socket, Bind, Listen}) {
        QVERIFY(awaitState(*server, stage, StageState::Held));
        QCOMPARE(count(lines(*server), "("), count(lines(*server), ") = "));
        QCOMPARE(server->stateWord(),
                 QStringLiteral("held before %1").arg(QString::fromUtf8(stageName(stage).data())));
        server->step();
        QVERIFY(awaitState(*server, stage, StageState::Done));
    }
    QVERIFY(awaitState(*server, Accept, StageState::Held));
    QCOMPARE(count(lines(*server), "accept4("), 0);
}

void TestHolds::aHeldAcceptFillsTheKernelsQueue() {
    SocketConfig wanted = holding(config(Role::TcpServer), {Stage::Accept});
    wanted.backlog = 10;
    const auto server = listening(wanted);
    const Peer first = Peer::connectedTo(server->localAddress());  // the kernel completes it
    const Peer second = Peer::connectedTo(server->localAddress());
    QCOMPARE(server->connections().count(), 0U);
    server->step();
    QTRY_COMPARE(server->connections().count(), 1U);
    QTest::qWait(50);  // nothing may happen: there is no condition to await
    QCOMPARE(server->connections().count(), 1U);
    server->release(Stage::Accept);
    QTRY_COMPARE(server->connections().count(), 2U);
}

void TestHolds::aHeldRecvClosesTheWindow() {
    const auto server = listening(holding(config(Role::TcpServer), {Stage::Recv}));
    const Peer peer = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->connections().count(), 1U);
    std::size_t sent = 0;
    const std::string block(65536, 'w');
    ssize_t n = 0;
    // Until the kernel's buffers on both sides are full and the window is closed.
    QVERIFY(QTest::qWaitFor(
        [&] {
            n = ::send(peer.fd(), block.data(), block.size(), MSG_DONTWAIT);
            sent += n > 0 ? static_cast<std::size_t>(n) : 0;
            return n < 0 && errno == EAGAIN;
        },
        10'000));
    QCOMPARE(server->counters().receivedBytes.get(), 0U);
    QVERIFY(server->connections().at(1).receiving.load() == DirectionState::Held);
    server->release(Stage::Recv);
    QTRY_COMPARE(server->counters().receivedBytes.get(), sent);
}

void TestHolds::oneStepIsOneRecv() {
    SocketConfig wanted = holding(config(Role::TcpServer), {Stage::Recv});
    wanted.readBytes = 4;
    const auto server = listening(wanted);
    const Peer peer = Peer::connectedTo(server->localAddress());
    peer.send("abcdefgh");
    QTRY_COMPARE(server->connections().count(), 1U);
    server->step(1);
    QTRY_COMPARE(data(*server, true), std::string("abcd"));
    QTest::qWait(50);  // nothing more may come
    QCOMPARE(data(*server, true), std::string("abcd"));
    server->step(Stage::Recv, 1);
    QTRY_COMPARE(data(*server, true), std::string("abcdefgh"));
}

void TestHolds::aHeldSendKeepsTheQueue() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = opened(holding(clientOf(listener), {Stage::Send}));
    const Peer accepted = listener.accept();
    QVERIFY(awaitState(*client, Stage::Send, StageState::Held));
    client->send({}, "one");
    client->send({}, "two");
    QTRY_COMPARE(client->counters().queuedBytes.get(), 6U);
    client->step();
    QCOMPARE(accepted.receive(), std::string("one"));
    QTRY_COMPARE(client->counters().queuedBytes.get(), 3U);
    client->release(Stage::Send);
    QCOMPARE(accepted.receive(), std::string("two"));
}

void TestHolds::oneConnectionAloneIsHeld() {
    const auto server = listening(config(Role::TcpServer));
    const Peer first = Peer::connectedTo(server->localAddress());
    const Peer second = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->connections().count(), 2U);
    server->hold(Stage::Recv, {1});
    QTRY_VERIFY(server->connections().at(1).receiving.load() == DirectionState::Held);
    first.send("held");
    second.send("free");
    QTRY_COMPARE(server->connections().at(2).receivedBytes.get(), 4U);
    QCOMPARE(server->connections().at(1).receivedBytes.get(), 0U);
    server->release(Stage::Recv, {1});
    QTRY_COMPARE(server->connections().at(1).receivedBytes.get(), 4U);
}

void TestHolds::aHeldShutdownAndCloseWait() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = opened(holding(clientOf(listener), {Stage::Shutdown, Stage::Close}));
    const Peer accepted = listener.accept();
    QVERIFY(awaitState(*client, Stage::Recv, StageState::Waiting));
    client->shutdownSending({});
    QVERIFY(awaitState(*client, Stage::Shutdown, StageState::Held));
    client->step();
    QVERIFY(awaitState(*client, Stage::Shutdown, StageState::Done));
    QVERIFY(accepted.receive().empty());
    accepted.shutdownSending();
    QVERIFY(awaitState(*client, Stage::Close, StageState::Held));
    QCOMPARE(count(lines(*client), "close("), 0);
    client->step();
    QTRY_VERIFY(client->isFinished());
    QCOMPARE(count(lines(*client), "close("), 1);
}

void TestHolds::aHeldShutdownOfReceivingWaitsToo() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = opened(holding(clientOf(listener), {Stage::Shutdown}));
    const Peer accepted = listener.accept();
    QVERIFY(awaitState(*client, Stage::Recv, StageState::Waiting));
    client->shutdownReceiving({});
    client->shutdownSending({});
    QTRY_VERIFY(client->connections().at(1).stoppedStages().contains(Stage::Shutdown));
    QTRY_VERIFY(client->plannedCall(Stage::Shutdown, 0).contains(QStringLiteral("SHUT_RD")));
    QCOMPARE(count(lines(*client), "shutdown("), 0);
    client->step(Stage::Shutdown, 1);  // one step is one call
    QTRY_COMPARE(count(lines(*client), "SHUT_RD) = 0"), 1);
    QTRY_VERIFY(client->plannedCall(Stage::Shutdown, 0).contains(QStringLiteral("SHUT_WR")));
    QCOMPARE(count(lines(*client), "SHUT_WR"), 0);
    client->release(Stage::Shutdown);
    QTRY_COMPARE(count(lines(*client), "SHUT_WR) = 0"), 1);
}

void TestHolds::aHeldConnectionThatIsResetDoesNotSpin() {
    const auto server = listening(holding(config(Role::TcpServer), {Stage::Recv, Stage::Close}));
    Peer peer = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->connections().count(), 1U);
    peer.reset();
    server->watch({1}, false);
    QTRY_COMPARE(server->connections().at(1).kernel.tcpState.load(), 7U);  // TCP_CLOSE: the reset has come
    server->watch({}, false);
    const double before = processorMs();
    QTest::qWait(200);
    QVERIFY(processorMs() - before < 100);  // a spinning reactor would use all of the 200
    server->release(Stage::Recv);
    QTRY_COMPARE(count(lines(*server), "= -1 ECONNRESET"), 1);
}

void TestHolds::aSecondCloseDoesNotAskTheHold() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = opened(holding(clientOf(listener), {Stage::Close}));
    QVERIFY(awaitState(*client, Stage::Recv, StageState::Waiting));
    client->close();
    QVERIFY(awaitState(*client, Stage::Close, StageState::Held));
    client->close();
    QTRY_VERIFY(client->isFinished());
}

void TestHolds::releaseAllRuns() {
    const auto server =
        opened(holding(config(Role::TcpServer), {Stage::Socket, Stage::Listen, Stage::Accept}));
    QVERIFY(awaitState(*server, Stage::Socket, StageState::Held));
    server->releaseAll();
    QVERIFY(awaitState(*server, Stage::Accept, StageState::Waiting));
    QVERIFY(server->stages().held().empty());
}

QTEST_GUILESS_MAIN(TestHolds)
#include "tst_holds.moc"
