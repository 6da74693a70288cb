#include "nextstep.h"
#include "plannedfits.h"
#include "sessiontest.h"

using namespace sockstage;

namespace {

/// Every stage is held from the first on.
SocketConfig stepping(SocketConfig wanted) {
    wanted.held = StageSet::all();
    return wanted;
}

int callsMade(const Session& session) {
    return static_cast<int>(lines(session).size());
}

/// Waits until something can be stepped there.
std::optional<NextStep> awaitNext(const Session& session, std::uint32_t connection = 0) {
    std::optional<NextStep> next;
    if (!QTest::qWaitFor([&] { return (next = nextStep(session, connection)).has_value(); }, 10'000))
        qWarning("nothing to step");
    return next;
}

}  // namespace

class TestStepping : public QObject {
    Q_OBJECT
private:
    std::vector<std::string> announced_;

    /// Makes the next step of a set-up, remembers what was announced, waits until it is made.
    void makeStep(Session& session, Stage expected) {
        const auto next = awaitNext(session);
        QVERIFY(next);
        QCOMPARE(int(next->stage), int(expected));
        const std::string planned = session.plannedCall(next->stage, next->connection).toStdString();
        for (const QString& option : session.plannedOptions(next->stage, next->connection))
            announced_.push_back(option.toStdString());
        announced_.push_back(planned);
        const int before = callsMade(session);
        session.step(next->stage, next->connection);
        const auto isMade = [&] {
            const auto all = lines(session);
            return std::any_of(all.begin() + before, all.end(),
                               [&](const std::string& line) { return fits(planned, line); });
        };
        QVERIFY2(QTest::qWaitFor(isMade, 10'000), planned.c_str());
    }

private Q_SLOTS:
    void init() { announced_.clear(); }
    void everyCallOfAServerIsAnnounced();
    void everyCallOfAClientIsAnnounced();
    void everyCallOfADatagramSocketIsAnnounced();
    void aStageWithoutACallIsNoStep();
    void theNextAddressIsAnnounced();
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

void TestStepping::everyCallOfAServerIsAnnounced() {
    using enum Stage;
    SocketConfig wanted = stepping(config(Role::TcpServer));
    wanted.backlog = 7;
    wanted.readBytes = 4;
    wanted.receiveBufferBytes = 9000;
    const auto server = opened(wanted);
    for (const Stage stage : {Getaddrinfo, Socket, Bind, Listen})
        makeStep(*server, stage);
    const Peer peer = Peer::connectedTo(server->localAddress());
    makeStep(*server, Accept);
    QTRY_COMPARE(server->connections().count(), 1U);
    peer.send("abcdef");
    server->watch({1}, false);
    QTRY_COMPARE(server->connections().at(1).kernel.receiveQueueBytes.load(), 6U);
    QVERIFY(nextStep(*server)->ready);
    makeStep(*server, Recv);
    server->send({1}, "an answer that is longer than thirty-two characters");
    QTRY_VERIFY(server->counters().queuedBytes.get() > 0);
    makeStep(*server, Send);
    // One call of each kind, in the order of the announcements.
    const auto made = lines(*server);
    for (const std::string& planned : announced_)
        QVERIFY2(std::count_if(made.begin(), made.end(),
                               [&](const std::string& line) { return fits(planned, line); }) == 1,
                 planned.c_str());
    QVERIFY(count(announced_, "listen(" + std::to_string(server->descriptor()) + ", 7)") == 1);
    QVERIFY(count(announced_, "SO_RCVBUF, [9000]") == 1);
    QVERIFY(count(announced_, "SO_REUSEADDR, [1]") == 1);
    QVERIFY(count(announced_, "…, 4, 0)") == 1);
    QCOMPARE(peer.receive(), std::string("an answer that is longer than thirty-two characters"));
}

void TestStepping::everyCallOfAClientIsAnnounced() {
    using enum Stage;
    const Peer listener = Peer::boundTo("127.0.0.1");
    SocketConfig wanted = stepping(clientOf(listener));
    wanted.localEndpoint = Endpoint{"127.0.0.1", "0"};
    wanted.noDelay = true;
    const auto client = opened(wanted);
    for (const Stage stage : {Getaddrinfo, Socket, Bind, Connect})
        makeStep(*client, stage);
    const Peer accepted = listener.accept();
    QTRY_COMPARE(client->connections().count(), 1U);
    client->send({}, "hello\n");
    QTRY_VERIFY(client->counters().queuedBytes.get() > 0);
    makeStep(*client, Send);
    QCOMPARE(announced_.back(),
             "send(" + std::to_string(client->descriptor()) + R"(, "hello\n", 6, MSG_NOSIGNAL))");
    QCOMPARE(accepted.receive(), std::string("hello\n"));
    client->shutdownSending({});
    QVERIFY(awaitState(*client, Shutdown, StageState::Held));
    makeStep(*client, Shutdown);
    QVERIFY(count(announced_, "SHUT_WR") == 1);
    accepted.send("bye");
    makeStep(*client, Recv);
    client->close();
    QVERIFY(awaitState(*client, Close, StageState::Held));
    makeStep(*client, Close);
    QTRY_VERIFY(client->isFinished());
    QVERIFY(!nextStep(*client));
}

void TestStepping::everyCallOfADatagramSocketIsAnnounced() {
    using enum Stage;
    SocketConfig wanted = stepping(config(Role::UdpServer));
    wanted.receiveErrors = true;
    const auto server = opened(wanted);
    for (const Stage stage : {Getaddrinfo, Socket, Bind})
        makeStep(*server, stage);
    QVERIFY(awaitState(*server, Recv, StageState::Held));
    const Peer peer = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
    const SocketAddress to = server->localAddress();
    QCOMPARE(::sendto(peer.fd(), "one", 3, 0, to.data(), to.length()), 3);
    makeStep(*server, Recv);
    QTRY_COMPARE(server->connections().count(), 1U);
    server->send({1}, "answer");
    QTRY_VERIFY(server->counters().queuedBytes.get() > 0);
    makeStep(*server, Send);
    QVERIFY(announced_.back().starts_with("sendto("));
    QVERIFY(announced_.back().find("htons(" + std::to_string(peer.address().port())) != std::string::npos);
    QCOMPARE(peer.receive(), std::string("answer"));
    server->close();
    QVERIFY(awaitState(*server, Close, StageState::Held));
    makeStep(*server, Close);
    QTRY_VERIFY(server->isFinished());

    announced_.clear();
    const auto client = opened(stepping(clientOf(peer, Role::UdpClient)));
    for (const Stage stage : {Getaddrinfo, Socket, Connect})
        makeStep(*client, stage);
    client->send({}, "connected");
    QTRY_VERIFY(client->counters().queuedBytes.get() > 0);
    makeStep(*client, Send);
    QVERIFY(announced_.back().starts_with("send("));
}

void TestStepping::aStageWithoutACallIsNoStep() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = opened(stepping(clientOf(listener)));
    client->step();
    QVERIFY(awaitState(*client, Stage::Socket, StageState::Held));
    client->step();
    QVERIFY(awaitState(*client, Stage::Connect, StageState::Held));
    QCOMPARE(state(*client, Stage::Bind), StageState::Skipped);
}

void TestStepping::theNextAddressIsAnnounced() {
    SocketConfig wanted = stepping(config(Role::TcpClient, "localhost", 1));
    const auto client = opened(wanted);
    QVERIFY(awaitState(*client, Stage::Getaddrinfo, StageState::Held));
    client->step();
    QVERIFY(awaitState(*client, Stage::Socket, StageState::Held));
    std::vector<std::string> families;
    while (!client->isFinished()) {
        if (state(*client, Stage::Socket) == StageState::Held)
            families.push_back(client->plannedCall(Stage::Socket, 0).toStdString());
        const int before = callsMade(*client);
        client->step();
        QTRY_VERIFY(callsMade(*client) > before);
        QVERIFY(QTest::qWaitFor([&] { return client->isFinished() || nextStep(*client); }, 10'000));
    }
    QVERIFY(!families.empty());
    for (const std::string& family : families)
        QCOMPARE(count(lines(*client), family),
                 static_cast<int>(families.size() == 1 ? 1 : count(families, family)));
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
