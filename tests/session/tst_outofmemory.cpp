// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <atomic>
#include <cstdlib>
#include <new>
#include <random>

#include "sessiontest.h"

// Whole sessions while allocations fail at random on every thread but the main one.

namespace {

std::atomic<int> oneIn{0};  // 0: none fails
std::atomic<unsigned> seed{1};
std::atomic<std::uint64_t> failures{0};
thread_local bool isMain = false;

bool failsNow() {
    const int rate = oneIn.load(std::memory_order_relaxed);
    if (rate == 0 || isMain) return false;
    thread_local unsigned state = 0;
    thread_local unsigned of = 0;
    if (const unsigned now = seed.load(std::memory_order_relaxed); of != now)
        state = (of = now) * 2654435761U;
    state = state * 1664525U + 1013904223U;
    if ((state >> 8) % static_cast<unsigned>(rate) != 0) return false;
    failures.fetch_add(1, std::memory_order_relaxed);
    return true;
}

void* allocate(std::size_t size) {
    return failsNow() ? nullptr : std::malloc(size == 0 ? 1 : size);
}

}  // namespace

void* operator new(std::size_t size) {
    if (void* memory = allocate(size)) return memory;
    throw std::bad_alloc();
}
void* operator new[](std::size_t size) {
    return operator new(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return allocate(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return allocate(size);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete[](void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    std::free(memory);
}

using namespace sockstage;

class TestOutOfMemory : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { isMain = true; }
    void cleanup() { oneIn = 0; }
    void everySessionEndsInOrder_data();
    void everySessionEndsInOrder();
    void oneClientsWantOfMemoryIsItsOwn();
};

namespace {

/// Sends, and takes what comes, without waiting for anything.
void talk(const std::vector<Peer>& peers, int round) {
    std::array<char, 4096> room{};
    for (const Peer& peer : peers) {
        ::send(peer.fd(), room.data(), 100 + static_cast<std::size_t>(round) * 7,
               MSG_NOSIGNAL | MSG_DONTWAIT);
        ::recv(peer.fd(), room.data(), room.size(), MSG_DONTWAIT);
    }
}

void useVerbs(Session& session, int round) {
    session.watch({1, 2}, true);
    session.observe(round % 2 == 0 ? std::optional(0U) : std::optional(1U), 10);
    session.logKernel(round % 3 == 0 ? 20 : 0);
    session.send({}, QByteArray(3000, 'a'));
    session.readOptions(0, 7);
    session.sendFile({}, QStringLiteral("/proc/self/status"));
    if (round % 4 == 1) session.hold(Stage::Send);
    if (round % 4 == 2) session.step(Stage::Send, 0);
    if (round % 4 == 3) session.release(Stage::Send);
    if (round == 5) session.closeConnections({1}, 100);
}

QString whereItStands(const Session& session) {
    QString text = session.stateWord() + (session.isFinished() ? QStringLiteral(", finished, ") : QString()) +
                   QStringLiteral(" open: %1 ").arg(session.counters().openConnections.get()) +
                   session.failure();
    const auto all = marks(session);
    for (std::size_t i = all.size() > 8 ? all.size() - 8 : 0; i < all.size(); ++i)
        text += QLatin1Char('\n') + QString::fromStdString(all[i]);
    return text;
}

std::uint64_t receivedOnRecord(const Session& session) {
    std::uint64_t sum = 0;
    for (std::uint64_t row = 0; row < session.capture().endRow(); ++row) {
        const auto pin = session.capture().pin(row);
        if (isReceive(pin.record(row).call)) sum += pin.record(row).dataLength();
    }
    return sum;
}

}  // namespace

void TestOutOfMemory::everySessionEndsInOrder_data() {
    QTest::addColumn<Role>("role");
    QTest::newRow("TCP server") << Role::TcpServer;
    QTest::newRow("UDP server") << Role::UdpServer;
    QTest::newRow("TCP client") << Role::TcpClient;
    QTest::newRow("UDP client") << Role::UdpClient;
}

void TestOutOfMemory::everySessionEndsInOrder() {
    QFETCH(Role, role);
    const int type = isTcp(role) ? SOCK_STREAM : SOCK_DGRAM;
    const unsigned first = qEnvironmentVariableIntValue("SEED") != 0
                               ? static_cast<unsigned>(qEnvironmentVariableIntValue("SEED"))
                               : std::random_device()() % 1'000'000 + 1;
    int failed = 0;
    const std::uint64_t before = failures;
    for (unsigned i = 0; i < 40; ++i) {
        const unsigned mine = first + i;
        qInfo("SEED=%u", mine);
        std::mt19937 random(mine);
        const Peer other = Peer::boundTo("127.0.0.1", type);
        SocketConfig wanted = isServer(role) ? config(role) : clientOf(other, role);
        wanted.echo = isServer(role);
        Session session(wanted);
        QSignalSpy finished(&session, &Session::finished);
        seed = mine;
        const int rate = 5 << (random() % 8);
        const bool fromTheStart = random() % 2 == 0;
        if (fromTheStart) oneIn = rate;
        session.open();
        const bool up = QTest::qWaitFor([&] { return session.isFinished() || session.descriptor() >= 0; });
        QVERIFY2(up, qPrintable(session.stateWord() + session.failure()));
        std::vector<Peer> peers;
        const SocketAddress address = session.localAddress();
        oneIn = rate;
        for (int round = 0; round < 8 && !session.isFinished(); ++round) {
            useVerbs(session, round);
            if (isServer(role) && address.isValid() && state(session, Stage::Bind) == StageState::Done) {
                Peer peer(type);
                if (::connect(peer.fd(), address.data(), address.length()) == 0)
                    peers.push_back(std::move(peer));
            }
            talk(peers, round);
            QTest::qWait(2);
        }
        session.close(50);
        const bool ended = QTest::qWaitFor([&] { return finished.count() == 1; }, 20'000);
        if (!ended) qWarning("%s", qPrintable(whereItStands(session)));
        QVERIFY(ended);
        oneIn = 0;
        QVERIFY(session.isFinished());
        if (!session.failure().isEmpty()) ++failed;
        QCOMPARE(session.descriptor(), -1);
        QCOMPARE(session.counters().openConnections.get(), 0U);
        QCOMPARE(session.counters().queuedBytes.get(), 0U);
        QCOMPARE(session.connections().firstOpen(), 0U);
        QCOMPARE(receivedOnRecord(session), session.counters().receivedBytes.get());
    }
    qInfo("%d sessions failed, %llu allocations did", failed,
          static_cast<unsigned long long>(failures - before));
    QVERIFY(failures > before);
}

/// While no allocation succeeds, its client may have to go; afterwards the server serves.
void TestOutOfMemory::oneClientsWantOfMemoryIsItsOwn() {
    SocketConfig wanted = config(Role::TcpServer);
    wanted.echo = true;
    const auto server = listening(wanted);
    const Peer peer = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->connections().count(), 1U);
    oneIn = 1;
    const std::string much(200'000, 'x');
    ::send(peer.fd(), much.data(), much.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    QTRY_VERIFY(server->connections().at(1).state == ConnectionState::Closed ||
                server->counters().receivedBytes.get() == much.size());
    oneIn = 0;
    const Peer next = Peer::connectedTo(server->localAddress());
    next.send("still here");
    QCOMPARE(next.receiveAll(10), std::string("still here"));
    QCOMPARE(server->failure(), QString());
}

QTEST_GUILESS_MAIN(TestOutOfMemory)
#include "tst_outofmemory.moc"
