// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/resource.h>

#include <QElapsedTimer>

#include "sessiontest.h"

// A socket lives on in the kernel after close(): it is followed until it is gone.

using namespace sockstage;
using enum TcpState;

namespace {

KernelFacts latest(const Session& session, std::uint32_t connection) {
    const auto history = session.kernelHistory(connection);
    return history ? history->latest().value_or(KernelFacts()) : KernelFacts();
}

/// A client that is connected to an accepted peer and observed.
struct Observed {
    explicit Observed(int receiveBuffer = 0, bool reuseAddress = false)
        : listener(Peer::boundTo("127.0.0.1")),
          client(makeClient(receiveBuffer, reuseAddress)),
          accepted(listener.accept()) {
        if (!awaitState(*client, Stage::Recv, StageState::Waiting)) qFatal("not connected");
        client->observe(1, 10);
    }
    std::unique_ptr<Session> makeClient(int receiveBuffer, bool reuseAddress) const {
        if (receiveBuffer != 0)
            setsockopt(listener.fd(), SOL_SOCKET, SO_RCVBUF, &receiveBuffer, sizeof receiveBuffer);
        SocketConfig made = clientOf(listener);
        made.reuseAddress = reuseAddress;
        if (reuseAddress) made.localEndpoint = Endpoint{"127.0.0.1", "0"};
        return opened(made);
    }
    Peer listener;
    std::unique_ptr<Session> client;
    Peer accepted;
};

}  // namespace

class TestAfterlife : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void weCloseFirst();
    void thePeerClosesFirst();
    void theRestIsSentAfterClose();
    void aResetLeavesNothing();
    void aNewConnectionWithTheSameAddressesIsNotTheOldOne();
    void theDestructorDoesNotWait();
    void nobodyHasLookedAndTheWorkerEnds();
    void whatWasObservedIsFollowedToItsEnd();
    void whatWasLeftOpenIsFollowedOnceItCloses();
    void afterTheEndVerbsDoNothing();
    void theTableShowsClosedClients();
    void timeWaitOfAnOpenDescriptor();
    void timeWaitThatBeganBeforeClose();
    void timeWaitThatNobodySawComing();
    void aListenerIsGoneAtOnce();
    void withoutADescriptorToAskWithItIsAskedLater();
};

void TestAfterlife::weCloseFirst() {
    Observed pair;
    QSignalSpy finished(pair.client.get(), &Session::finished);
    pair.client->close();
    QTRY_COMPARE(finished.count(), 1);
    QVERIFY(pair.client->isFinished());
    QCOMPARE(pair.client->descriptor(), -1);
    QTRY_COMPARE(latest(*pair.client, 1).state, FinWait2);
    QCOMPARE(latest(*pair.client, 1).source, FactsSource::SockDiag);
    QVERIFY(pair.client->workerThreadId() != 0);  // it still looks
    pair.accepted.close();
    QTRY_COMPARE(latest(*pair.client, 1).state, TimeWait);
    const KernelFacts facts = latest(*pair.client, 1);
    QCOMPARE(facts.timer, KernelTimer::TimeWait);
    QVERIFY(facts.timerMs > 50'000 && facts.timerMs <= 60'000);
    QTRY_VERIFY(latest(*pair.client, 1).timerMs < facts.timerMs);
    auto way = pair.client->tcpStateHistory(1);
    std::erase(way, SynSent);
    std::erase(way, FinWait1);  // a quick peer has acknowledged before the first look
    QCOMPARE(way, (std::vector{Closed, Established, FinWait2, TimeWait}));
    QVERIFY(!pair.client->isForgotten());
    QCOMPARE(finished.count(), 1);
}

void TestAfterlife::thePeerClosesFirst() {
    Observed pair;
    pair.accepted.close();
    QTRY_COMPARE(latest(*pair.client, 1).state, CloseWait);
    pair.client->close();
    QTRY_COMPARE(latest(*pair.client, 1).source, FactsSource::Gone);
    QCOMPARE(latest(*pair.client, 1).state, Closed);
    QTRY_VERIFY(pair.client->isForgotten());
    QCOMPARE(pair.client->workerThreadId(), 0);
    const std::vector<TcpState> way = pair.client->tcpStateHistory(1);
    QCOMPARE(way.back(), Closed);
    QVERIFY(std::find(way.begin(), way.end(), CloseWait) != way.end());
}

void TestAfterlife::theRestIsSentAfterClose() {
    Observed pair(8192);
    pair.client->send({}, QByteArray(600'000, 'x'));
    QTRY_COMPARE(pair.client->connections().at(1).queuedBytes.get(), 0U);  // all is the kernel's now
    QTRY_VERIFY(latest(*pair.client, 1).unackedBytes > 100'000);
    pair.client->close();
    QTRY_VERIFY(pair.client->isFinished());
    QTRY_COMPARE(latest(*pair.client, 1).state, FinWait1);
    const KernelFacts before = latest(*pair.client, 1);
    QCOMPARE(before.source, FactsSource::SockDiag);
    QVERIFY(before.unackedBytes > 100'000);
    QVERIFY(before.sendBufferBytes > 0);
    pair.accepted.receiveAll(300'000);
    QTRY_VERIFY(latest(*pair.client, 1).unackedBytes < before.unackedBytes - 200'000);
    QCOMPARE(latest(*pair.client, 1).state, FinWait1);
    QCOMPARE(pair.accepted.receiveAll(1 << 20).size(), std::size_t{300'000});
    QTRY_COMPARE(latest(*pair.client, 1).state, FinWait2);
    QCOMPARE(latest(*pair.client, 1).unackedBytes, 0);
}

void TestAfterlife::aResetLeavesNothing() {
    const Observed pair;
    pair.client->reset({});
    QTRY_COMPARE(latest(*pair.client, 1).source, FactsSource::Gone);
    QTRY_VERIFY(pair.client->isForgotten());
    QCOMPARE(pair.client->tcpStateHistory(1).back(), Closed);
}

void TestAfterlife::aNewConnectionWithTheSameAddressesIsNotTheOldOne() {
    Observed pair(0, true);
    QCOMPARE(pair.client->connections().count(), 1U);
    const SocketAddress local = pair.client->connections().at(1).local;
    pair.client->close();
    QTRY_VERIFY(pair.client->isFinished());
    pair.accepted.close();
    QTRY_COMPARE(latest(*pair.client, 1).state, TimeWait);
    // Over loopback a TIME-WAIT of more than a second may be used again (net.ipv4.tcp_tw_reuse 2).
    const auto connectAgain = [&] {
        const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
        const int one = 1;
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        const SocketAddress to = pair.listener.address();
        const bool done =
            ::bind(fd, local.data(), local.length()) == 0 && ::connect(fd, to.data(), to.length()) == 0;
        if (!done) ::close(fd);
        return done;
    };
    if (!QTest::qWaitFor(connectAgain, 5000)) QSKIP("this system does not use a TIME-WAIT again");
    QTRY_COMPARE(latest(*pair.client, 1).source, FactsSource::Gone);
    QTRY_VERIFY(pair.client->isForgotten());
}

void TestAfterlife::theDestructorDoesNotWait() {
    Observed pair;
    pair.client->close();
    QTRY_VERIFY(pair.client->isFinished());
    pair.accepted.close();
    QTRY_COMPARE(latest(*pair.client, 1).state, TimeWait);
    QElapsedTimer timer;
    timer.start();
    pair.client.reset();
    QVERIFY(timer.elapsed() < 500);
}

void TestAfterlife::nobodyHasLookedAndTheWorkerEnds() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = opened(clientOf(listener));
    const Peer accepted = listener.accept();
    QVERIFY(awaitState(*client, Stage::Recv, StageState::Waiting));
    client->close();
    QTRY_VERIFY(client->isForgotten());
    QCOMPARE(client->workerThreadId(), 0);
    QCOMPARE(client->tcpStateHistory(1).back(), Established);  // before close(); not sampled since
}

/// A user who comes back finds the state that the kernel has now, not the last one observed before.
void TestAfterlife::whatWasObservedIsFollowedToItsEnd() {
    Observed pair;
    pair.client->close();
    QTRY_COMPARE(latest(*pair.client, 1).state, FinWait2);
    pair.client->observe({});
    pair.accepted.close();
    QTRY_COMPARE(latest(*pair.client, 1).state, TimeWait);
    QVERIFY(!pair.client->isForgotten());
}

void TestAfterlife::whatWasLeftOpenIsFollowedOnceItCloses() {
    Observed pair;
    QTRY_COMPARE(latest(*pair.client, 1).state, Established);
    pair.client->observe({});
    pair.accepted.close();
    QVERIFY(awaitState(*pair.client, Stage::Recv, StageState::Done));
    pair.client->close();
    QTRY_COMPARE(latest(*pair.client, 1).source, FactsSource::Gone);
    QTRY_VERIFY(pair.client->isForgotten());
}

void TestAfterlife::afterTheEndVerbsDoNothing() {
    Observed pair;
    pair.client->close();
    QTRY_COMPARE(latest(*pair.client, 1).state, FinWait2);
    const std::uint64_t rows = pair.client->capture().endRow();
    pair.client->send({}, "late");
    pair.client->shutdownSending({});
    pair.client->close();
    pair.client->reset({});
    pair.accepted.reset();
    QTRY_VERIFY(pair.client->isForgotten());
    QCOMPARE(pair.client->capture().endRow(), rows);
    QCOMPARE(pair.client->counters().discardedBytes.get(), 0U);
}

void TestAfterlife::theTableShowsClosedClients() {
    const auto server = listening(config(Role::TcpServer));
    Peer first = Peer::connectedTo(server->localAddress());
    const Peer second = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->connections().count(), 2U);
    server->watch({1}, true);
    const KernelSample& kernel = server->connections().at(1).kernel;
    QTRY_COMPARE(kernel.tcpState.load(), 1U);
    server->closeConnections({1, 2});
    QTRY_COMPARE(kernel.tcpState.load(), 5U);  // FIN-WAIT-2
    QVERIFY(kernel.sampledNs.load() > server->connections().at(1).endedNs.load());
    first.close();
    QTRY_COMPARE(kernel.tcpState.load(), 6U);  // TIME-WAIT
    const KernelSample& other = server->connections().at(2).kernel;
    QVERIFY(other.sampledNs.load() <= server->connections().at(2).endedNs.load());
    server->watch({1, 2}, true);  // scrolled to: it is found although it was not watched when it closed
    QTRY_COMPARE(other.tcpState.load(), 5U);
    server->close();
    QTRY_VERIFY(server->isFinished());
    QVERIFY(!server->isForgotten());  // the table is still looked at
    server->watch({}, false);
    QTRY_VERIFY(server->isForgotten());
}

/// Both ends have shut down; ours did so first and is held before its close().
std::unique_ptr<Session> serverInTimeWait(Peer& peer, bool watched) {
    SocketConfig wanted = config(Role::TcpServer);
    wanted.held.insert(Stage::Close);
    auto server = listening(wanted);
    if (watched) server->watch({1}, true);
    peer = Peer::connectedTo(server->localAddress());
    if (!QTest::qWaitFor([&] { return server->connections().count() == 1; })) qFatal("not accepted");
    server->shutdownSending({1});
    if (!peer.receive().empty()) qFatal("no EOF");
    peer.close();
    const auto stopped = [&] { return server->connections().at(1).stoppedStages().contains(Stage::Close); };
    if (!QTest::qWaitFor(stopped)) qFatal("not held before close");
    return server;
}

/// The descriptor says CLOSED (TCP_INFO), while the connection is in TIME-WAIT: for the kernel these are two.
void TestAfterlife::timeWaitOfAnOpenDescriptor() {
    Peer peer;
    const auto server = serverInTimeWait(peer, true);
    const ConnectionSlot& slot = server->connections().at(1);
    QTRY_COMPARE(slot.kernel.tcpState.load(), 6U);
    QVERIFY(slot.fd.load() >= 0);
    server->observe(1, 10);
    QTRY_COMPARE(latest(*server, 1).state, TimeWait);
    QCOMPARE(latest(*server, 1).source, FactsSource::Descriptor);
    QCOMPARE(latest(*server, 1).timer, KernelTimer::TimeWait);
    QVERIFY(latest(*server, 1).timerMs > 50'000);
    server->step(Stage::Close, 1);
    QTRY_COMPARE(latest(*server, 1).source, FactsSource::SockDiag);
    QCOMPARE(latest(*server, 1).state, TimeWait);
    const std::vector<TcpState> way = server->tcpStateHistory(1);
    QCOMPARE(way.front(), Established);
    QCOMPARE(way.back(), TimeWait);
    QVERIFY(std::find(way.begin(), way.end(), Closed) == way.end());
}

void TestAfterlife::timeWaitThatBeganBeforeClose() {
    Peer peer;
    const auto server = serverInTimeWait(peer, false);
    server->watch({}, true);
    server->step(Stage::Close, 1);
    QTRY_COMPARE(server->connections().at(1).fd.load(), -1);
    server->watch({1}, true);  // scrolled to
    const KernelSample& kernel = server->connections().at(1).kernel;
    QTRY_VERIFY(kernel.sampledNs.load() > server->connections().at(1).endedNs.load());
    QCOMPARE(kernel.tcpState.load(), 6U);
}

/// Not sampled before close(), so no sample has read its cookie: shutdown() did.
void TestAfterlife::timeWaitThatNobodySawComing() {
    Peer peer;
    const auto server = serverInTimeWait(peer, false);
    server->step(Stage::Close, 1);
    QTRY_COMPARE(server->connections().at(1).fd.load(), -1);
    QVERIFY(server->tcpStateHistory(1).empty());
    server->observe(1, 10);
    QTRY_COMPARE(latest(*server, 1).state, TimeWait);
    QCOMPARE(latest(*server, 1).source, FactsSource::SockDiag);
    QCOMPARE(server->tcpStateHistory(1), std::vector{TimeWait});
}

void TestAfterlife::aListenerIsGoneAtOnce() {
    const auto server = listening(config(Role::TcpServer));
    server->observe(0, 10);
    QTRY_COMPARE(latest(*server, 0).state, Listen);
    server->close();
    QTRY_COMPARE(latest(*server, 0).source, FactsSource::Gone);
    QCOMPARE(server->tcpStateHistory(0), (std::vector{Closed, Listen, Closed}));
    QTRY_VERIFY(server->isForgotten());
}

void TestAfterlife::withoutADescriptorToAskWithItIsAskedLater() {
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = opened(clientOf(listener));
    const Peer accepted = listener.accept();
    QVERIFY(awaitState(*client, Stage::Recv, StageState::Waiting));
    const rlimit none{3, before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);  // what is open stays open, and nothing more can be opened
    client->observe(1, 10);
    QTRY_COMPARE(latest(*client, 1).source, FactsSource::Descriptor);
    client->close();
    const bool closed = QTest::qWaitFor([&] { return client->isFinished(); });
    QTest::qWait(50);  // several times too early: nothing may come of it
    const KernelFacts without = latest(*client, 1);
    setrlimit(RLIMIT_NOFILE, &before);
    QVERIFY(closed);
    QCOMPARE(without.source, FactsSource::Descriptor);
    QTRY_COMPARE(latest(*client, 1).source, FactsSource::SockDiag);
    QTRY_COMPARE(latest(*client, 1).state, FinWait2);
}

QTEST_GUILESS_MAIN(TestAfterlife)
#include "tst_afterlife.moc"
