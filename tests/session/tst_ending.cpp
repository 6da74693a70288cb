// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/resource.h>

#include "sessiontest.h"

using namespace sockstage;

namespace {

/// Leaves this process room for only so many more descriptors.
class FewDescriptors {
public:
    explicit FewDescriptors(rlim_t limit) {
        getrlimit(RLIMIT_NOFILE, &before_);
        const rlimit few{limit, before_.rlim_max};
        setrlimit(RLIMIT_NOFILE, &few);
    }
    ~FewDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

rlim_t nextDescriptor() {
    const int fd = dup(0);
    close(fd);
    return static_cast<rlim_t>(fd);
}

}  // namespace

class TestEnding : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void eofResetAndDataAreThreeThings();
    void aResetAfterEofIsSeen();
    void weShutDownSendingAndGoOnReceiving();
    void aShutdownBeforeConnectComesAfterIt();
    void thePeerShutsDownAndWeGoOnSending();
    void receivingCanBeShutDown();
    void bothDirectionsEndedClosesTheSocket();
    void closeSendsWhatIsQueued();
    void closeGivesUpAfterItsGrace();
    void aSecondCloseWaitsForNothing();
    void aCloseLetsAConnectGoOnThatHasWork();
    void closingUnreadBytesWarnsOfTheReset();
    void anAbortiveCloseResets();
    void thePeerVanishesInTheMiddleOfASend();
    void oneClientOfManyIsClosed();
    void afterEofAServerClosesWhenAsked();
    void acceptPausesWithoutDescriptorsAndGoesOn();
    void aSessionWithoutDescriptorsSaysSo();
    void whatComesAfterTheEndIsNotKept();
};

void TestEnding::eofResetAndDataAreThreeThings() {
    const auto server = listening(config(Role::TcpServer));
    Peer orderly = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->connections().count(), 1U);
    Peer abortive = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->connections().count(), 2U);
    orderly.shutdownSending();
    QTRY_VERIFY(server->connections().at(1).receiving.load() == DirectionState::Eof);
    QVERIFY(server->connections().at(1).state.load() == ConnectionState::Open);
    abortive.reset();
    QTRY_VERIFY(server->connections().at(2).state.load() == ConnectionState::Closed);
    QVERIFY(server->connections().at(2).end.load() == EndReason::ResetByPeer);
    QCOMPARE(server->connections().at(2).endError.load(), ECONNRESET);
    QVERIFY(server->failure().isEmpty());  // one client's reset is not the server's failure
    QCOMPARE(server->counters().errors.get(), 1U);
}

// recv() goes on returning 0 after a FIN and a reset; SO_ERROR reports the reset.
void TestEnding::aResetAfterEofIsSeen() {
    const auto server = listening(config(Role::TcpServer));
    Peer peer = Peer::connectedTo(server->localAddress());
    peer.shutdownSending();
    QTRY_COMPARE(server->connections().count(), 1U);
    QTRY_VERIFY(server->connections().at(1).receiving.load() == DirectionState::Eof);
    peer.reset();
    QTRY_VERIFY(server->connections().at(1).state.load() == ConnectionState::Closed);
    QVERIFY(server->connections().at(1).end.load() == EndReason::ResetByPeer);
    QCOMPARE(server->connections().at(1).endError.load(), EPIPE);  // what Linux calls it in CLOSE-WAIT
    QCOMPARE(count(lines(*server), "SO_ERROR, [EPIPE]"), 1);
}

void TestEnding::weShutDownSendingAndGoOnReceiving() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = opened(clientOf(listener));
    const Peer accepted = listener.accept();
    client->send({}, "last words");
    client->shutdownSending({});
    QCOMPARE(accepted.receiveAll(100), std::string("last words"));
    accepted.send("still here");
    QTRY_COMPARE(data(*client, true), std::string("still here"));
    QVERIFY(client->connections().at(1).sending.load() == DirectionState::ShutDown);
    QCOMPARE(count(lines(*client), "SHUT_WR) = 0"), 1);
    client->send({}, "too late");
    QTRY_COMPARE(client->counters().discardedBytes.get(), 8U);
    QCOMPARE(client->stateWord(), QStringLiteral("half-closed"));
}

void TestEnding::aShutdownBeforeConnectComesAfterIt() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    SocketConfig wanted = clientOf(listener);
    wanted.held.insert(Stage::Connect);
    const auto client = opened(wanted);
    QVERIFY(awaitState(*client, Stage::Connect, StageState::Held));
    client->send({}, "all I say");
    client->shutdownSending({});
    client->release(Stage::Connect);
    QCOMPARE(listener.accept().receiveAll(100), std::string("all I say"));
    QTRY_COMPARE(count(lines(*client), "SHUT_WR) = 0"), 1);
}

void TestEnding::thePeerShutsDownAndWeGoOnSending() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = opened(clientOf(listener));
    const Peer accepted = listener.accept();
    accepted.shutdownSending();
    QTRY_VERIFY(state(*client, Stage::Recv) == StageState::Done);
    QCOMPARE(client->stateWord(), QStringLiteral("peer EOF"));
    client->send({}, "answer");
    QCOMPARE(accepted.receiveAll(6), std::string("answer"));
}

void TestEnding::receivingCanBeShutDown() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = opened(clientOf(listener));
    const Peer accepted = listener.accept();
    QVERIFY(awaitState(*client, Stage::Recv, StageState::Waiting));
    client->shutdownReceiving({});
    QTRY_VERIFY(client->connections().at(1).receiving.load() == DirectionState::ShutDown);
    client->send({}, "one way");
    QCOMPARE(accepted.receiveAll(7), std::string("one way"));
}

void TestEnding::bothDirectionsEndedClosesTheSocket() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = opened(clientOf(listener));
    const Peer accepted = listener.accept();
    accepted.shutdownSending();
    QTRY_VERIFY(state(*client, Stage::Recv) == StageState::Done);
    client->shutdownSending({});
    QTRY_VERIFY(client->isFinished());
    QCOMPARE(client->stateWord(), QStringLiteral("closed"));
    QVERIFY(client->failure().isEmpty());
}

void TestEnding::closeSendsWhatIsQueued() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = opened(clientOf(listener));
    const Peer accepted = listener.accept();
    client->send({}, QByteArray(20'000'000, 'q'));
    client->close(10'000);
    QCOMPARE(accepted.receiveAll(30'000'000).size(), std::size_t(20'000'000));
    QTRY_VERIFY(client->isFinished());
    QCOMPARE(client->counters().discardedBytes.get(), 0U);
}

void TestEnding::closeGivesUpAfterItsGrace() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = opened(clientOf(listener));
    const Peer accepted = listener.accept();
    client->send({}, QByteArray(50'000'000, 'q'));
    client->close(100);
    QTRY_VERIFY(client->isFinished());
    QVERIFY(client->counters().discardedBytes.get() > 0);
    QCOMPARE(client->counters().sentBytes.get() + client->counters().discardedBytes.get(), 50'000'000U);
    QVERIFY(client->failure().contains(QStringLiteral("never sent")));
}

void TestEnding::aSecondCloseWaitsForNothing() {
    constexpr int anHour = 3'600'000;
    SocketConfig wanted = config(Role::TcpServer);
    wanted.held.insert(Stage::Send);
    const auto server = listening(wanted);
    const Peer peer = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->connections().count(), 1U);
    server->send({1}, "queued");
    server->closeConnections({1}, anHour);
    QTRY_COMPARE(count(marks(*server), "6 queued bytes go first"), 1);
    QCOMPARE(server->connections().at(1).state.load(), ConnectionState::Open);
    server->closeConnections({1}, anHour);
    QTRY_COMPARE(server->connections().at(1).state.load(), ConnectionState::Closed);
    QCOMPARE(server->connections().at(1).discardedBytes.get(), 6U);

    const Peer other = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
    SocketConfig datagrams = clientOf(other, Role::UdpClient);
    datagrams.held.insert(Stage::Send);
    const auto client = listening(datagrams);
    client->send({}, "queued");
    client->close(anHour);
    QTRY_COMPARE(state(*client, Stage::Close), StageState::Waiting);
    client->close(anHour);
    QTRY_VERIFY(client->isFinished());
    QCOMPARE(client->counters().discardedBytes.get(), 6U);
}

// A listener whose queue is full does not answer; the kernel asks again after a second.
void TestEnding::aCloseLetsAConnectGoOnThatHasWork() {
    const Peer bound = Peer::boundTo("127.0.0.1");
    ::listen(bound.fd(), 0);
    std::vector<std::unique_ptr<Session>> clients;
    QVERIFY(QTest::qWaitFor(
        [&] {
            clients.push_back(opened(clientOf(bound)));
            QTest::qWait(20);
            return state(*clients.back(), Stage::Connect) == StageState::Waiting;
        },
        10'000));
    Session& waiting = *clients.back();
    waiting.send({}, "wait for me");
    waiting.close(30'000);
    QTRY_COMPARE(waiting.counters().queuedBytes.get(), 11U);
    std::string got;
    for (std::size_t i = 0; i < clients.size() && got.empty(); ++i) {
        if (i + 1 < clients.size()) clients[i]->close();
        got = bound.accept().receiveAll(11);
    }
    QCOMPARE(got, std::string("wait for me"));
    QTRY_VERIFY(waiting.isFinished());
    QCOMPARE(waiting.counters().discardedBytes.get(), 0U);
}

void TestEnding::closingUnreadBytesWarnsOfTheReset() {
    SocketConfig wanted = config(Role::TcpServer);
    wanted.held.insert(Stage::Recv);
    const auto server = listening(wanted);
    const Peer peer = Peer::connectedTo(server->localAddress());
    peer.send("unread");
    QTRY_COMPARE(server->connections().count(), 1U);
    server->watch({1}, false);
    QTRY_COMPARE(server->connections().at(1).kernel.receiveQueueBytes.load(), 6U);
    server->closeConnections({1});
    QTRY_VERIFY(server->connections().at(1).state.load() == ConnectionState::Closed);
    QCOMPARE(server->connections().at(1).unreadAtClose.load(), 6U);
    QCOMPARE(count(marks(*server), "the kernel sends the peer a reset"), 1);
    QVERIFY(peer.receive().empty());
    QCOMPARE(errno, ECONNRESET);
}

void TestEnding::anAbortiveCloseResets() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = opened(clientOf(listener));
    const Peer accepted = listener.accept();
    QVERIFY(awaitState(*client, Stage::Recv, StageState::Waiting));
    client->reset({});
    QTRY_VERIFY(client->isFinished());
    QCOMPARE(count(lines(*client), "SO_LINGER, {l_onoff=1, l_linger=0}, 8) = 0"), 1);
    QVERIFY(accepted.receive().empty());
    QCOMPARE(errno, ECONNRESET);
    QVERIFY(client->connections().at(1).end.load() == EndReason::ResetByUs);
}

void TestEnding::thePeerVanishesInTheMiddleOfASend() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = opened(clientOf(listener));
    Peer accepted = listener.accept();
    client->send({}, QByteArray(50'000'000, 'v'));
    QVERIFY(accepted.receiveAll(1'000'000).size() == 1'000'000);
    accepted.reset();
    QTRY_VERIFY(client->isFinished());
    QCOMPARE(client->counters().sentBytes.get() + client->counters().discardedBytes.get(), 50'000'000U);
    QCOMPARE(client->counters().queuedBytes.get(), 0U);
    const QString failure = client->failure();
    QVERIFY(failure.contains(QStringLiteral("ECONNRESET")) || failure.contains(QStringLiteral("EPIPE")));
}

void TestEnding::oneClientOfManyIsClosed() {
    const auto server = listening(config(Role::TcpServer));
    const Peer first = Peer::connectedTo(server->localAddress());
    const Peer second = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->counters().openConnections.get(), 2U);
    server->closeConnections({1});
    QVERIFY(first.receive().empty());
    QTRY_COMPARE(server->counters().openConnections.get(), 1U);
    server->send({}, "on");
    QCOMPARE(second.receiveAll(2), std::string("on"));
    QVERIFY(!server->isFinished());
}

void TestEnding::afterEofAServerClosesWhenAsked() {
    SocketConfig wanted = config(Role::TcpServer);
    wanted.echo = true;
    wanted.afterEof = AfterEof::Close;
    const auto server = listening(wanted);
    const Peer peer = Peer::connectedTo(server->localAddress());
    peer.send("echo me");
    peer.shutdownSending();
    QCOMPARE(peer.receiveAll(100), std::string("echo me"));
    QTRY_VERIFY(server->connections().at(1).end.load() == EndReason::ClosedAfterEof);
}

void TestEnding::acceptPausesWithoutDescriptorsAndGoesOn() {
    const auto server = listening(config(Role::TcpServer));
    std::vector<Peer> peers;
    peers.reserve(8);
    for (int i = 0; i < 8; ++i)
        peers.emplace_back();
    {
        // Room for two accepted sockets; eight clients come.
        const FewDescriptors few(nextDescriptor() + 2);
        for (const Peer& peer : peers) {
            const SocketAddress to = server->localAddress();
            QCOMPARE(::connect(peer.fd(), to.data(), to.length()), 0);
        }
        QTRY_COMPARE(server->connections().count(), 2U);
        QTRY_COMPARE(server->stages().at(Stage::Accept).error.load(), EMFILE);
        QVERIFY(count(marks(*server), "paused: EMFILE") == 1);
        const std::uint64_t failures = server->counters().errors.get();
        server->closeConnections({1});  // one is free: one more is accepted, without waiting for a timer
        QTRY_COMPARE(server->connections().count(), 3U);
        QVERIFY(server->counters().errors.get() <= failures + 3);  // not spinning
    }
    QTRY_COMPARE(server->connections().count(), 8U);
    QTRY_COMPARE(server->stages().at(Stage::Accept).error.load(), 0);
}

void TestEnding::aSessionWithoutDescriptorsSaysSo() {
    const FewDescriptors none(nextDescriptor());
    Session session(config(Role::TcpServer));
    QSignalSpy finished(&session, &Session::finished);
    session.open();
    session.send({}, "into the void");
    session.close();
    QTRY_COMPARE(finished.size(), 1);
    QVERIFY(session.failure().contains(QStringLiteral("EMFILE")));
}

// The window goes on asking five times a second for as long as the page is there.
void TestEnding::whatComesAfterTheEndIsNotKept() {
    const auto client = opened(config(Role::TcpClient, "127.0.0.1", 1));
    QTRY_VERIFY(client->isForgotten());
    const QByteArray bytes(1000, 'x');
    client->send({}, bytes);
    QVERIFY(bytes.isDetached());  // no other copy shares them any more
}

QTEST_GUILESS_MAIN(TestEnding)
#include "tst_ending.moc"
