// SPDX-License-Identifier: GPL-3.0-or-later
#include <QProcess>

#include "sessiontest.h"

// What an observed socket's history and way tell while its descriptor is open.

using namespace sockstage;
using enum TcpState;

namespace {

std::vector<KernelFacts> samples(const Session& session, std::uint32_t connection) {
    std::vector<KernelFacts> all;
    if (const auto history = session.kernelHistory(connection)) history->copySince(0, all);
    return all;
}

KernelFacts latest(const Session& session, std::uint32_t connection) {
    const auto history = session.kernelHistory(connection);
    return history ? history->latest().value_or(KernelFacts()) : KernelFacts();
}

SocketConfig held(SocketConfig made, Stage stage) {
    made.held.insert(stage);
    return made;
}

qint64 netstat(const char* counter) {
    QProcess nstat;
    nstat.start(QStringLiteral("nstat"), {QStringLiteral("-asz"), QString::fromUtf8(counter)});
    if (!nstat.waitForFinished()) qFatal("nstat does not run");
    const QByteArray line = nstat.readAllStandardOutput().trimmed().split('\n').last();
    return line.simplified().split(' ').at(1).toLongLong();
}

/// The drops column of this UDP socket in /proc/net/udp.
qint64 udpDrops(const SocketAddress& local) {
    QFile file(QStringLiteral("/proc/net/udp"));
    if (!file.open(QIODevice::ReadOnly)) qFatal("no /proc/net/udp");
    const QByteArray port = ':' + QByteArray::number(local.port(), 16).rightJustified(4, '0').toUpper();
    for (const QByteArray& line : file.readAll().split('\n')) {
        const QList<QByteArray> fields = line.simplified().split(' ');
        if (fields.size() > 1 && fields.at(1).endsWith(port)) return fields.last().toLongLong();
    }
    qFatal("not in /proc/net/udp");
}

}  // namespace

class TestKernel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void nobodyLooksAndNothingIsAsked();
    void anObservedConnectionIsSampled();
    void theIntervalIsKept();
    void theHistoriesOfFormerSocketsStay();
    void aConnectionThatIsNotThereYet();
    void theWayOfAClient();
    void theWayOfARefusedClient();
    void aClientThatNobodyAnswers_data();
    void aClientThatNobodyAnswers();
    void aClosedWindow();
    void whatLiesUnread();
    void aListenersAcceptQueue();
    void aDatagramSocketsDrops();
    void theLogTellsOfAllSockets();
};

void TestKernel::nobodyLooksAndNothingIsAsked() {
    const auto server = listening(config(Role::TcpServer));
    const Peer peer = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->connections().count(), 1U);
    QVERIFY(!server->kernelHistory(0));
    QVERIFY(!server->kernelHistory(1));
    QCOMPARE(server->connections().at(1).kernel.sampledNs.load(), 0);
    QCOMPARE(server->tcpStateHistory(0), (std::vector{Closed, Listen}));  // noted where the calls are made
    QVERIFY(server->tcpStateHistory(99).empty());
    peer.shutdownSending();
    QTRY_COMPARE(server->connections().at(1).receiving.load(), DirectionState::Eof);
    QVERIFY(server->tcpStateHistory(1).empty());
    server->observe(1, 10);
    QTRY_COMPARE(server->tcpStateHistory(1), std::vector{CloseWait});  // earlier states were not sampled
    server->shutdownSending({1});
    QTRY_COMPARE(server->tcpStateHistory(1).back(), Closed);
}

void TestKernel::anObservedConnectionIsSampled() {
    const auto server = listening(config(Role::TcpServer));
    const Peer peer = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->connections().count(), 1U);
    server->observe(1, 20);
    QVERIFY(server->kernelHistory(1));  // there at once, for the next reader
    QTRY_VERIFY(samples(*server, 1).size() >= 3);
    peer.send("hello");
    QTRY_COMPARE(latest(*server, 1).bytesReceived, 5);
    const KernelFacts facts = latest(*server, 1);
    QCOMPARE(facts.source, FactsSource::Descriptor);
    QCOMPARE(facts.state, Established);
    QCOMPARE(facts.timer, KernelTimer::None);
    QCOMPARE(facts.unreadBytes, 0);
    QCOMPARE(facts.unackedBytes, 0);
    QVERIFY(facts.rttUs > 0 && facts.sendMss > 0 && facts.congestionWindow > 0);
    QVERIFY(facts.sendBufferBytes > 0 && facts.receiveBufferBytes > 0 && facts.peerWindowBytes > 0);
    QVERIFY(facts.congestionControl[0] != '\0');
    QCOMPARE(facts.acceptQueue, KernelFacts::absent);
}

void TestKernel::theIntervalIsKept() {
    const auto server = listening(config(Role::TcpServer));
    server->observe(0, 50);
    QTRY_VERIFY(samples(*server, 0).size() >= 12);
    const auto all = samples(*server, 0);
    const auto tookMs = (all.at(11).atNs - all.at(1).atNs) / 1'000'000;
    QVERIFY2(tookMs >= 500 && tookMs < 1500, qPrintable(QString::number(tookMs)));
    server->observe({});
    const auto stopped = [&] {
        const auto before =
            server->kernelHistory(0)->copySince(0, *std::make_unique<std::vector<KernelFacts>>());
        QTest::qWait(150);
        return before == samples(*server, 0).size();
    };
    QTRY_VERIFY(stopped());
}

void TestKernel::theHistoriesOfFormerSocketsStay() {
    const auto server = listening(config(Role::TcpServer));
    const Peer first = Peer::connectedTo(server->localAddress());
    const Peer second = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->connections().count(), 2U);
    server->observe(1, 10);
    QTRY_VERIFY(!samples(*server, 1).empty());
    server->observe(2, 10);
    QTRY_VERIFY(samples(*server, 2).size() > 3);
    const std::size_t before = samples(*server, 1).size();
    QVERIFY(before > 0);
    QTRY_VERIFY(samples(*server, 2).size() > 6);
    QCOMPARE(samples(*server, 1).size(), before);
}

void TestKernel::aConnectionThatIsNotThereYet() {
    const auto server = listening(config(Role::TcpServer));
    server->observe(1, 10);
    const Peer peer = Peer::connectedTo(server->localAddress());
    QTRY_VERIFY(!samples(*server, 1).empty());
    QCOMPARE(samples(*server, 1).front().state, Established);
}

void TestKernel::theWayOfAClient() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = std::make_unique<Session>(clientOf(listener));
    client->observe(0, 10);
    client->open();
    Peer accepted = listener.accept();
    QVERIFY(awaitState(*client, Stage::Recv, StageState::Waiting));
    // Loopback answers within connect(): SYN-SENT may have passed unseen, and is then not claimed.
    auto way = client->tcpStateHistory(1);
    std::erase(way, SynSent);
    QCOMPARE(way, (std::vector{Closed, Established}));
    QCOMPARE(client->tcpStateHistory(0), client->tcpStateHistory(1));
    accepted.close();
    QTRY_COMPARE(client->tcpStateHistory(1).back(), CloseWait);
    QCOMPARE(samples(*client, 0).front().state, Closed);
    QTRY_COMPARE(latest(*client, 0).state, CloseWait);  // 0 is the same socket as 1 by now
    client->shutdownSending({});
    QTRY_COMPARE(client->tcpStateHistory(1).back(), Closed);
    QTRY_COMPARE(latest(*client, 0).source, FactsSource::Gone);
}

void TestKernel::theWayOfARefusedClient() {
    Peer listener = Peer::boundTo("127.0.0.1");
    const SocketConfig refused = clientOf(listener);
    listener.close();
    const auto client = std::make_unique<Session>(refused);
    client->observe(0, 10);
    client->open();
    QTRY_VERIFY(client->isFinished());
    auto way = client->tcpStateHistory(0);
    std::erase(way, SynSent);
    QCOMPARE(way.front(), Closed);
    QCOMPARE(way.back(), Closed);
    QTRY_COMPARE(latest(*client, 0).source, FactsSource::Gone);
    QTRY_VERIFY(client->isForgotten());
}

void TestKernel::aClientThatNobodyAnswers_data() {
    QTest::addColumn<bool>("bound");
    QTest::newRow("not bound") << false;
    QTest::newRow("bound to a port of any address") << true;
}

void TestKernel::aClientThatNobodyAnswers() {
    QFETCH(bool, bound);
    const Peer listener = Peer::boundTo("127.0.0.1");
    QCOMPARE(::listen(listener.fd(), 0), 0);
    const Peer takesTheOnlyPlace = Peer::connectedTo(listener.address());
    SocketConfig wanted = clientOf(listener);
    if (bound) wanted.localEndpoint = Endpoint{"", "0"};
    const auto client = opened(wanted);
    client->observe(0, 10);
    QTRY_COMPARE(latest(*client, 0).state, SynSent);
    const KernelFacts facts = latest(*client, 0);
    QCOMPARE(facts.peerWindowBytes, KernelFacts::absent);  // the peer has sent nothing yet
    QCOMPARE(facts.rttUs, KernelFacts::absent);
    QTRY_COMPARE(latest(*client, 0).timer, KernelTimer::Retransmit);
    QTRY_VERIFY(latest(*client, 0).totalRetransmits > 0);
    QCOMPARE(client->tcpStateHistory(0), (std::vector{Closed, SynSent}));
    client->close(0);
    QTRY_COMPARE(latest(*client, 0).source, FactsSource::Gone);
    QCOMPARE(client->tcpStateHistory(0), (std::vector{Closed, SynSent, Closed}));
}

void TestKernel::aClosedWindow() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = opened(clientOf(listener));
    const Peer accepted = listener.accept();  // reads nothing
    QVERIFY(awaitState(*client, Stage::Recv, StageState::Waiting));
    client->observe(1, 20);
    client->send({}, QByteArray(32 << 20, 'x'));
    // All that was sent is acknowledged and the window is shut: a timer knocks at it now and then.
    QTRY_VERIFY_WITH_TIMEOUT(latest(*client, 1).timer == KernelTimer::ZeroWindowProbe, 20'000);
    QTRY_COMPARE(latest(*client, 1).peerWindowBytes, 0);
    const KernelFacts facts = latest(*client, 1);
    QVERIFY(facts.timerMs > 0);
    QVERIFY(facts.queuedBytes > 0);
    QVERIFY(facts.notSentBytes > 0);
    QVERIFY(facts.unackedBytes >= facts.notSentBytes);
    QVERIFY(facts.sendChargedBytes >= facts.unackedBytes / 2);
    const auto sent = static_cast<std::int64_t>(client->connections().at(1).sentBytes.get());
    QCOMPARE(facts.queuedBytes + sent, 32 << 20);
    QCOMPARE(facts.bytesAcked + facts.unackedBytes, sent + 1);  // the SYN counts as acknowledged
}

void TestKernel::whatLiesUnread() {
    const auto server = listening(held(config(Role::TcpServer), Stage::Recv));
    const Peer peer = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->connections().count(), 1U);
    server->observe(1, 10);
    peer.send("unread");
    QTRY_COMPARE(latest(*server, 1).unreadBytes, 6);
    QVERIFY(latest(*server, 1).receiveChargedBytes > 6);
    server->release(Stage::Recv);
    QTRY_COMPARE(latest(*server, 1).unreadBytes, 0);
}

void TestKernel::aListenersAcceptQueue() {
    SocketConfig made = held(config(Role::TcpServer), Stage::Accept);
    made.backlog = 2;
    const qint64 overflowsBefore = netstat("TcpExtListenOverflows");
    const auto server = listening(made);
    server->observe(0, 10);
    QTRY_COMPARE(latest(*server, 0).state, Listen);
    QCOMPARE(latest(*server, 0).acceptQueue, 0);
    QCOMPARE(latest(*server, 0).acceptQueueLimit, 2);
    QCOMPARE(latest(*server, 0).listenOverflows, 0);
    std::vector<Peer> peers;
    for (int i = 0; i < 3; ++i)  // the kernel takes one more than the backlog
        peers.push_back(Peer::connectedTo(server->localAddress()));
    QTRY_COMPARE(latest(*server, 0).acceptQueue, 3);
    const SocketAddress address = server->localAddress();
    const int refused = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    QCOMPARE(::connect(refused, address.data(), address.length()), -1);
    QTRY_VERIFY(latest(*server, 0).listenOverflows > 0);
    ::close(refused);
    QTRY_COMPARE(latest(*server, 0).listenOverflows, netstat("TcpExtListenOverflows") - overflowsBefore);
    QVERIFY(latest(*server, 0).listenDrops >= latest(*server, 0).listenOverflows);
    QFile limit(QStringLiteral("/proc/sys/net/core/somaxconn"));
    QVERIFY(limit.open(QIODevice::ReadOnly));
    QCOMPARE(latest(*server, 0).somaxconn, limit.readAll().trimmed().toLongLong());
    server->release(Stage::Accept);
    QTRY_COMPARE(latest(*server, 0).acceptQueue, 0);
}

void TestKernel::aDatagramSocketsDrops() {
    SocketConfig made = held(config(Role::UdpServer), Stage::Recv);
    made.receiveBufferBytes = 4096;
    const auto server = listening(made);
    server->observe(0, 10);
    QTRY_COMPARE(latest(*server, 0).drops, 0);
    const Peer peer = Peer::connectedTo(server->localAddress(), SOCK_DGRAM);
    for (int i = 0; i < 50; ++i)
        peer.send(std::string(500, 'x'));
    QTRY_COMPARE(latest(*server, 0).drops, udpDrops(server->localAddress()));
    const KernelFacts facts = latest(*server, 0);
    QVERIFY(facts.drops > 0 && facts.drops < 50);
    QCOMPARE(facts.unreadBytes, 500);  // the next datagram's length, not the sum
    QCOMPARE(facts.state, Unknown);
    QCOMPARE(facts.rttUs, KernelFacts::absent);
    QVERIFY(facts.receiveChargedBytes > 500);
    server->release(Stage::Recv);
    QTRY_COMPARE(server->connections().count(), 1U);
    QCOMPARE(latest(*server, 0).drops + static_cast<qint64>(server->counters().receivedMessages.get()), 50);
    server->observe(1, 10);  // a peer of a UDP socket has no socket of its own: the same one
    QTRY_COMPARE(latest(*server, 1).drops, latest(*server, 0).drops);
}

void TestKernel::theLogTellsOfAllSockets() {
    const auto server = std::make_unique<Session>(config(Role::TcpServer));
    server->logKernel(20);
    server->open();
    QVERIFY(awaitState(*server, Stage::Accept, StageState::Waiting));
    Peer first = Peer::connectedTo(server->localAddress());
    const Peer second = Peer::connectedTo(server->localAddress());
    std::deque<KernelLog::Entry> log;
    const auto seen = [&](std::uint32_t number, TcpState state) {
        server->takeKernelLog(log);
        return std::any_of(log.begin(), log.end(), [&](const KernelLog::Entry& entry) {
            return entry.connection == number && entry.facts.state == state;
        });
    };
    QTRY_VERIFY(seen(0, Listen) && seen(1, Established) && seen(2, Established));
    first.reset();
    QTRY_VERIFY(seen(1, Closed));
    server->close();
    QTRY_VERIFY(server->isFinished());
    QTRY_VERIFY(seen(0, Closed) && seen(2, FinWait2));
    QVERIFY(!server->isForgotten());  // the second client has not closed yet
    server->logKernel(0);
    QTRY_VERIFY(server->isForgotten());
}

QTEST_GUILESS_MAIN(TestKernel)
#include "tst_kernel.moc"
