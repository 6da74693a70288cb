// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <numeric>

#include "railrows.h"

using namespace sockstage;

class TestRailRows : public QObject {
    Q_OBJECT

private:
    static int rowsOf(const std::vector<QRect>& rects) {
        QSet<int> tops;
        for (const QRect& rect : rects)
            tops.insert(rect.top());
        return static_cast<int>(tops.size());
    }

private Q_SLOTS:
    void withRoomAllAreEqual() {
        const std::vector<CardWish> cards(4, {50, 80});
        const auto rects = railRects(cards, 430, 60, 10);
        QCOMPARE(rects.size(), std::size_t{4});
        for (int i = 0; i < 4; ++i)
            QCOMPARE(rects[static_cast<std::size_t>(i)], QRect(i * 110, 0, 100, 60));
    }

    void noneGrowsWithoutEnd() {
        const auto rects = railRects(std::vector<CardWish>(2, {50, 80}), 2000, 60, 10);
        QCOMPARE(rects[0].width(), 120);
    }

    void whoLongsForMoreGetsMore() {
        const std::vector<CardWish> cards{{50, 50}, {50, 150}, {50, 100}};
        const auto rects = railRects(cards, 3 * 50 + 2 * 10 + 75, 60, 10);
        QCOMPARE(rects[0].width(), 50);
        QCOMPARE(rects[1].width(), 100);
        QCOMPARE(rects[2].width(), 75);
        QVERIFY(rects[2].right() < 245);
    }

    void noCardIsNarrowerThanItMustBe_data() {
        QTest::addColumn<int>("width");
        for (const int width : {1, 49, 110, 111, 300, 517, 700, 1200})
            QTest::addRow("%d", width) << width;
    }
    void noCardIsNarrowerThanItMustBe() {
        QFETCH(int, width);
        const std::vector<CardWish> cards{{90, 90},  {60, 70}, {55, 140}, {60, 90},
                                          {60, 110}, {55, 90}, {55, 90},  {60, 80}};
        const auto rects = railRects(cards, width, 60, 10);
        QCOMPARE(rects.size(), cards.size());
        for (std::size_t i = 0; i < cards.size(); ++i) {
            QVERIFY(rects[i].width() >= cards[i].least);
            QVERIFY(rects[i].right() < std::max(width, cards[i].least));
            for (std::size_t j = 0; j < i; ++j)
                QVERIFY(!rects[i].intersects(rects[j]));
        }
    }

    void rowsAreOfTheSameLength() {
        const auto rects = railRects(std::vector<CardWish>(8, {90, 90}), 7 * 100, 60, 10);
        QCOMPARE(rowsOf(rects), 2);
        QCOMPARE(rects[4].top(), 70);
        QCOMPARE(rects[4].left(), 0);
        QCOMPARE(rowsOf(railRects(std::vector<CardWish>(8, {90, 90}), 790, 60, 10)), 1);
    }

    void nothingIsNothing() { QVERIFY(railRects({}, 100, 60, 10).empty()); }
};

QTEST_APPLESS_MAIN(TestRailRows)
#include "tst_railrows.moc"
