// SPDX-License-Identifier: GPL-3.0-or-later
#include "tcpchartsview.h"

#include <QAccessible>
#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QMenu>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include "loopback.h"
#include "theme.h"
#include "throughputview.h"

using namespace sockstage;

class TestTcpCharts : public QObject {
    Q_OBJECT

private:
    static constexpr qint64 second = 1'000'000'000, start = 1'000 * second;
    /// What a worker would add: a sample every 100 ms, its number in the congestion window.
    static KernelFacts sampleAt(qint64 atNs) {
        KernelFacts facts;
        facts.atNs = atNs;
        facts.source = FactsSource::Descriptor;
        facts.state = TcpState::Established;
        facts.congestionWindow = (atNs - start) / (second / 10);
        facts.unreadBytes = 50'000;
        facts.unackedBytes = 3000;
        facts.notSentBytes = 1000;
        return facts;
    }
    static std::shared_ptr<KernelHistory> history(int seconds) {
        auto filled = std::make_shared<KernelHistory>(1);
        addSeconds(*filled, 0, seconds);
        return filled;
    }
    static void addSeconds(KernelHistory& into, int from, int to) {
        for (qint64 tenth = from * 10; tenth < to * 10; ++tenth)
            into.add(sampleAt(start + tenth * second / 10));
    }
    static void shown(TimeCharts& view) {
        view.resize(800, 600);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
    }
    static QWidget* plotOf(TimeCharts& view) { return view.findChild<QWidget*>(QStringLiteral("chartPlot")); }
    static void turnWheel(TimeCharts& view, int notches, int x) {
        const QPointF at(x, 100);
        QWheelEvent event(at, plotOf(view)->mapToGlobal(at), {}, QPoint(0, 120 * notches), Qt::NoButton,
                          Qt::NoModifier, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(plotOf(view), &event);
    }
    static void drag(TimeCharts& view, int fromX, int toX) {
        QWidget* plot = plotOf(view);
        QTest::mousePress(plot, Qt::LeftButton, {}, QPoint(fromX, 100));
        QTest::mouseMove(plot, QPoint((fromX + toX) / 2, 100));
        QTest::mouseMove(plot, QPoint(toX, 100));
        QTest::mouseRelease(plot, Qt::LeftButton, {}, QPoint(toX, 100));
        QEvent leave(QEvent::Leave);
        QCoreApplication::sendEvent(plot, &leave);
    }
    static QString label(const TimeCharts& view, const char* name) {
        return view.findChild<QLabel*>(QLatin1String(name))->text();
    }

private Q_SLOTS:
    void followsTheNewestSample() {
        const auto samples = history(100);
        TcpChartsView view(0);
        shown(view);
        view.setHistory(samples, SocketKind::Stream);
        QCOMPARE(view.sampleCount(), std::size_t{1000});
        QVERIFY(view.follows());
        QVERIFY(view.readout().contains(QStringLiteral("cwnd: 999")));
        addSeconds(*samples, 100, 101);
        view.refresh();
        QVERIFY(view.readout().contains(QStringLiteral("cwnd: 1\u202f009")));
        QVERIFY(view.hint().isEmpty());
    }

    void keepsItsPlaceWhileOneLooksAtAnOlderMoment() {
        const auto samples = history(200);
        TcpChartsView view(0);
        shown(view);
        view.setHistory(samples, SocketKind::Stream);
        QSignalSpy follow(&view, &TimeCharts::followChanged);
        drag(view, 300, 600);
        QVERIFY(!view.follows());
        QCOMPARE(follow.count(), 1);
        QVERIFY(view.hint().contains(QStringLiteral("End")));
        const TimeWindow before = view.window();
        const QImage picture = plotOf(view)->grab().toImage();
        addSeconds(*samples, 200, 230);
        view.refresh();
        QCOMPARE(view.window().end, before.end);
        QCOMPARE(plotOf(view)->grab().toImage().copy(0, 0, 700, 550), picture.copy(0, 0, 700, 550));
        QTest::keyClick(&view, Qt::Key_End);
        QVERIFY(view.follows());
        QCOMPARE(follow.count(), 2);
        QVERIFY(view.window().end > before.end + 29);
        drag(view, 300, 400);
        QVERIFY(!view.follows());
        drag(view, 300, 700);
        drag(view, 700, 100);
        drag(view, 700, 100);
        QVERIFY2(view.follows(), "dragged to the end, they follow again");
    }

    void theFollowButtonOfThePane() {
        TcpChartsView view(0);
        shown(view);
        view.setHistory(history(200), SocketKind::Stream);
        view.setFollow(false);
        QVERIFY(!view.follows());
        view.setFollow(true);
        QVERIFY(view.follows());
    }

    void theWheelZoomsAroundTheMoment() {
        TcpChartsView view(0);
        shown(view);
        view.setHistory(history(250), SocketKind::Stream);
        QCOMPARE(view.window().span, 60.0);
        turnWheel(view, 2, 400);
        QVERIFY(view.window().span < 40);
        QVERIFY2(view.follows(), "the newest moment stays at the edge while following");
        drag(view, 300, 600);
        QTest::mouseMove(plotOf(view), QPoint(400, 100));
        const auto before = view.cursorSample();
        QVERIFY(before.has_value());
        turnWheel(view, -2, 400);
        QTest::mouseMove(plotOf(view), QPoint(401, 100));
        const auto after = view.cursorSample();
        QVERIFY(after.has_value());
        QVERIFY(std::abs(static_cast<double>(*after) - static_cast<double>(*before)) < 5);
        view.setSpan(300);
        QCOMPARE(view.window().span, 300.0);
    }

    void theArrowsWalkFromSampleToSample() {
        TcpChartsView view(0);
        shown(view);
        view.setHistory(history(100), SocketKind::Stream);
        view.setFocus();
        QTest::keyClick(&view, Qt::Key_Left);
        QCOMPARE(view.cursorSample().value_or(0), std::size_t{999});
        QVERIFY2(view.follows(), "the newest sample is at the end");
        QTest::keyClick(&view, Qt::Key_Left);
        QCOMPARE(view.cursorSample().value_or(0), std::size_t{998});
        QVERIFY(!view.follows());
        QVERIFY(view.accessibleDescription().contains(QStringLiteral("cwnd: 998")));
        QTest::keyClick(&view, Qt::Key_Left, Qt::ControlModifier);
        QCOMPARE(view.cursorSample().value_or(0), std::size_t{988});
        QTest::keyClick(&view, Qt::Key_PageUp);
        QCOMPARE(view.cursorSample().value_or(0), std::size_t{388});
        QVERIFY(view.window().holds(static_cast<double>(start) / 1e9 + 38.8));
        QTest::keyClick(&view, Qt::Key_Home);
        QCOMPARE(view.cursorSample().value_or(9), std::size_t{0});
        QTest::keyClick(&view, Qt::Key_Left);
        QCOMPARE(view.cursorSample().value_or(9), std::size_t{0});
        QTest::keyClick(&view, Qt::Key_Right);
        QCOMPARE(view.cursorSample().value_or(9), std::size_t{1});
        QTest::keySequence(&view, QKeySequence::Copy);
        QVERIFY(QGuiApplication::clipboard()->text().contains(QStringLiteral("state: ESTABLISHED")));
        QVERIFY(QGuiApplication::clipboard()->text().contains(QStringLiteral("cwnd: 1 × —")));
        QTest::keyClick(&view, Qt::Key_Plus);
        QVERIFY(view.window().span < 60);
        QVERIFY(view.window().holds(static_cast<double>(start) / 1e9 + 0.1));
        QTest::keyClick(&view, Qt::Key_Escape);
        QVERIFY(!view.cursorSample().has_value());
        QTest::keyClick(&view, Qt::Key_End);
        QVERIFY(view.follows());
    }

    void aClickChoosesAMoment() {
        TcpChartsView view(0);
        shown(view);
        view.setHistory(history(100), SocketKind::Stream);
        QTest::mouseClick(plotOf(view), Qt::LeftButton, {}, QPoint(400, 100));
        QEvent leave(QEvent::Leave);
        QCoreApplication::sendEvent(plotOf(view), &leave);
        const auto sample = view.cursorSample();
        QVERIFY(sample.has_value());
        QVERIFY(*sample > 500 && *sample < 900);
        QVERIFY(view.readout().contains(QStringLiteral("cwnd: %1").arg(*sample)));
    }

    void aGapIsAGap() {
        auto samples = history(20);
        addSeconds(*samples, 30, 40);
        TcpChartsView view(0);
        shown(view);
        view.setHistory(samples, SocketKind::Stream);
        view.setSpan(40);
        const QImage picture = plotOf(view)->grab().toImage();
        int empty = 0, filled = 0;
        for (int x = 100; x < plotOf(view)->width() - 20; ++x) {
            QTest::mouseMove(plotOf(view), QPoint(x, 100));
            bool orange = false;
            for (int y = 0; y < picture.height(); ++y) {
                const QColor pixel = picture.pixelColor(x, y);
                orange = orange || (pixel.red() > pixel.blue() + 30 && pixel.red() > pixel.green() + 15);
            }
            if (view.cursorSample()) {
                filled += orange ? 1 : 0;
            } else {
                QVERIFY(view.readout().startsWith(QStringLiteral("no sample at")));
                empty += orange ? 0 : 1;
            }
        }
        QVERIFY2(empty > 100, qPrintable(QString::number(empty)));
        QVERIFY2(filled > 300, qPrintable(QString::number(filled)));
    }

    void whatIsHiddenTakesNoSample() {
        const auto samples = history(10);
        TcpChartsView view(0);
        view.setHistory(samples, SocketKind::Stream);
        view.refresh();
        QCOMPARE(view.sampleCount(), std::size_t{0});
        shown(view);
        QCOMPARE(view.sampleCount(), std::size_t{100});
        view.hide();
        addSeconds(*samples, 10, 20);
        view.refresh();
        QCOMPARE(view.sampleCount(), std::size_t{100});
        view.show();
        QCOMPARE(view.sampleCount(), std::size_t{200});
    }

    void anotherSocketStartsAnew() {
        TcpChartsView view(0);
        shown(view);
        view.setHistory(history(100), SocketKind::Stream);
        QTest::keyClick(&view, Qt::Key_Home);
        QVERIFY(!view.follows());
        view.setHistory(history(5), SocketKind::Listener);
        QVERIFY(view.follows());
        QCOMPARE(view.sampleCount(), std::size_t{50});
        QVERIFY(view.readout().contains(QStringLiteral("Accept queue")));
        view.setHistory(history(5), SocketKind::Datagram);
        QVERIFY(view.readout().contains(QStringLiteral("next datagram")));
        view.setHistory(nullptr, SocketKind::Stream);
        QCOMPARE(view.sampleCount(), std::size_t{0});
        QVERIFY(view.readout().startsWith(QStringLiteral("Nobody")));
    }

    void memoryIsLimitedAndThePlaceKept() {
        const auto samples = std::make_shared<KernelHistory>(1);
        TcpChartsView view(0);
        shown(view);
        view.setHistory(samples, SocketKind::Stream);
        for (int minute = 0; minute < 12; ++minute) {
            addSeconds(*samples, minute * 60, minute * 60 + 60);
            view.refresh();
        }
        QCOMPARE(view.sampleCount(), std::size_t{6000});
        QTest::keyClick(&view, Qt::Key_Home);
        const TimeWindow looked = view.window();
        for (int minute = 12; minute < 16; ++minute) {
            addSeconds(*samples, minute * 60, minute * 60 + 60);
            view.refresh();
        }
        QCOMPARE(view.sampleCount(), std::size_t{8400});
        QCOMPARE(view.window().begin(), looked.begin());
        view.setFollow(true);
        QCOMPARE(view.sampleCount(), std::size_t{6000});
        QVERIFY(view.readout().contains(QStringLiteral("cwnd: 9\u202f599")));
    }

    void lowAndWideItHasTwoColumnsAndLowAndNarrowItScrolls() {
        TcpChartsView view(0);
        shown(view);
        view.setHistory(history(20), SocketKind::Stream);
        view.resize(900, 330);
        QTRY_VERIFY(plotOf(view)->height() <= 330);
        QVERIFY2(plotOf(view)->minimumHeight() <= 330, "two columns");
        view.resize(300, 200);
        QTRY_VERIFY(plotOf(view)->height() > 300);
        for (const Theme theme : {Theme::Dark, Theme::Light}) {
            applyTheme(*qApp, theme);
            QVERIFY(!view.grab().isNull());
        }
    }

    void ofARealConnection() {
        const auto server = loopback::opened(loopback::configOf(Role::TcpServer));
        QTRY_COMPARE(server->stages().at(Stage::Accept).state.load(), StageState::Waiting);
        const auto client = loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*server)));
        QTRY_COMPARE(server->connections().count(), 1U);
        server->hold(Stage::Recv, {1});
        client->observe(1, 20);
        QTRY_VERIFY(client->kernelHistory(1) != nullptr);
        TcpChartsView view(client->capture().toEpochNs(0), 20);
        shown(view);
        view.setHistory(client->kernelHistory(1), SocketKind::Stream);
        QTRY_VERIFY((view.refresh(), view.sampleCount() > 10));
        QVERIFY(view.readout().contains(QStringLiteral("state: ESTABLISHED")));
        client->send({}, QByteArray(8'000'000, 'x'));
        QTRY_VERIFY((view.refresh(), view.readout().contains(QStringLiteral("0 B: closed"))));
        server->release(Stage::Recv, {1});
        QTRY_VERIFY((view.refresh(), view.readout().contains(QStringLiteral("Send buffer: 0 B of"))));
        // The clock is the one of the traffic: now.
        const qint64 now = QDateTime::currentMSecsSinceEpoch();
        QVERIFY(std::abs(view.window().end * 1000 - static_cast<double>(now)) < 5000);
    }

    void throughputOfBothDirections() {
        const auto server = loopback::opened(loopback::configOf(Role::TcpServer));
        QTRY_COMPARE(server->stages().at(Stage::Accept).state.load(), StageState::Waiting);
        const auto client = loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*server)));
        QTRY_COMPARE(server->connections().count(), 1U);
        ThroughputView view(server->counters(), server->capture().toEpochNs(0));
        // Also while it is hidden.
        client->send({}, QByteArray(3'000'000, 'x'));
        QTRY_VERIFY(view.readout().contains(QStringLiteral("received so far 3.00 MB")));
        QVERIFY(view.readout().contains(QStringLiteral("MB/s, sending 0 B/s")));
        const std::size_t hidden = view.sampleCount();
        QVERIFY(hidden > 1);
        shown(view);
        server->send({1}, QByteArray(70'000, 'y'));
        QTRY_VERIFY((view.refresh(), view.readout().contains(QStringLiteral("sent so far 70.0 kB"))));
        QTRY_VERIFY((view.refresh(), view.readout().startsWith(label(view, "chartMoment").mid(7))));
        QVERIFY(view.sampleCount() > hidden);
    }

    void aScreenReaderHearsTheFigures() {
        TcpChartsView view(0);
        shown(view);
        view.setHistory(history(10), SocketKind::Stream);
        view.setFocus();
        QTest::keyClick(&view, Qt::Key_Left);
        QTest::keyClick(&view, Qt::Key_Left);
        const QAccessibleInterface* access = QAccessible::queryAccessibleInterface(&view);
        QVERIFY(access != nullptr);
        QVERIFY(!access->text(QAccessible::Name).isEmpty());
        QVERIFY(access->text(QAccessible::Description).contains(QStringLiteral("cwnd: 98")));
        QVERIFY(access->text(QAccessible::Description).contains(QStringLiteral("paused at")));
    }
};

QTEST_MAIN(TestTcpCharts)
#include "tst_tcpcharts.moc"
