// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessiontest.h"

using namespace sockstage;

namespace {

constexpr int graceMs = 100;

auto onlyClose() {
    StageSet stages;
    stages.insert(Stage::Close);
    return stages.bits();
}

/// A server with one client that reads nothing, and more queued for it than the kernel takes.
struct Stuffed {
    Stuffed() {
        SocketConfig made = config(Role::TcpServer);
        made.sendBufferBytes = 4096;
        server = listening(made);
        peer = std::make_unique<Peer>(Peer::connectedTo(server->localAddress()));
        if (!QTest::qWaitFor([&] { return server->connections().count() == 1; })) qFatal("no client");
        server->send({1}, QByteArray(size, 's'));
        if (!QTest::qWaitFor([&] { return slot().queuedBytes.get() != 0; })) qFatal("the kernel took it all");
    }
    const ConnectionSlot& slot() const { return server->connections().at(1); }
    bool isOpen() const { return slot().state.load() == ConnectionState::Open; }
    /// In the order of the verbs; answered once those before are done.
    void awaitVerbs() const {
        const auto readings = server->optionReadings(0);
        server->readOptions(0);
        if (!QTest::qWaitFor([&] { return server->optionReadings(0) != readings; })) qFatal("no answer");
    }

    static constexpr int size = 512 << 10;
    std::unique_ptr<Session> server;
    std::unique_ptr<Peer> peer;
};

}  // namespace

class TestHeldClose : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aHoldStopsTheClock();
    void aHoldStopsTheClockOfDatagramsToo();
    void theClockOfOneIsNotTheNextOnes();
    void aStepWithoutANameWaitsForTheQueue();
    void theReasonStays();
};

void TestHeldClose::aHoldStopsTheClock() {
    const Stuffed all;
    all.server->closeConnections({1}, graceMs);
    all.server->hold(Stage::Close, {1});
    all.awaitVerbs();
    QTest::qWait(3 * graceMs);  // nothing may happen: there is no condition to await
    QVERIFY(all.isOpen());
    QCOMPARE(all.slot().discardedBytes.get(), 0U);
    QCOMPARE(all.peer->receiveAll(Stuffed::size).size(), std::size_t{Stuffed::size});
    all.server->release(Stage::Close, {1});
    QTRY_VERIFY(!all.isOpen());
    QCOMPARE(all.slot().discardedBytes.get(), 0U);
}

void TestHeldClose::aHoldStopsTheClockOfDatagramsToo() {
    const Peer peer = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
    SocketConfig wanted = clientOf(peer, Role::UdpClient);
    wanted.held.insert(Stage::Send);
    const auto client = listening(wanted);
    client->send({}, "last words");
    client->close(graceMs);
    client->hold(Stage::Close);
    QTest::qWait(3 * graceMs);  // nothing may happen: there is no condition to await
    QVERIFY(!client->isFinished());
    QCOMPARE(client->counters().queuedBytes.get(), 10U);
    client->release(Stage::Send);
    QCOMPARE(peer.receive(), std::string("last words"));
    client->release(Stage::Close);
    QTRY_VERIFY(client->isFinished());
    QCOMPARE(client->counters().discardedBytes.get(), 0U);
}

/// A clock that was started twice and stopped once would run on after its connection, into what lies in its
/// place in memory then: the next one.
void TestHeldClose::theClockOfOneIsNotTheNextOnes() {
    const Stuffed all;
    all.server->closeConnections({1}, 10 * graceMs);
    all.server->hold(Stage::Close, {1});
    all.server->release(Stage::Close, {1});
    QCOMPARE(all.peer->receiveAll(Stuffed::size).size(), std::size_t{Stuffed::size});
    QTRY_VERIFY(!all.isOpen());
    const Peer next = Peer::connectedTo(all.server->localAddress());
    QTRY_COMPARE(all.server->connections().count(), 2U);
    QTest::qWait(13 * graceMs);
    QCOMPARE(all.server->connections().at(2).state.load(), ConnectionState::Open);
}

void TestHeldClose::aStepWithoutANameWaitsForTheQueue() {
    const Stuffed all;
    all.server->hold(Stage::Close, {1});
    all.server->closeConnections({1}, graceMs);
    all.server->step(1);
    all.awaitVerbs();
    QVERIFY(all.isOpen());
    QCOMPARE(all.slot().discardedBytes.get(), 0U);
    QCOMPARE(all.peer->receiveAll(Stuffed::size).size(), std::size_t{Stuffed::size});
    QTRY_COMPARE(all.slot().stopped.load(), onlyClose());
    all.server->step(1);
    QTRY_VERIFY(!all.isOpen());
}

void TestHeldClose::theReasonStays() {
    const auto server = listening(config(Role::TcpServer));
    Peer peer = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->connections().count(), 1U);
    server->hold(Stage::Close, {1});
    peer.reset();
    const ConnectionSlot& slot = server->connections().at(1);
    QTRY_COMPARE(slot.stopped.load(), onlyClose());
    server->step(Stage::Close, 1);
    QTRY_COMPARE(slot.state.load(), ConnectionState::Closed);
    QCOMPARE(slot.end.load(), EndReason::ResetByPeer);
}

QTEST_GUILESS_MAIN(TestHeldClose)
#include "tst_heldclose.moc"
