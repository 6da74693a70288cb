#include <QtTest>
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

private Q_SLOTS:
    void theOpenOnesAreWalkedInOrder();
    void numbersGoOnBeyondAMillion();
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

QTEST_GUILESS_MAIN(TestConnectionTable)
#include "tst_connectiontable.moc"
