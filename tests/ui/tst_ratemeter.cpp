// SPDX-License-Identifier: GPL-3.0-or-later
#include "ratemeter.h"

#include <QTest>

using namespace sockstage;

class TestRateMeter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void oneReadingIsNoRate() {
        RateMeter meter;
        QCOMPARE(meter.perSecond(), 0.0);
        meter.sample(0, 5000);
        QCOMPARE(meter.perSecond(), 0.0);
    }

    void steadyFlow() {
        RateMeter meter;
        for (int i = 0; i < 40; ++i)
            meter.sample(i * 250'000'000LL, static_cast<std::uint64_t>(i) * 250);
        QCOMPARE(meter.perSecond(), 1000.0);
    }

    void readingsInBetweenAreLeftOut() {
        RateMeter meter;
        meter.sample(0, 0);
        meter.sample(1, 1'000'000);
        QCOMPARE(meter.perSecond(), 0.0);
    }

    void silenceBringsItBackToZero() {
        RateMeter meter;
        meter.sample(0, 0);
        meter.sample(RateMeter::spacingNs, 1000);
        QVERIFY(meter.perSecond() > 0);
        for (int i = 2; i < 10; ++i)
            meter.sample(i * RateMeter::spacingNs, 1000);
        QCOMPARE(meter.perSecond(), 0.0);
    }
};

QTEST_APPLESS_MAIN(TestRateMeter)
#include "tst_ratemeter.moc"
