// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <algorithm>
#include <vector>

#include "connectiontable.h"

using namespace sockstage;

class TestConnectionTable : public QObject {
    Q_OBJECT

    ConnectionTable table_;

    void add(int count) {
        for (int i = 0; i < count; ++i)
            table_.add({}, {}, 3, 0, 0);
    }
    std::vector<std::uint32_t> open() const {
        std::vector<std::uint32_t> numbers;
        for (std::uint32_t number = table_.firstOpen(); number != 0; number = table_.nextOpen(number))
            numbers.push_back(number);
        return numbers;
    }
    using Numbers = std::vector<std::uint32_t>;
    static constexpr std::uint32_t perSegment = ConnectionTable::segmentSlots;
    static constexpr std::uint64_t noRow = ~std::uint64_t{0};

    /// So many segments, and none more; each connection's first row is its number.
    static void fill(ConnectionTable& table, std::uint32_t segments) {
        for (std::uint32_t number = 1; number < segments * perSegment; ++number)
            table.add({}, {}, 3, number, 0);
    }
    static void close(ConnectionTable& table, std::uint32_t first, std::uint32_t last) {
        for (std::uint32_t number = std::max(first, 1U); number <= last; ++number)
            table.close(number);
    }
    static void recycle(ConnectionTable& table, std::uint64_t beginRow) {
        table.retire(beginRow, [](auto, auto) { return true; });
        table.recycle();
    }
    static Numbers kept(const ConnectionTable& table) {
        Numbers numbers;
        for (std::uint32_t number = table.keptFrom(1); number != 0; number = table.keptFrom(number + 1))
            numbers.push_back(number);
        return numbers;
    }

private Q_SLOTS:
    void theOpenOnesAreWalkedInOrder();
    void numbersGoOnBeyondAMillion();
    void whatIsRecycledIsGone();
    void onlyWhatNoRowNamesIsRecycled();
    void readersKeepWhatIsRetiredUntilItIsRecycled();
    void anOpenOneKeepsItsSegmentAlone();
    void theOpenOnesAreLinkedAcrossWhatIsGone();
};

void TestConnectionTable::theOpenOnesAreWalkedInOrder() {
    QCOMPARE(open(), Numbers{});
    add(5);
    QCOMPARE(open(), (Numbers{1, 2, 3, 4, 5}));
    for (const std::uint32_t number : {3U, 1U, 5U})  // in the middle, the first, the last
        table_.close(number);
    QCOMPARE(open(), (Numbers{2, 4}));
    QCOMPARE(table_.at(3).state.load(), ConnectionState::Closed);
    QCOMPARE(table_.nextOpen(3), 4U);  // a reader that stood on it goes on
    add(2);
    QCOMPARE(open(), (Numbers{2, 4, 6, 7}));
    for (const std::uint32_t number : {2U, 4U, 6U, 7U})
        table_.close(number);
    QCOMPARE(open(), Numbers{});
    add(1);
    QCOMPARE(open(), Numbers{8});
    QCOMPARE(table_.count(), 8U);
}

void TestConnectionTable::numbersGoOnBeyondAMillion() {
    constexpr std::uint32_t many = (1U << 20) + 10;
    ConnectionTable table;
    QCOMPARE(table.memoryBytes(), std::size_t(0));
    for (std::uint32_t number = 1; number <= many; ++number) {
        QCOMPARE(table.add({}, {}, 3, number, 0), number);
        table.close(number);
    }
    QCOMPARE(table.at(many).firstRow.load(), std::uint64_t(many));
    QCOMPARE(table.at(1).firstRow.load(), std::uint64_t(1));
    QVERIFY(table.memoryBytes() >= many * sizeof(ConnectionSlot));
    QVERIFY(table.memoryBytes() < many * (sizeof(ConnectionSlot) + 1));
}

void TestConnectionTable::whatIsRecycledIsGone() {
    ConnectionTable table;
    fill(table, 3);
    const std::uint32_t count = table.count();
    const std::size_t full = table.memoryBytes();
    close(table, 1, 2 * perSegment - 1);
    recycle(table, noRow);
    QCOMPARE(table.count(), count);
    QCOMPARE(table.recycled(), 2 * perSegment - 1);
    QCOMPARE(table.keptFrom(1), 2 * perSegment);
    QCOMPARE(kept(table).size(), std::size_t(perSegment));
    QCOMPARE(full - table.memoryBytes() >= 2 * perSegment * sizeof(ConnectionSlot), true);
    QVERIFY(!table.has(0));
    QVERIFY(!table.has(1));
    QVERIFY(!table.has(2 * perSegment - 1));
    QVERIFY(table.has(2 * perSegment));
    QVERIFY(!table.has(count + 1));
    QVERIFY(!table.owns(1));
    QVERIFY(table.owns(count));
    const ConnectionSlot& gone = table.at(7);
    QCOMPARE(gone.state.load(), ConnectionState::Closed);
    QCOMPARE(gone.fd.load(), -1);
    QCOMPARE(gone.receivedBytes.get(), std::uint64_t(0));
    QVERIFY(!gone.peer.isValid());
    QCOMPARE(&gone, &table.at(perSegment));
}

void TestConnectionTable::onlyWhatNoRowNamesIsRecycled() {
    ConnectionTable table;
    fill(table, 2);
    close(table, 1, 2 * perSegment - 1);
    table.named(7, 5000);  // its close(), say
    recycle(table, 0);
    QCOMPARE(table.recycled(), 0U);
    recycle(table, 2 * perSegment - 1);  // the last row of all but the first segment is not evicted yet
    QCOMPARE(table.recycled(), 0U);
    recycle(table, 5000);
    QCOMPARE(table.recycled(), perSegment);
    QVERIFY(table.has(7));
    table.retire(5001, [](std::uint32_t first, std::uint32_t last) { return first > 7 || last < 7; });
    table.recycle();
    QVERIFY2(table.has(7), "somebody still follows it");
    recycle(table, 5001);
    QVERIFY(!table.has(7));
    table.named(7, 6000);  // is no matter any more
    QCOMPARE(table.keptFrom(1), 0U);
    QCOMPARE(table.add({}, {}, 3, 6001, 0), 2 * perSegment);
    QCOMPARE(kept(table), Numbers{2 * perSegment});
}

void TestConnectionTable::readersKeepWhatIsRetiredUntilItIsRecycled() {
    ConnectionTable table;
    fill(table, 2);
    table.edit(7).receivedBytes.set(70);
    const ConnectionSlot& held = table.at(7);
    const std::size_t before = table.memoryBytes();
    close(table, 1, perSegment - 1);
    QVERIFY(!table.hasRetired());
    table.retire(noRow, [](auto, auto) { return true; });
    QVERIFY(table.hasRetired());
    QVERIFY(!table.owns(7));
    QVERIFY(table.has(7));
    QCOMPARE(&table.at(7), &held);
    QCOMPARE(held.receivedBytes.get(), std::uint64_t(70));
    QCOMPARE(table.memoryBytes(), before);
    table.recycle();
    QVERIFY(!table.hasRetired());
    QVERIFY(!table.has(7));
}

/// One that stays for ever, as the first of a server may, does not keep all that came after it.
void TestConnectionTable::anOpenOneKeepsItsSegmentAlone() {
    ConnectionTable table;
    fill(table, 4);
    close(table, 2, 4 * perSegment - 1);
    recycle(table, noRow);
    QCOMPARE(table.recycled(), 3 * perSegment);
    QVERIFY(table.has(1));
    QVERIFY(table.has(perSegment - 1));
    QCOMPARE(table.keptFrom(perSegment), 0U);
    table.close(1);
    recycle(table, noRow);
    QCOMPARE(table.recycled(), 4 * perSegment - 1);
}

void TestConnectionTable::theOpenOnesAreLinkedAcrossWhatIsGone() {
    const auto openOf = [](const ConnectionTable& table) {
        Numbers numbers;
        for (std::uint32_t number = table.firstOpen(); number != 0; number = table.nextOpen(number))
            numbers.push_back(number);
        return numbers;
    };
    ConnectionTable table;
    fill(table, 3);
    close(table, 1, 4);
    close(table, 6, 3 * perSegment - 2);
    const std::uint32_t last = 3 * perSegment - 1;
    recycle(table, noRow);
    QVERIFY(!table.has(perSegment));
    QCOMPARE(openOf(table), (Numbers{5, last}));
    QCOMPARE(table.add({}, {}, 3, 0, 0), last + 1);
    table.close(last);
    QCOMPARE(openOf(table), (Numbers{5, last + 1}));
    table.close(5);
    QCOMPARE(openOf(table), Numbers{last + 1});
    recycle(table, noRow);
    QCOMPARE(kept(table), Numbers{last + 1});
    table.close(last + 1);
    QCOMPARE(openOf(table), Numbers{});
}

QTEST_GUILESS_MAIN(TestConnectionTable)
#include "tst_connectiontable.moc"
