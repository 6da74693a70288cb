// SPDX-License-Identifier: GPL-3.0-or-later
#include "linescroll.h"

#include <QTest>

using sockstage::LineScroll;

class TestLineScroll : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aShortListDoesNotScroll() {
        const LineScroll scroll{5, 8, 10};
        QCOMPARE(scroll.barMaximum(), 0);
        QCOMPARE(scroll.lastTop(), std::uint64_t{5});
        QCOMPARE(scroll.moved(5, 3), std::uint64_t{5});
        QVERIFY(scroll.atEnd(5));
    }

    void aLineIsAStepOfTheBar() {
        const LineScroll scroll{100, 1100, 50};
        QCOMPARE(scroll.barMaximum(), 950);
        for (const std::uint64_t top : {100U, 101U, 600U, 1050U}) {
            QCOMPARE(scroll.topFor(scroll.barFor(top)), top);
        }
        QCOMPARE(scroll.barFor(1050), 950);
        QCOMPARE(scroll.barFor(99'999), 950);
        QCOMPARE(scroll.topFor(-4), std::uint64_t{100});
    }

    void moreLinesThanAnIntCanCount() {
        const std::uint64_t first = std::uint64_t{1} << 40U;
        const LineScroll scroll{first, first + (std::uint64_t{1} << 36U), 50};
        QCOMPARE(scroll.barMaximum(), static_cast<int>(LineScroll::limit));
        QCOMPARE(scroll.topFor(0), first);
        QCOMPARE(scroll.topFor(scroll.barMaximum()), scroll.lastTop());
        QCOMPARE(scroll.barFor(scroll.lastTop()), scroll.barMaximum());
        std::uint64_t before = 0;
        for (int bar = 0; bar <= scroll.barMaximum(); bar += 99'991) {
            const std::uint64_t top = scroll.topFor(bar);
            QVERIFY(top >= first && top <= scroll.lastTop() && top >= before);
            QVERIFY(std::abs(scroll.barFor(top) - bar) <= 1);
            before = top;
        }
    }

    void movingStaysInside() {
        const LineScroll scroll{10, 110, 20};
        QCOMPARE(scroll.moved(50, -3), std::uint64_t{47});
        QCOMPARE(scroll.moved(50, 7), std::uint64_t{57});
        QCOMPARE(scroll.moved(12, -100), std::uint64_t{10});
        QCOMPARE(scroll.moved(85, 100), std::uint64_t{90});
        QCOMPARE(scroll.clamped(3), std::uint64_t{10});
    }

    void nothingAtAll() {
        const LineScroll scroll{1, 1, 30};
        QCOMPARE(scroll.barMaximum(), 0);
        QCOMPARE(scroll.topFor(12), std::uint64_t{1});
        QCOMPARE(scroll.barFor(1), 0);
    }
};

QTEST_APPLESS_MAIN(TestLineScroll)
#include "tst_linescroll.moc"
