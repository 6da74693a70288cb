// SPDX-License-Identifier: GPL-3.0-or-later
#include "plannedfits.h"
#include "steppingtest.h"

// What a step would make is announced: stage by stage the same call as the one that is then made.

using namespace sockstage;

namespace {

bool announces(const Session& session, const char* beginning) {
    return session.plannedCall(Stage::Recv, 0).startsWith(QLatin1String(beginning));
}

}  // namespace

class TestPlannedCall : public QObject {
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
    void theNextAddressIsAnnounced();
    void aQueuedErrorIsAnnounced();
    void eachOfSeveralErrorsIsAnnounced();
    void anErrorWithoutAQueue();
    void aReleaseTakesTheErrorAway();
    void countedDropsAreAnnounced();
};

void TestPlannedCall::everyCallOfAServerIsAnnounced() {
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

void TestPlannedCall::everyCallOfAClientIsAnnounced() {
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
    // Its record is there a moment before what is next.
    QVERIFY(awaitState(*client, Shutdown, StageState::Done));
    accepted.send("bye");
    makeStep(*client, Recv);
    client->close();
    QVERIFY(awaitState(*client, Close, StageState::Held));
    makeStep(*client, Close);
    QTRY_VERIFY(client->isFinished());
    QVERIFY(!nextStep(*client));
}

void TestPlannedCall::everyCallOfADatagramSocketIsAnnounced() {
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

void TestPlannedCall::theNextAddressIsAnnounced() {
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

/// The error queue is read before any datagram; then it is the datagram's turn.
void TestPlannedCall::aQueuedErrorIsAnnounced() {
    for (const bool connected : {true, false}) {
        Peer gone = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
        SocketConfig wanted = clientOf(gone, Role::UdpClient);
        wanted.connectUdp = connected;
        wanted.held.insert(Stage::Recv);
        gone.close();
        const auto client = listening(wanted);
        QVERIFY(announces(*client, "recvfrom("));
        client->send({}, "is anybody there?");
        QTRY_VERIFY(announces(*client, "recvmsg("));
        makeStep(*client, Stage::Recv);
        QTRY_VERIFY(announces(*client, "recvfrom("));
        QCOMPARE(count(lines(*client), "recvmsg("), 1);
    }
}

void TestPlannedCall::eachOfSeveralErrorsIsAnnounced() {
    Peer first = Peer::boundTo("127.0.0.1", SOCK_DGRAM), second = Peer::boundTo("::1", SOCK_DGRAM);
    SocketConfig wanted = config(Role::UdpServer, "::");
    wanted.v6Only = false;
    wanted.held.insert(Stage::Recv);
    const auto server = listening(wanted);
    const std::uint16_t port = first.address().port();
    const SocketAddress mapped = *SocketAddress::fromNumeric("::ffff:127.0.0.1", port);
    const SocketAddress v6 = second.address();
    first.close();
    second.close();
    server->sendTo(mapped, "x");
    QTRY_VERIFY(announces(*server, "recvmsg("));
    server->sendTo(v6, "x");
    QTRY_COMPARE(server->counters().sentMessages.get(), 2U);
    makeStep(*server, Stage::Recv);
    QTRY_VERIFY(announces(*server, "recvmsg("));
    makeStep(*server, Stage::Recv);
    QTRY_VERIFY(announces(*server, "recvfrom("));
    QCOMPARE(count(lines(*server), "recvmsg("), 2);
}

/// Without the error queue the waiting error is what recvfrom() returns.
void TestPlannedCall::anErrorWithoutAQueue() {
    Peer gone = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
    SocketConfig wanted = clientOf(gone, Role::UdpClient);
    wanted.receiveErrors = false;
    wanted.held.insert(Stage::Recv);
    gone.close();
    const auto client = listening(wanted);
    client->send({}, "is anybody there?");
    makeStep(*client, Stage::Recv);
    QVERIFY(announced_.back().starts_with("recvfrom("));
    QTRY_COMPARE(count(lines(*client), "ECONNREFUSED"), 1);
}

/// What was announced while recv was held is no longer true once it was released.
void TestPlannedCall::aReleaseTakesTheErrorAway() {
    Peer gone = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
    SocketConfig wanted = clientOf(gone, Role::UdpClient);
    wanted.held.insert(Stage::Recv);
    gone.close();
    const auto client = listening(wanted);
    client->send({}, "is anybody there?");
    QTRY_VERIFY(announces(*client, "recvmsg("));
    client->release(Stage::Recv);
    QTRY_COMPARE(count(lines(*client), "recvmsg("), 1);
    client->hold(Stage::Recv);
    QTRY_VERIFY(announces(*client, "recvfrom("));
}

void TestPlannedCall::countedDropsAreAnnounced() {
    SocketConfig wanted = config(Role::UdpServer);
    wanted.dropCounts = true;
    wanted.held.insert(Stage::Recv);
    const auto server = listening(wanted);
    const Peer peer = Peer::connectedTo(server->localAddress(), SOCK_DGRAM);
    peer.send("x");
    QVERIFY(announces(*server, "recvmsg("));
    makeStep(*server, Stage::Recv);
    server->setOption(0, SOL_SOCKET, SO_RXQ_OVFL, 0);
    QTRY_VERIFY(announces(*server, "recvfrom("));
}

QTEST_GUILESS_MAIN(TestPlannedCall)
#include "tst_plannedcall.moc"
