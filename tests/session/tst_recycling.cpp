// SPDX-License-Identifier: GPL-3.0-or-later
#include <QEventLoop>
#include <QTimer>

#include "sessiontest.h"

// The slots of ended connections go with the records that the capture has evicted. All against real sockets:
// thousands of short connections, each with enough bytes to push the older ones out.

using namespace sockstage;

namespace {

constexpr std::size_t perSegment = ConnectionTable::segmentSlots;
constexpr std::size_t segmentBytes = perSegment * sizeof(ConnectionSlot);
/// The least capture there is, 8 MB, has the records of some 480 such connections.
constexpr std::size_t sentByEach = 16384;
constexpr std::size_t fewSegments = 5 * segmentBytes;

std::unique_ptr<Session> smallServer(AfterEof afterEof = AfterEof::Close) {
    SocketConfig wanted = config(Role::TcpServer);
    wanted.afterEof = afterEof;
    wanted.captureBytes = 1;
    return listening(wanted);
}

/// Each is over before the next begins, so that numbers and order are known.
void connectAndLeave(const Session& server, std::uint32_t count) {
    const std::string bytes(sentByEach, 'x');
    const std::uint64_t before = server.counters().receivedBytes.get();
    for (std::uint32_t i = 0; i < count; ++i)
        Peer::connectedTo(server.localAddress()).send(bytes);
    const std::uint64_t after = before + std::uint64_t{count} * sentByEach;
    QVERIFY(QTest::qWaitFor([&] { return server.counters().receivedBytes.get() == after; }, 10'000));
}

bool noRowNamesWhatIsGone(const Session& session) {
    const CaptureStore& capture = session.capture();
    for (std::uint64_t row = capture.beginRow(); row < capture.endRow(); ++row) {
        const auto pin = capture.pin(row);
        const std::uint32_t connection = pin ? pin.record(row).connection : 0;
        if (connection != 0 && !session.connections().has(connection)) return false;
    }
    return true;
}

}  // namespace

class TestRecycling : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void thousandsOfConnectionsTakeBoundedMemory();
    void whileEveryRecordIsKeptSoIsEverySlot();
    void oneThatStaysKeepsOnlyItsOwnSegment();
    void nothingGoesWhileAFunctionWaitsInAnEventLoop();
    void whatIsFollowedInTheKernelStays();
    void verbsForWhatIsGoneDoNothing();
};

void TestRecycling::thousandsOfConnectionsTakeBoundedMemory() {
    constexpr std::uint32_t rounds = 100, perRound = 60;
    const auto server = smallServer();
    const ConnectionTable& table = server->connections();
    std::size_t most = 0;
    for (std::uint32_t round = 0; round < rounds; ++round) {
        server->watch({1, 2, table.count()}, true);  // who is gone by now is looked at, too
        connectAndLeave(*server, perRound);
        most = std::max(most, table.memoryBytes());
        QVERIFY(noRowNamesWhatIsGone(*server));
    }
    const SessionCounters& sums = server->counters();
    QTRY_COMPARE(sums.openConnections.get(), 0U);
    QVERIFY2(most < fewSegments, qPrintable(QString::number(most)));
    QCOMPARE(table.count(), rounds * perRound);
    QCOMPARE(sums.connections.get(), std::uint64_t{rounds * perRound});
    QCOMPARE(sums.receivedBytes.get(), std::uint64_t{rounds * perRound} * sentByEach);
    QCOMPARE(sums.endedByPeer.get(), 0U);
    QVERIFY(table.recycled() > (rounds * perRound) / 2);
    QVERIFY(!table.has(1));
    QCOMPARE(table.at(1).state.load(), ConnectionState::Closed);
    QCOMPARE(table.keptFrom(1), table.recycled() + 1);
    QCOMPARE(table.at(table.count()).receivedBytes.get(), std::uint64_t{sentByEach});
    server->close();
    QTRY_VERIFY(server->isForgotten());
}

void TestRecycling::whileEveryRecordIsKeptSoIsEverySlot() {
    SocketConfig wanted = config(Role::TcpServer);
    wanted.afterEof = AfterEof::Close;
    const auto server = listening(wanted);
    for (std::size_t i = 0; i < perSegment + 50; ++i)
        Peer::connectedTo(server->localAddress()).send("x");
    QTRY_COMPARE(server->counters().receivedBytes.get(), std::uint64_t{perSegment + 50});
    QTRY_COMPARE(server->counters().openConnections.get(), 0U);
    QTest::qWait(50);
    QCOMPARE(server->capture().beginRow(), 0U);
    QCOMPARE(server->connections().recycled(), 0U);
    QVERIFY(server->connections().has(1));
}

void TestRecycling::oneThatStaysKeepsOnlyItsOwnSegment() {
    const auto server = smallServer();
    const ConnectionTable& table = server->connections();
    const Peer stays = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(table.count(), 1U);
    for (int round = 0; round < 40; ++round)
        connectAndLeave(*server, 60);
    QTRY_VERIFY(table.recycled() >= perSegment);
    QVERIFY(table.has(1));
    QVERIFY(table.memoryBytes() < fewSegments);
    stays.send("still here");
    QTRY_COMPARE(table.at(1).receivedBytes.get(), 10U);
    server->send({1}, "yes");
    QCOMPARE(stays.receiveAll(3), std::string("yes"));
}

/// A dialog's loop runs inside a function that may hold a slot.
void TestRecycling::nothingGoesWhileAFunctionWaitsInAnEventLoop() {
    const auto server = smallServer();
    const ConnectionTable& table = server->connections();
    connectAndLeave(*server, 1);
    QEventLoop outer;
    QTimer::singleShot(0, &outer, [&] {
        const auto leave = qScopeGuard([&outer] { outer.quit(); });
        const ConnectionSlot& held = table.at(1);
        QEventLoop dialog;
        QTimer::singleShot(0, &dialog, [&] {
            for (int round = 0; round < 40; ++round)
                connectAndLeave(*server, 60);
            QTimer::singleShot(500, &dialog, &QEventLoop::quit);
        });
        dialog.exec();
        QCOMPARE(table.recycled(), 0U);
        QCOMPARE(held.receivedBytes.get(), std::uint64_t{sentByEach});
    });
    outer.exec();
    QTRY_VERIFY(table.recycled() > 0);
    QVERIFY(!table.has(1));
}

/// Our FIN is the first: the kernel keeps the connection in TIME-WAIT, and who logs all wants to know its
/// end.
void TestRecycling::whatIsFollowedInTheKernelStays() {
    const auto server = smallServer(AfterEof::KeepOpen);
    const ConnectionTable& table = server->connections();
    server->logKernel(200);
    const auto closeFirst = [&](std::uint32_t count) {
        std::vector<Peer> peers;
        const std::uint32_t before = table.count();
        for (std::uint32_t i = 0; i < count; ++i)
            peers.push_back(Peer::connectedTo(server->localAddress()));
        QTRY_COMPARE(table.count(), before + count);
        server->closeConnections({});
        for (const Peer& peer : peers)
            QCOMPARE(peer.receive(), std::string());
    };
    const auto evictAll = [&] {
        for (int round = 0; round < 12; ++round)
            connectAndLeave(*server, 60);
        server->closeConnections({});
        QTRY_COMPARE(server->counters().openConnections.get(), 0U);
    };
    for (std::size_t closed = 0; closed < perSegment; closed += 64)
        closeFirst(64);
    evictAll();
    QTest::qWait(50);
    QVERIFY(server->capture().beginRow() > 3 * perSegment);
    QVERIFY(table.has(1));
    server->logKernel(0);
    evictAll();
    QTRY_VERIFY(!table.has(1));
}

void TestRecycling::verbsForWhatIsGoneDoNothing() {
    const auto server = smallServer();
    const ConnectionTable& table = server->connections();
    for (int round = 0; round < 40 && table.recycled() == 0; ++round)
        connectAndLeave(*server, 60);
    QTRY_VERIFY(!table.has(5));
    const std::uint64_t discarded = server->counters().discardedBytes.get();
    server->send({5}, "too late");
    server->observe(5);
    server->watch({5}, true);
    server->hold(Stage::Recv, {5});
    server->setOption(5, SOL_SOCKET, SO_KEEPALIVE, 1);
    server->readOptions(5, 77);
    server->closeConnections({5});
    std::deque<OptionAnswer> answers;
    QTRY_VERIFY((server->takeOptionAnswers(answers), !answers.empty()));
    QVERIFY(answers.front().values.empty());
    QCOMPARE(server->counters().discardedBytes.get(), discarded + 8);
    QVERIFY(noRowNamesWhatIsGone(*server));
    QVERIFY(server->tcpStateHistory(5).empty());
    server->close();
    QTRY_VERIFY(server->isForgotten());
}

QTEST_GUILESS_MAIN(TestRecycling)
#include "tst_recycling.moc"
