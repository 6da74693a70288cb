// SPDX-License-Identifier: GPL-3.0-or-later
#include "steppingtest.h"

using namespace sockstage;

class TestStepping : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aStageWithoutACallIsNoStep();
    void newConnectionsAreHeldToo();
    void whatHasSomethingToDoComesFirst();
    void anArmedStepIsCounted();
    void holdingAgainForgetsArmedSteps();
    void shutdownAndCloseWaitForTheirStep();
    void queuedBytesWaitWithAHeldClose();
    void aHeldCloseOfASetUpWaits();
    void theListenerClosesBeforeItsClients();
    void aStepOfAnotherStageDoesNothing();
    void runningGoesOn();
    void theReadSizeCanBeChanged();
};

void TestStepping::aStageWithoutACallIsNoStep() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = opened(stepping(clientOf(listener)));
    client->step();
    QVERIFY(awaitState(*client, Stage::Socket, StageState::Held));
    client->step();
    QVERIFY(awaitState(*client, Stage::Connect, StageState::Held));
    QCOMPARE(state(*client, Stage::Bind), StageState::Skipped);
}

void TestStepping::newConnectionsAreHeldToo() {
    const auto server = listening(config(Role::TcpServer));
    const Peer before = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->connections().count(), 1U);
    QVERIFY(!isStepping(*server));
    server->holdAll();
    QTRY_VERIFY(isStepping(*server));
    const Peer after = Peer::connectedTo(server->localAddress());
    server->step(Stage::Accept, 0);
    QTRY_COMPARE(server->connections().count(), 2U);
    before.send("old");
    after.send("new");
    for (const std::uint32_t number : {1U, 2U}) {
        QTRY_VERIFY(server->connections().at(number).heldStages() == StageSet::all());
        QTRY_VERIFY(server->connections().at(number).receiving.load() == DirectionState::Held);
    }
    QCOMPARE(server->counters().receivedBytes.get(), 0U);
    server->step(Stage::Recv, 2);
    QTRY_COMPARE(server->connections().at(2).receivedBytes.get(), 3U);
    QCOMPARE(server->connections().at(1).receivedBytes.get(), 0U);
}

void TestStepping::whatHasSomethingToDoComesFirst() {
    const auto server = listening(config(Role::TcpServer));
    const Peer first = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->connections().count(), 1U);
    const Peer second = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->connections().count(), 2U);
    server->holdAll();
    QTRY_VERIFY(isStepping(*server));
    QTRY_VERIFY(stepOf(*server, Stage::Recv, 2));
    QCOMPARE(nextStep(*server), (NextStep{Stage::Accept, 0, false, 0}));
    QCOMPARE(nextStep(*server, 2), (NextStep{Stage::Recv, 2, false, 0}));
    second.send("x");
    server->watch({1, 2}, false);
    QTRY_COMPARE(nextStep(*server), (NextStep{Stage::Recv, 2, true, 0}));
    server->send({1}, "y");
    QTRY_COMPARE(nextStep(*server), (NextStep{Stage::Send, 1, true, 0}));
    QVERIFY(!stepOf(*server, Stage::Send, 2));
}

void TestStepping::anArmedStepIsCounted() {
    SocketConfig wanted = config(Role::UdpServer);
    wanted.held.insert(Stage::Recv);
    const auto server = listening(wanted);
    QCOMPARE(nextStep(*server), (NextStep{Stage::Recv, 0, false, 0}));
    server->step(Stage::Recv, 0);
    QTRY_COMPARE(nextStep(*server), (NextStep{Stage::Recv, 0, false, 1}));
    const Peer peer = Peer::connectedTo(server->localAddress(), SOCK_DGRAM);
    peer.send("one");
    peer.send("two");
    QTRY_COMPARE(data(*server, true), std::string("one"));
    QTRY_COMPARE(nextStep(*server)->armed, 0U);
}

void TestStepping::holdingAgainForgetsArmedSteps() {
    const auto server = listening(config(Role::TcpServer));
    const Peer peer = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->connections().count(), 1U);
    server->holdAll();
    QTRY_VERIFY(stepOf(*server, Stage::Recv, 1));
    server->step(Stage::Recv, 1);
    server->step(Stage::Recv, 1);
    server->step(Stage::Accept, 0);
    QTRY_COMPARE(stepOf(*server, Stage::Recv, 1)->armed, 2U);
    QTRY_COMPARE(stepOf(*server, Stage::Accept, 0)->armed, 1U);
    server->releaseAll();
    server->holdAll();
    QTRY_COMPARE(stepOf(*server, Stage::Recv, 1), (NextStep{Stage::Recv, 1, false, 0}));
    QTRY_COMPARE(stepOf(*server, Stage::Accept, 0), (NextStep{Stage::Accept, 0, false, 0}));
    peer.send("nobody reads it");
    QTest::qWait(50);  // nothing may happen: there is no condition to await
    QCOMPARE(server->counters().receivedBytes.get(), 0U);
}

void TestStepping::shutdownAndCloseWaitForTheirStep() {
    const auto server = listening(config(Role::TcpServer));
    const Peer peer = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->connections().count(), 1U);
    server->holdAll();
    QTRY_VERIFY(isStepping(*server));
    server->shutdownSending({1});
    QTRY_COMPARE(nextStep(*server, 1), (NextStep{Stage::Shutdown, 1, true, 0}));
    QCOMPARE(count(lines(*server), "shutdown("), 0);
    server->closeConnections({1});
    QTRY_VERIFY(stepOf(*server, Stage::Close, 1));
    QCOMPARE(nextStep(*server, 1)->stage, Stage::Shutdown);
    server->step(Stage::Shutdown, 1);
    QVERIFY(peer.receive().empty());  // EOF
    QTRY_COMPARE(nextStep(*server, 1), (NextStep{Stage::Close, 1, true, 0}));
    QCOMPARE(server->connections().at(1).state.load(), ConnectionState::Open);
    server->step(Stage::Close, 1);
    QTRY_COMPARE(server->connections().at(1).state.load(), ConnectionState::Closed);
    QVERIFY(!server->isFinished());
}

void TestStepping::queuedBytesWaitWithAHeldClose() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = opened(clientOf(listener));
    const Peer accepted = listener.accept();
    QVERIFY(awaitState(*client, Stage::Recv, StageState::Waiting));
    client->holdAll();
    client->send({}, "last words");
    client->close(50);
    QTRY_VERIFY(stepOf(*client, Stage::Send, 0));
    QTest::qWait(150);  // three times what close() would have given them
    QVERIFY(!client->isFinished());
    QCOMPARE(client->counters().discardedBytes.get(), 0U);
    QVERIFY(!stepOf(*client, Stage::Close, 0));  // the queue goes first
    client->step(Stage::Send, 0);
    QCOMPARE(accepted.receive(), std::string("last words"));
    QTRY_COMPARE(nextStep(*client), (NextStep{Stage::Close, 1, true, 0}));
    client->step(Stage::Close, 0);
    QTRY_VERIFY(client->isFinished());
    QVERIFY(client->failure().isEmpty());
}

void TestStepping::aHeldCloseOfASetUpWaits() {
    const auto server = opened(stepping(config(Role::TcpServer)));
    for (const Stage stage : {Stage::Getaddrinfo, Stage::Socket}) {
        QVERIFY(awaitState(*server, stage, StageState::Held));
        server->step();
    }
    QVERIFY(awaitState(*server, Stage::Bind, StageState::Held));
    server->close();
    QTRY_COMPARE(nextStep(*server), (NextStep{Stage::Close, 0, true, 0}));
    QCOMPARE(count(lines(*server), "close("), 0);
    server->step(Stage::Close, 0);
    QTRY_VERIFY(server->isFinished());
    QCOMPARE(count(lines(*server), "close("), 1);
    QCOMPARE(state(*server, Stage::Close), StageState::Done);
}

void TestStepping::theListenerClosesBeforeItsClients() {
    const auto server = listening(config(Role::TcpServer));
    const Peer peer = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->connections().count(), 1U);
    server->holdAll();
    server->close();
    QTRY_COMPARE(nextStep(*server), (NextStep{Stage::Close, 0, true, 0}));
    server->step(Stage::Close, 0);
    QTRY_COMPARE(server->descriptor(), -1);
    QTRY_COMPARE(nextStep(*server), (NextStep{Stage::Close, 1, true, 0}));
    QCOMPARE(server->connections().at(1).state.load(), ConnectionState::Open);
    server->step();
    QTRY_VERIFY(server->isFinished());
    QVERIFY(peer.receive().empty());
}

void TestStepping::aStepOfAnotherStageDoesNothing() {
    const auto server = opened(stepping(config(Role::TcpServer)));
    QVERIFY(awaitState(*server, Stage::Getaddrinfo, StageState::Held));
    server->step(Stage::Socket, 0);
    server->step(Stage::Accept, 0);
    server->step(Stage::Getaddrinfo, 0);
    server->step(Stage::Getaddrinfo, 0);  // pressed twice: the second is too late
    QVERIFY(awaitState(*server, Stage::Socket, StageState::Held));
    QCOMPARE(callsMade(*server), 1);
}

void TestStepping::runningGoesOn() {
    const auto server = opened(stepping(config(Role::TcpServer)));
    QVERIFY(awaitState(*server, Stage::Getaddrinfo, StageState::Held));
    QVERIFY(isStepping(*server));
    server->releaseAll();
    QVERIFY(awaitState(*server, Stage::Accept, StageState::Waiting));
    QVERIFY(!isStepping(*server));
    QVERIFY(!nextStep(*server));
}

void TestStepping::theReadSizeCanBeChanged() {
    const auto server = listening(config(Role::TcpServer));
    const Peer peer = Peer::connectedTo(server->localAddress());
    server->setReadBytes(3);
    QCOMPARE(server->readBytes(), std::size_t{3});
    peer.send("abcdefg");
    QTRY_COMPARE(data(*server, true), std::string("abcdefg"));
    QCOMPARE(count(lines(*server), ", 3, 0) = 3"), 2);
    server->setReadBytes(0);
    QCOMPARE(server->readBytes(), smallestRead);
}

QTEST_GUILESS_MAIN(TestStepping)
#include "tst_stepping.moc"
