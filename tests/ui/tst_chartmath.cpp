// SPDX-License-Identifier: GPL-3.0-or-later
// The arithmetic of the charts, without a widget.

#include <QTest>
#include <cmath>
#include <limits>

#include "axislabels.h"
#include "fillcolumns.h"
#include "nicescale.h"
#include "timewindow.h"

using namespace sockstage;

class TestChartMath : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void followsTheNewestMoment() {
        TimeWindow window;
        window.advance(1000, 1005);
        QCOMPARE(window.end, 1005.0);
        QCOMPARE(window.begin(), 945.0);
        window.advance(1000, 1006);
        QCOMPARE(window.end, 1006.0);
    }

    void keepsItsPlaceWhileOneLooksBack() {
        TimeWindow window;
        window.advance(0, 200);
        window.pan(-50, 0, 200);
        QVERIFY(!window.follow);
        QCOMPARE(window.end, 150.0);
        window.advance(0, 300);
        QCOMPARE(window.end, 150.0);
        // Unless what it shows has been forgotten.
        window.advance(120, 400);
        QCOMPARE(window.begin(), 120.0);
    }

    void theEndFollowsAgain() {
        TimeWindow window;
        window.advance(0, 200);
        window.pan(-50, 0, 200);
        window.pan(20, 0, 200);
        QVERIFY(!window.follow);
        window.pan(100, 0, 200);
        QVERIFY(window.follow);
        QCOMPARE(window.end, 200.0);
        window.setFollow(false, 200);
        window.pan(0, 0, 200);
        QVERIFY2(!window.follow, "standing at the end is not moving to it");
    }

    void theFirstPageBeginsAtTheOldest() {
        TimeWindow window;
        window.advance(100, 300);
        window.pan(-1000, 100, 300);
        QCOMPARE(window.begin(), 100.0);
        // Less than a page: there is nowhere to go.
        TimeWindow young;
        young.advance(100, 110);
        young.pan(-30, 100, 110);
        QCOMPARE(young.end, 110.0);
    }

    void zoomKeepsTheMoment() {
        TimeWindow window;
        window.advance(0, 300);
        window.pan(-100, 0, 300);
        const double around = 170, before = (around - window.begin()) / window.span;
        window.zoom(0.5, around, 0, 300);
        QCOMPARE(window.span, 30.0);
        QCOMPARE((around - window.begin()) / window.span, before);
        window.setFollow(true, 300);
        window.zoom(4, 250, 0, 300);
        QCOMPARE(window.end, 300.0);
        QCOMPARE(window.span, 120.0);
        window.zoom(1e-9, 250, 0, 300);
        QCOMPARE(window.span, TimeWindow::shortest);
        window.zoom(1e9, 250, 0, 300);
        QCOMPARE(window.span, TimeWindow::longest);
    }

    void revealMovesNoMoreThanNeeded() {
        TimeWindow window;
        window.advance(0, 300);
        window.reveal(250, 0, 300);
        QVERIFY(window.follow);
        window.reveal(200, 0, 300);
        QCOMPARE(window.begin(), 200.0);
        QVERIFY(!window.follow);
        window.reveal(280, 0, 300);
        QCOMPARE(window.end, 280.0);
    }

    void anAxisEndsAtARoundNumber() {
        QCOMPARE(NiceScale::top(0, false), 1.0);
        QCOMPARE(NiceScale::top(1, false), 1.0);
        QCOMPARE(NiceScale::top(44, false), 60.0);
        QCOMPARE(NiceScale::top(61, false), 80.0);
        QCOMPARE(NiceScale::top(999, false), 1000.0);
        QCOMPARE(NiceScale::top(0.3, false), 0.4);
        QCOMPARE(NiceScale::top(std::numeric_limits<double>::quiet_NaN(), false), 1.0);
        QCOMPARE(NiceScale::top(0, true), 2.0);
        QCOMPARE(NiceScale::top(1, true), 2.0);
        QCOMPARE(NiceScale::top(3, true), 4.0);
        QCOMPARE(NiceScale::top(11, true), 20.0);
    }

    void labelsHaveNoUselessZeros() {
        QCOMPARE(bytesLabel(2'500'000), QStringLiteral("2.5 MB"));
        QCOMPARE(bytesLabel(2'000'000), QStringLiteral("2 MB"));
        QCOMPARE(bytesLabel(400'000), QStringLiteral("400 kB"));
        QCOMPARE(bytesLabel(0), QStringLiteral("0 B"));
        QCOMPARE(rateLabel(10'000'000), QStringLiteral("10 MB/s"));
        QCOMPARE(microsecondsLabel(0), QStringLiteral("0"));
        QCOMPARE(microsecondsLabel(40), QStringLiteral("40 µs"));
        QCOMPARE(microsecondsLabel(4000), QStringLiteral("4 ms"));
        QCOMPARE(countLabel(10), QStringLiteral("10"));
    }

    void aSlopeIsFilledColumnByColumn() {
        FillColumns columns(10, 4, true);
        columns.addLine(10, 100, 14, 60);
        QCOMPARE(columns.edge()[1], 85.0);
        QCOMPARE(columns.edge()[2], 75.0);
        // The end points count in their columns: a spike keeps its height.
        QCOMPARE(columns.edge()[0], 95.0);
    }

    void severalPointsInOneColumn() {
        FillColumns upper(0, 2, true), lower(0, 2, false);
        for (FillColumns* columns : {&upper, &lower}) {
            columns->addLine(0.1, 50, 0.4, 20);
            columns->addLine(0.4, 20, 0.9, 70);
        }
        QCOMPARE(upper.edge()[0], 20.0);
        QCOMPARE(lower.edge()[0], 70.0);
        QVERIFY(std::isnan(upper.edge()[1]));
    }

    void aGapStaysEmpty() {
        constexpr double none = std::numeric_limits<double>::quiet_NaN();
        FillColumns columns(0, 10, true);
        columns.addLine(0, 5, 2, 5);
        columns.addLine(2, 5, 4, none);
        columns.addLine(4, none, 8, 5);
        columns.addLine(8, 5, 9.5, 5);
        QVERIFY(std::isnan(columns.edge()[5]));
        QCOMPARE(columns.edge()[1], 5.0);
        QCOMPARE(columns.edge()[9], 5.0);
    }

    void outsideIsOutside() {
        FillColumns columns(0, 3, true);
        columns.addLine(-1e12, 0, 1e12, 0);
        columns.addLine(-50, 3, -20, 3);
        QCOMPARE(columns.edge(), (std::vector<double>{0, 0, 0}));
    }
};

QTEST_MAIN(TestChartMath)
#include "tst_chartmath.moc"
