// SPDX-License-Identifier: GPL-3.0-or-later
#include <atomic>
#include <cstdlib>
#include <new>

#include "sessiontest.h"

// A UDP client while the system has no memory for the table of its peers, and has all other memory.

namespace {

constexpr std::size_t segment = sizeof(sockstage::ConnectionSlot) * sockstage::ConnectionTable::segmentSlots;
std::atomic<bool> isShort{false};

}  // namespace

void* operator new(std::size_t size) {
    const bool table = size >= segment && size <= segment + 64;
    void* const memory = table && isShort.load() ? nullptr : std::malloc(size == 0 ? 1 : size);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

using namespace sockstage;

class TestNoRoom : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { isShort = true; }
    void cleanup() { isShort = false; }
    void whatIsSentIsGivenUp();
    void whatWaitedForTheSocketIsGivenUp();
};

void TestNoRoom::whatIsSentIsGivenUp() {
    const Peer peer = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
    const auto client = listening(clientOf(peer, Role::UdpClient));
    QCOMPARE(client->connections().count(), 0U);
    client->send({}, "hello");
    QTRY_COMPARE(client->counters().discardedBytes.get(), 5U);
    QCOMPARE(client->counters().queuedBytes.get(), 0U);
    QVERIFY(client->failure().contains(QStringLiteral("5 bytes were never sent")));
}

void TestNoRoom::whatWaitedForTheSocketIsGivenUp() {
    const Peer peer = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
    SocketConfig wanted = clientOf(peer, Role::UdpClient);
    wanted.held.insert(Stage::Connect);
    const auto client = opened(wanted);
    QVERIFY(awaitState(*client, Stage::Connect, StageState::Held));
    client->send({}, "early");
    QTRY_COMPARE(client->counters().queuedBytes.get(), 5U);
    client->release(Stage::Connect);
    QTRY_COMPARE(client->counters().discardedBytes.get(), 5U);
    QCOMPARE(client->counters().queuedBytes.get(), 0U);
    QVERIFY(client->failure().contains(QStringLiteral("5 bytes were never sent")));
}

QTEST_GUILESS_MAIN(TestNoRoom)
#include "tst_noroom.moc"
