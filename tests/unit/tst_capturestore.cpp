// SPDX-License-Identifier: GPL-3.0-or-later
#include <sched.h>
#include <unistd.h>
#include <QtTest>
#include <atomic>
#include <csignal>
#include <cstring>
#include <ctime>
#include <thread>

#include "capturestore.h"

using namespace sockstage;

namespace {

constexpr std::size_t smallChunk = 4096;

std::uint64_t append(CaptureStore& store, std::size_t size, std::byte fill) {
    const auto room = store.reserve(size);
    std::fill(room.begin(), room.end(), fill);
    CallRecord record;
    record.call = Call::Recv;
    record.result = static_cast<std::int64_t>(size);
    record.asked = static_cast<std::uint32_t>(size);
    return store.commit(record, size);
}

constexpr std::size_t longestRowOfMost = 97;

std::size_t sizeOfRow(std::uint64_t row, std::size_t longest = longestRowOfMost) {
    return row % longest + 1;
}

/// Is it the row that append() wrote with its number?
bool isWhole(const CaptureStore::Pin& pin, std::uint64_t row, std::size_t longest = longestRowOfMost) {
    const std::size_t size = sizeOfRow(row, longest);
    if (pin.record(row).result != static_cast<std::int64_t>(size)) return false;
    const auto data = pin.data(pin.record(row));
    return data.size() == size &&
           std::all_of(data.begin(), data.end(), [row](std::byte b) { return b == std::byte(row); });
}

/// While it lives, the thread that made it lets another one run, many thousand times a second, at whatever
/// instruction it is. So races show on one core too. Each turn is timed from the end of the one before: on a
/// busy machine the thread would else find the next one due whenever it comes back, and get nowhere.
class Interrupted {
public:
    explicit Interrupted(long intervalNs) : intervalNs_(intervalNs) {
        struct sigaction yield {};
        yield.sa_handler = [](int) {
            sched_yield();
            if (ofThread != nullptr) ofThread->arm();
        };
        yield.sa_flags = SA_RESTART;
        sigaction(SIGUSR1, &yield, nullptr);
        sigevent event{};
        event.sigev_notify = SIGEV_THREAD_ID;
        event.sigev_signo = SIGUSR1;
        event._sigev_un._tid = gettid();
        if (timer_create(CLOCK_MONOTONIC, &event, &timer_) != 0) qFatal("timer_create");
        ofThread = this;
        arm();
    }
    Interrupted(const Interrupted&) = delete;
    ~Interrupted() {
        ofThread = nullptr;
        timer_delete(timer_);
    }

private:
    void arm() const {
        const itimerspec once{{0, 0}, {0, intervalNs_}};
        timer_settime(timer_, 0, &once, nullptr);
    }

    static thread_local Interrupted* ofThread;
    const long intervalNs_;
    timer_t timer_{};
};
thread_local Interrupted* Interrupted::ofThread = nullptr;

}  // namespace

class TestCaptureStore : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void rowsKeepTheirBytes();
    void anEmptyStoreHasNoRows();
    void theOldestChunkIsEvictedAndCounted();
    void aPinnedChunkIsNotRecycled();
    void aMovedPinLetsGoOnce();
    void usedNeverPassesTheBudget();
    void withoutMemoryTheOldestGiveWayEarlier();
    void aRowThatIsThereCanBePinned();
    void readersSeeWholeRowsWhileItWraps();
    void whatIsPinnedHoldsStill();
};

void TestCaptureStore::rowsKeepTheirBytes() {
    CaptureStore store(1 << 20, smallChunk);
    for (int i = 0; i < 100; ++i)
        QCOMPARE(append(store, 10, std::byte(i)), std::uint64_t(i));
    QCOMPARE(store.endRow(), std::uint64_t(100));
    for (std::uint64_t row = 0; row < 100; ++row) {
        const auto pin = store.pin(row);
        QVERIFY(pin);
        const auto data = pin.data(pin.record(row));
        QCOMPARE(data.size(), std::size_t(10));
        QCOMPARE(data[9], std::byte(row));
    }
}

void TestCaptureStore::anEmptyStoreHasNoRows() {
    const CaptureStore store(0, smallChunk);
    QVERIFY(!store.pin(0));
    QCOMPARE(store.budgetBytes(), CaptureStore::minChunks * smallChunk);
}

void TestCaptureStore::theOldestChunkIsEvictedAndCounted() {
    CaptureStore store(0, smallChunk);
    std::uint64_t total = 0;
    for (int i = 0; i < 200; ++i, total += 100)
        append(store, 100, std::byte(i));
    QVERIFY(store.beginRow() > 0);
    QCOMPARE(store.evictedBytes(), store.beginRow() * 100);
    QVERIFY(!store.pin(store.beginRow() - 1));
    const auto oldest = store.pin(store.beginRow());
    QVERIFY(oldest);
    QCOMPARE(oldest.firstRow(), store.beginRow());
    QCOMPARE(oldest.data(oldest.record(store.beginRow()))[0], std::byte(store.beginRow()));
}

void TestCaptureStore::aPinnedChunkIsNotRecycled() {
    CaptureStore store(0, smallChunk);
    append(store, 100, std::byte{42});
    const auto pin = store.pin(0);
    for (int i = 0; i < 1000; ++i)
        append(store, 100, std::byte{7});
    QVERIFY(!store.pin(0));                                // gone for newcomers
    QCOMPARE(pin.data(pin.record(0))[99], std::byte{42});  // and whole for who held it
}

void TestCaptureStore::aMovedPinLetsGoOnce() {
    CaptureStore store(0, smallChunk);
    append(store, 1, std::byte{1});
    auto first = store.pin(0);
    auto second = std::move(first);
    QVERIFY(!first);  // NOLINT(bugprone-use-after-move): an empty pin is what is promised
    QVERIFY(second);
    first = std::move(second);
    QVERIFY(first);
}

/// The system's memory ends after ten more chunks.
void TestCaptureStore::withoutMemoryTheOldestGiveWayEarlier() {
    int left = 10;
    CaptureStore store(1 << 20, smallChunk, [&left](std::size_t) { return left-- > 0; });
    const std::size_t limit = (CaptureStore::minChunks + 10) * smallChunk;
    int told = 0;
    for (int i = 0; i < 5000; ++i) {
        const std::uint64_t row = append(store, 100, std::byte(i));
        if (store.ranShort()) ++told;
        QVERIFY(store.usedBytes() <= limit);
        const auto pin = store.pin(row);
        QVERIFY(pin);
        QCOMPARE(pin.data(pin.record(row))[99], std::byte(i));
    }
    QCOMPARE(told, 1);
    QCOMPARE(store.limitBytes(), limit);
    QVERIFY(store.limitBytes() < store.budgetBytes());
    QVERIFY(store.usedBytes() > limit / 2);
    QCOMPARE(store.evictedBytes(), store.beginRow() * 100);
    const auto pinned = store.pin(store.beginRow());  // one that cannot be recycled: others give way
    const std::byte kept = pinned.data(pinned.record(pinned.firstRow()))[0];
    for (int i = 0; i < 5000; ++i)
        append(store, 100, std::byte(i));
    QCOMPARE(pinned.data(pinned.record(pinned.firstRow()))[0], kept);
    QVERIFY(store.usedBytes() <= limit);
}

/// Also while chunks are being recycled around it.
void TestCaptureStore::aRowThatIsThereCanBePinned() {
    CaptureStore store(0, smallChunk);
    std::atomic<bool> stop{false};
    std::thread writer([&] {
        while (!stop)
            append(store, 900, std::byte{1});
    });
    quint64 missed = 0, tried = 0;
    while (tried < 200'000 || store.beginRow() < 1000) {
        const std::uint64_t end = store.endRow();
        if (end == 0) continue;
        ++tried;
        const std::uint64_t row = end - 1;
        if (!store.pin(row) && store.beginRow() <= row) ++missed;
    }
    stop = true;
    writer.join();
    QCOMPARE(missed, quint64(0));
}

void TestCaptureStore::usedNeverPassesTheBudget() {
    CaptureStore store(0, smallChunk);
    for (int i = 0; i < 500; ++i) {
        append(store, static_cast<std::size_t>(i) * 7 % 3000, std::byte{1});
        QVERIFY(store.usedBytes() <= store.budgetBytes());
    }
}

void TestCaptureStore::readersSeeWholeRowsWhileItWraps() {
    CaptureStore store(0, smallChunk);
    std::atomic<bool> done{false};
    std::atomic<int> torn{0};
    std::atomic<std::uint64_t> seen{0};
    std::thread reader([&] {
        while (!done.load()) {
            const std::uint64_t row = store.endRow() == 0 ? 0 : store.endRow() - 1;
            const auto pin = store.pin(row);
            if (!pin) continue;
            torn += isWhole(pin, row) ? 0 : 1;
            ++seen;
        }
    });
    std::uint64_t row = 0;
    for (; row < 50'000 || seen.load() < 100; ++row)
        append(store, sizeOfRow(row), std::byte(row));
    done = true;
    reader.join();
    QCOMPARE(torn.load(), 0);
    QCOMPARE(store.endRow(), row);
}

// pin() finds a chunk, pins it, and then looks whether it was recycled meanwhile. Only who pins the oldest
// chunk at the moment when it is recycled depends on that look. So chunks are tiny, both threads are
// interrupted at any instruction, and the first pin that meets such a moment ends a try: once a pin has cost
// the store another chunk, a chunk rests before it is recycled, and no pin meets that moment again.
void TestCaptureStore::whatIsPinnedHoldsStill() {
    constexpr std::size_t tinyChunk = 3 * sizeof(CallRecord);
    constexpr std::size_t longestRow = 23;
    constexpr std::uint64_t manyRows = 20'000;
    std::uint64_t torn = 0, met = 0;
    QElapsedTimer since;
    since.start();
    for (int i = 0; i < 3000 && torn == 0 && !since.hasExpired(20'000); ++i) {
        CaptureStore store(0, tinyChunk);
        std::atomic<bool> done{false}, evicted{false};
        const auto read = [&] {
            const Interrupted often(9'000);
            CaptureStore::Pin pin;
            while (!done && !evicted) {
                pin = store.pin(store.beginRow());
                evicted = pin && pin.firstRow() < store.beginRow();
            }
            // Who writes into it all the same has done so 32 rows later.
            for (const std::uint64_t later = store.endRow() + 32; !done && store.endRow() < later;)
                std::this_thread::yield();
            for (std::uint64_t row = pin.firstRow(); pin && row < pin.endRow(); ++row)
                torn += isWhole(pin, row, longestRow) ? 0 : 1;
            done = true;
        };
        std::thread reader(read);
        {
            const Interrupted often(7'000);
            for (std::uint64_t row = 0; !done && (row < manyRows || evicted); ++row)
                append(store, sizeOfRow(row, longestRow), std::byte(row));
        }
        done = true;
        reader.join();
        met += evicted ? 1 : 0;
    }
    QVERIFY(met > 0);
    QCOMPARE(torn, std::uint64_t{0});
}

QTEST_GUILESS_MAIN(TestCaptureStore)
#include "tst_capturestore.moc"
