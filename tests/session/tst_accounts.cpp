// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryFile>

#include "sessiontest.h"

// Every byte and every message is in an account: of the session and of its connection or peer.

using namespace sockstage;

namespace {

constexpr std::uint32_t tcpClose = 7;  ///< TCP_CLOSE of netinet/tcp.h

SocketConfig holding(SocketConfig wanted, std::initializer_list<Stage> stages) {
    for (const Stage stage : stages)
        wanted.held.insert(stage);
    return wanted;
}

/// A server with one client.
struct Pair {
    explicit Pair(const SocketConfig& wanted)
        : server(listening(wanted)), peer(Peer::connectedTo(server->localAddress())) {
        if (!QTest::qWaitFor([&] { return server->connections().count() == 1; })) qFatal("no client");
    }
    const ConnectionSlot& slot() const { return server->connections().at(1); }
    const SessionCounters& sums() const { return server->counters(); }
    /// Until the kernel has seen the peer's reset, whether or not we make a call.
    bool awaitReset() const {
        server->watch({1}, false);
        return QTest::qWaitFor([&] { return slot().kernel.tcpState.load() == tcpClose; });
    }

    std::unique_ptr<Session> server;
    Peer peer;
};

/// In the order of the verbs; answered once those before are done.
bool awaitVerbs(Session& session) {
    const auto readings = session.optionReadings(0);
    session.readOptions(0);
    return QTest::qWaitFor([&] { return session.optionReadings(0) != readings; });
}

}  // namespace

class TestAccounts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatComesAfterTheShutdownIsDiscarded();
    void anEchoThatFindsNobodyIsDiscarded();
    void aSendThatFailsAfterTheEndCloses();
    void anAnswerThatIsQueuedGoesBeforeTheClose();
    void aSocketThatHasNothingMoreSaysSo();
    void oneStepIsOneDatagram();
    void datagramsThatACloseCutsOffAreSaid();
    void aPeerThatIsHeardAgainHasNoCauseAnyMore();
    void eachMessageCountsWithItsConnection();
    void anEndAfterAFailedSendIsAReset();
    void afterAResetNothingIsSent();
    void aFailedSendIsTheStagesLastCall();
    void aFileThatEndsEarlyIsAFailure_data();
    void aFileThatEndsEarlyIsAFailure();
    void aRefusalTakesNoDatagramWithIt();
    void aResetAfterTheEofIsAnError();
    void aStepOfTheServerClosesNoClient();
    void whoHasGoneLosesItsBytesWithAWord();
};

void TestAccounts::whatComesAfterTheShutdownIsDiscarded() {
    const Pair pair(config(Role::TcpServer));
    pair.server->shutdownSending({1});
    QVERIFY(pair.peer.receive().empty());
    pair.server->send({1}, "too late");
    QTRY_COMPARE(pair.sums().discardedBytes.get(), 8U);
    QCOMPARE(pair.slot().discardedBytes.get(), 8U);
    QCOMPARE(pair.slot().sentBytes.get(), 0U);
}

// What a peer sent before its reset is still received; the echo of it fails.
void TestAccounts::anEchoThatFindsNobodyIsDiscarded() {
    SocketConfig wanted = holding(config(Role::TcpServer), {Stage::Recv});
    wanted.echo = true;
    Pair pair(wanted);
    pair.peer.send("last words");
    pair.peer.reset();
    QVERIFY(pair.awaitReset());
    pair.server->release(Stage::Recv);
    QTRY_COMPARE(pair.slot().state.load(), ConnectionState::Closed);
    QCOMPARE(pair.slot().receivedBytes.get(), 10U);
    QCOMPARE(pair.slot().receivedMessages.get(), 1U);
    QCOMPARE(pair.slot().sentMessages.get(), 0U);
    QCOMPARE(pair.slot().discardedBytes.get(), 10U);
    QCOMPARE(pair.sums().discardedBytes.get(), 10U);
    QCOMPARE(pair.slot().end.load(), EndReason::ResetByPeer);
}

// recv() reports nothing more after the peer's EOF, and a send() that failed has taken the error away:
// nothing else would ever close this socket.
void TestAccounts::aSendThatFailsAfterTheEndCloses() {
    Pair pair(config(Role::TcpServer));
    pair.peer.shutdownSending();
    QTRY_COMPARE(pair.slot().receiving.load(), DirectionState::Eof);
    pair.server->hold(Stage::Recv);  // so that no look at SO_ERROR comes before the send
    pair.peer.close();
    pair.server->send({1}, "hello?");
    QVERIFY(pair.awaitReset());
    pair.server->send({1}, "anybody?");
    QTRY_COMPARE(pair.slot().state.load(), ConnectionState::Closed);
    QCOMPARE(pair.slot().end.load(), EndReason::ResetByPeer);
    QCOMPARE(pair.slot().sentBytes.get(), 6U);
    QCOMPARE(pair.slot().discardedBytes.get(), 8U);
}

void TestAccounts::anAnswerThatIsQueuedGoesBeforeTheClose() {
    SocketConfig wanted = holding(config(Role::TcpServer), {Stage::Send});
    wanted.afterEof = AfterEof::Close;
    const Pair pair(wanted);
    pair.server->send({1}, "answer");
    QTRY_COMPARE(pair.slot().queuedBytes.get(), 6U);
    pair.peer.shutdownSending();
    QTRY_COMPARE(pair.slot().receiving.load(), DirectionState::Eof);
    QCOMPARE(pair.slot().state.load(), ConnectionState::Open);
    pair.server->release(Stage::Send);
    QCOMPARE(pair.peer.receiveAll(100), std::string("answer"));  // and then the end
    QTRY_COMPARE(pair.slot().end.load(), EndReason::ClosedAfterEof);
    QCOMPARE(pair.slot().discardedBytes.get(), 0U);
}

// A call that would block is no row of the capture, and no error: there is a count of its own.
void TestAccounts::aSocketThatHasNothingMoreSaysSo() {
    SocketConfig wanted = config(Role::TcpServer);
    wanted.readBytes = 5;
    const Pair pair(wanted);
    QTRY_COMPARE(pair.sums().wouldBlock.get(), 1U);  // of accept4
    pair.peer.send("12345");  // as much as was requested: whether there is more, only the next call shows
    QTRY_COMPARE(pair.sums().wouldBlock.get(), 2U);
    QCOMPARE(pair.sums().receivedMessages.get(), 1U);
    QCOMPARE(pair.sums().errors.get(), 0U);
    QCOMPARE(count(lines(*pair.server), "recv("), 1);
}

void TestAccounts::oneStepIsOneDatagram() {
    const Peer peer = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
    const auto client = listening(holding(clientOf(peer, Role::UdpClient), {Stage::Send}));
    client->send({}, "one");
    client->send({}, "two");
    client->step(Stage::Send, 0);
    QCOMPARE(peer.receive(), std::string("one"));
    QTRY_COMPARE(client->stages().at(Stage::Send).armed.load(), 0U);
    client->send({}, "three");
    QTRY_COMPARE(client->counters().queuedBytes.get(), 8U);
    QCOMPARE(client->counters().sentMessages.get(), 1U);
    client->step(Stage::Send, 0);
    QCOMPARE(peer.receive(), std::string("two"));
    QTRY_COMPARE(client->counters().queuedBytes.get(), 5U);
}

void TestAccounts::datagramsThatACloseCutsOffAreSaid() {
    const Peer peer = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
    const auto client = listening(holding(clientOf(peer, Role::UdpClient), {Stage::Send}));
    client->send({}, "never sent");
    client->close(0);
    QTRY_VERIFY(client->isFinished());
    QVERIFY(client->failure().contains(QStringLiteral("10 queued bytes were never sent")));
    QCOMPARE(client->counters().discardedBytes.get(), 10U);
    QCOMPARE(client->counters().queuedBytes.get(), 0U);
    QCOMPARE(client->connections().at(1).end.load(), EndReason::ClosedByUs);
}

void TestAccounts::aPeerThatIsHeardAgainHasNoCauseAnyMore() {
    const auto server = listening(config(Role::UdpServer));
    Peer peer = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
    const SocketAddress address = peer.address();
    peer.close();
    server->sendTo(address, "anybody?");
    QTRY_VERIFY(!server->failureCause(1).isEmpty());
    const Peer again(SOCK_DGRAM);
    QCOMPARE(::bind(again.fd(), address.data(), address.length()), 0);
    const SocketAddress to = server->localAddress();
    QCOMPARE(::connect(again.fd(), to.data(), to.length()), 0);
    again.send("here again");
    QTRY_COMPARE(server->connections().at(1).receivedMessages.get(), 1U);
    QTRY_VERIFY(server->failureCause(1).isEmpty());
    QVERIFY(awaitVerbs(*server));
    QVERIFY(server->failure().isEmpty());
}

void TestAccounts::eachMessageCountsWithItsConnection() {
    const Pair pair(config(Role::TcpServer));
    for (const char* const text : {"one", "two", "three"}) {
        const auto before = pair.slot().sentBytes.get();
        pair.server->send({1}, text);
        QTRY_COMPARE(pair.slot().sentBytes.get(), before + strlen(text));
    }
    QCOMPARE(pair.slot().sentMessages.get(), 3U);
    QCOMPARE(pair.sums().sentMessages.get(), 3U);
    QCOMPARE(count(lines(*pair.server), "send("), 3);
}

// recv() returns 0 where a send() before it has taken the reset away.
void TestAccounts::anEndAfterAFailedSendIsAReset() {
    Pair pair(holding(config(Role::TcpServer), {Stage::Recv}));
    pair.peer.reset();
    QVERIFY(pair.awaitReset());
    pair.server->send({1}, "hello?");
    QTRY_COMPARE(pair.slot().sending.load(), DirectionState::Broken);
    QCOMPARE(pair.slot().discardedBytes.get(), 6U);
    pair.server->release(Stage::Recv);
    QTRY_COMPARE(pair.slot().state.load(), ConnectionState::Closed);
    QCOMPARE(pair.slot().end.load(), EndReason::ResetByPeer);
    QCOMPARE(count(lines(*pair.server), ", 0) = 0"), 1);  // recv()'s
}

void TestAccounts::afterAResetNothingIsSent() {
    Pair pair(holding(config(Role::TcpServer), {Stage::Close}));
    pair.peer.reset();
    QTRY_COMPARE(pair.slot().receiving.load(), DirectionState::Broken);
    pair.server->send({1}, "hello?");
    QTRY_COMPARE(pair.slot().discardedBytes.get(), 6U);
    QCOMPARE(pair.slot().sending.load(), DirectionState::Broken);
    QCOMPARE(count(lines(*pair.server), "send("), 0);
}

void TestAccounts::aFailedSendIsTheStagesLastCall() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = opened(holding(clientOf(listener), {Stage::Recv}));
    Peer accepted = listener.accept();
    client->send({}, "taken");
    QCOMPARE(accepted.receiveAll(5), std::string("taken"));
    client->watch({1}, false);
    accepted.reset();
    QTRY_COMPARE(client->connections().at(1).kernel.tcpState.load(), tcpClose);
    client->send({}, "refused");
    QTRY_COMPARE(state(*client, Stage::Send), StageState::Failed);
    const std::uint64_t row = client->stages().at(Stage::Send).lastRow.load();
    const auto pin = client->capture().pin(row);
    QVERIFY(pin);
    QVERIFY(pin.record(row).failed());
    QCOMPARE(client->stages().at(Stage::Send).count.load(), 1U);
}

void TestAccounts::aFileThatEndsEarlyIsAFailure_data() {
    QTest::addColumn<int>("type");
    QTest::addRow("TCP") << int{SOCK_STREAM};
    QTest::addRow("UDP") << int{SOCK_DGRAM};
}

void TestAccounts::aFileThatEndsEarlyIsAFailure() {
    constexpr int size = 500'000;  // more than is read as a whole
    QFETCH(const int, type);
    QTemporaryFile file;
    QVERIFY(file.open());
    file.write(QByteArray(size, 'f'));
    file.flush();
    const Peer peer = Peer::boundTo("127.0.0.1", type);
    const Role role = type == SOCK_STREAM ? Role::TcpClient : Role::UdpClient;
    const auto client = opened(holding(clientOf(peer, role), {Stage::Send}));
    client->sendFile({}, file.fileName());
    QVERIFY(awaitState(*client, Stage::Send, StageState::Held));
    QTRY_COMPARE(client->counters().queuedBytes.get(), std::uint64_t{size});
    QVERIFY(file.resize(0));
    client->release(Stage::Send);
    QTRY_COMPARE(client->counters().discardedBytes.get(), std::uint64_t{size});
    QCOMPARE(client->counters().queuedBytes.get(), 0U);
    QCOMPARE(client->counters().sentBytes.get(), 0U);
    QTRY_VERIFY(client->failure().contains(QStringLiteral("The file has become shorter: it ended at")));
}

// recv() gives 0 for ever after the EOF: only SO_ERROR reports the reset.
void TestAccounts::aResetAfterTheEofIsAnError() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = opened(clientOf(listener));
    Peer peer = listener.accept();
    peer.shutdownSending();
    QTRY_COMPARE(client->connections().count(), 1U);
    QTRY_COMPARE(client->connections().at(1).receiving.load(), DirectionState::Eof);
    QCOMPARE(client->counters().errors.get(), 0U);
    peer.reset();
    QTRY_VERIFY(client->isFinished());
    QCOMPARE(client->counters().errors.get(), 1U);
}

// Without IP_RECVERR the refusal of one datagram is reported by the next send(), which then sends nothing.
void TestAccounts::aRefusalTakesNoDatagramWithIt() {
    Peer peer = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
    const SocketConfig wanted = holding(clientOf(peer, Role::UdpClient), {Stage::Recv});
    peer.close();
    const auto client = listening(wanted);
    client->setOption(0, IPPROTO_IP, IP_RECVERR, std::int64_t{0});
    for (std::uint64_t i = 1; i <= 4; ++i) {
        client->send({}, "anybody?");
        QTRY_COMPARE(client->counters().queuedBytes.get(), 0U);
        QTRY_COMPARE(client->counters().sentMessages.get(), i);
    }
    QCOMPARE(client->counters().discardedBytes.get(), 0U);
    QCOMPARE(count(lines(*client), "= -1 ECONNREFUSED"), 3);
}

// A step that names a stage takes that stage, of the socket that it names: here the listener, whose close
// was not requested.
void TestAccounts::aStepOfTheServerClosesNoClient() {
    const Pair pair(holding(config(Role::TcpServer), {Stage::Close}));
    pair.server->step(Stage::Close, 0);
    QVERIFY(awaitVerbs(*pair.server));
    QCOMPARE(pair.slot().state.load(), ConnectionState::Open);
    QVERIFY(pair.server->descriptor() >= 0);
    pair.server->step(Stage::Close, 1);
    QTRY_COMPARE(pair.slot().state.load(), ConnectionState::Closed);
}

// Of several targets some may have ended since they were chosen.
void TestAccounts::whoHasGoneLosesItsBytesWithAWord() {
    Pair pair(config(Role::TcpServer));
    const Peer stays = Peer::connectedTo(pair.server->localAddress());
    QTRY_COMPARE(pair.server->connections().count(), 2U);
    pair.peer.reset();
    QTRY_COMPARE(pair.slot().state.load(), ConnectionState::Closed);
    pair.server->send({1, 2}, "both?");
    QCOMPARE(stays.receiveAll(5), std::string("both?"));
    QTRY_COMPARE(pair.sums().discardedBytes.get(), 5U);
    QCOMPARE(pair.slot().discardedBytes.get(), 5U);
    QTRY_COMPARE(pair.sums().sentBytes.get(), 5U);
    QTRY_COMPARE(pair.sums().queuedBytes.get(), 0U);
    QCOMPARE(count(marks(*pair.server), "5 bytes were never sent: it is closed"), 1);
}

QTEST_GUILESS_MAIN(TestAccounts)
#include "tst_accounts.moc"
