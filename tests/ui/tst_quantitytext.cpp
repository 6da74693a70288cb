// SPDX-License-Identifier: GPL-3.0-or-later
#include "quantitytext.h"

#include <QDateTime>
#include <QTest>

using namespace sockstage;

class TestQuantityText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void bytes_data() {
        QTest::addColumn<quint64>("bytes");
        QTest::addColumn<QString>("text");
        QTest::newRow("none") << quint64{0} << QStringLiteral("0 B");
        QTest::newRow("small") << quint64{64} << QStringLiteral("64 B");
        QTest::newRow("largest without prefix") << quint64{999} << QStringLiteral("999 B");
        QTest::newRow("first kilobyte") << quint64{1000} << QStringLiteral("1.0 kB");
        QTest::newRow("kilobytes") << quint64{14'200} << QStringLiteral("14.2 kB");
        QTest::newRow("hundreds") << quint64{512'000} << QStringLiteral("512 kB");
        QTest::newRow("rounds up into the next unit") << quint64{999'700} << QStringLiteral("1.00 MB");
        QTest::newRow("stays below it") << quint64{999'400} << QStringLiteral("999 kB");
        QTest::newRow("megabytes") << quint64{1'190'000} << QStringLiteral("1.19 MB");
        QTest::newRow("gigabytes") << quint64{4'294'967'296} << QStringLiteral("4.29 GB");
        QTest::newRow("all of 64 bits") << ~quint64{0} << QStringLiteral("18447 PB");
    }
    void bytes() {
        QFETCH(quint64, bytes);
        QTEST(bytesText(bytes), "text");
    }

    void rates() {
        QCOMPARE(rateText(0), QStringLiteral("0 B/s"));
        QCOMPARE(rateText(412), QStringLiteral("412 B/s"));
        QCOMPARE(rateText(1.2e6), QStringLiteral("1.2 MB/s"));
        QCOMPARE(rateText(-1), QStringLiteral("0 B/s"));
    }

    void durations_data() {
        QTest::addColumn<qint64>("ns");
        QTest::addColumn<QString>("text");
        QTest::newRow("nanoseconds") << qint64{850} << QStringLiteral("850 ns");
        QTest::newRow("microseconds") << qint64{3000} << QStringLiteral("3.0 µs");
        QTest::newRow("tens") << qint64{41'200} << QStringLiteral("41 µs");
        QTest::newRow("milliseconds") << qint64{1'240'000} << QStringLiteral("1.2 ms");
        QTest::newRow("seconds") << qint64{12'400'000'000} << QStringLiteral("12.4 s");
        QTest::newRow("minutes") << qint64{134'000'000'000} << QStringLiteral("00:02:14");
        QTest::newRow("a clock that went back") << qint64{-5} << QStringLiteral("0 ns");
    }
    void durations() {
        QFETCH(qint64, ns);
        QTEST(durationText(ns), "text");
    }

    void elapsed() {
        QCOMPARE(elapsedText(0), QStringLiteral("0.0 s"));
        QCOMPARE(elapsedText(59'990'000'000), QStringLiteral("59.9 s"));
        QCOMPARE(elapsedText(60'000'000'000), QStringLiteral("00:01:00"));
        QCOMPARE(elapsedText(qint64{100} * 3600 * 1'000'000'000), QStringLiteral("100:00:00"));
        QCOMPARE(elapsedText(-1), QStringLiteral("0.0 s"));
    }

    void timeOfDayHasMicroseconds() {
        const QDateTime noon(QDate(2026, 3, 1), QTime(12, 4, 7, 118));
        const qint64 ns = noon.toMSecsSinceEpoch() * 1'000'000 + 203'999;
        QCOMPARE(timeOfDayText(ns), QStringLiteral("12:04:07.118\u202f203"));
    }

    void groups() {
        QCOMPARE(grouped(0), QStringLiteral("0"));
        QCOMPARE(grouped(999), QStringLiteral("999"));
        QCOMPARE(grouped(1000), QStringLiteral("1\u202f000"));
        QCOMPARE(grouped(262'144), QStringLiteral("262\u202f144"));
        QCOMPARE(grouped(12'345'678), QStringLiteral("12\u202f345\u202f678"));
    }
};

QTEST_GUILESS_MAIN(TestQuantityText)
#include "tst_quantitytext.moc"
