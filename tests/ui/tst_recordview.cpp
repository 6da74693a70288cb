// SPDX-License-Identifier: GPL-3.0-or-later
#include "recordview.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

#include "loopback.h"

using namespace sockstage;
using Content = RecordView::Content;

/// A server and a client of it on the loopback interface.
struct Pair {
    std::unique_ptr<Session> server, client;
};

struct PaintCounter : QObject {
    bool eventFilter(QObject*, QEvent* event) override {
        count += event->type() == QEvent::Paint ? 1 : 0;
        return false;
    }
    int count = 0;
};

class TestRecordView : public QObject {
    Q_OBJECT

private:
    static void connectPair(Pair& pair, const SocketConfig& config = loopback::configOf(Role::TcpServer)) {
        pair.server = loopback::opened(config);
        QTRY_VERIFY(pair.server->localAddress().isValid());
        QTRY_COMPARE(pair.server->stages().at(Stage::Accept).state.load(), StageState::Waiting);
        pair.client = loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*pair.server)));
        QTRY_COMPARE(pair.server->connections().count(), 1U);
    }
    static bool shows(RecordView& view, const QString& text) {
        view.refresh();
        return view.visibleLines().join(QLatin1Char('\n')).contains(text);
    }
    static void sendLines(Session& client, const Session& server, int count) {
        const quint64 before = server.counters().receivedBytes.get();
        quint64 bytes = 0;
        for (int i = 0; i < count; ++i) {
            const QByteArray line = "line " + QByteArray::number(i) + '\n';
            bytes += static_cast<quint64>(line.size());
            client.send({}, line);
            // One recv each: the next is sent when this one has arrived.
            QTRY_COMPARE(server.counters().receivedBytes.get(), before + bytes);
        }
    }
    static void shown(RecordView& view) {
        view.resize(900, 200);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
    }

private Q_SLOTS:
    void bothDirectionsAndEvents() {
        Pair pair;
        connectPair(pair);
        RecordView view(Content::Traffic);
        shown(view);
        view.setSession(pair.server.get());
        pair.client->send({}, QByteArrayLiteral("ping\n"));
        QTRY_VERIFY(shows(view, QStringLiteral("ping\\n")));
        pair.server->send({}, QByteArrayLiteral("pong\x01"));
        QTRY_VERIFY(shows(view, QStringLiteral("pong\\x01")));
        QVERIFY(shows(view, QStringLiteral("accepted as fd")));
        pair.client->shutdownSending({});
        QTRY_VERIFY(shows(view, QStringLiteral("the peer closed its sending side (EOF)")));
        view.setHex(true);
        QVERIFY(shows(view, QStringLiteral("70 69 6e 67 0a")));
    }

    void callsInStracesNotation() {
        Pair pair;
        connectPair(pair);
        RecordView view(Content::Calls);
        shown(view);
        view.resize(900, 600);
        view.setSession(pair.server.get());
        QTRY_VERIFY(shows(view, QStringLiteral("listen(")));
        QVERIFY(shows(view, QStringLiteral("socket(AF_INET, SOCK_STREAM")));
    }

    void followsUntilSomebodyScrollsUp() {
        Pair pair;
        connectPair(pair);
        RecordView view(Content::Traffic);
        shown(view);
        view.setSession(pair.server.get());
        sendLines(*pair.client, *pair.server, 40);
        QTRY_VERIFY(shows(view, QStringLiteral("line 39")));
        QVERIFY(view.follows());
        QVERIFY(view.hint().isEmpty());

        QSignalSpy follow(&view, &RecordView::followChanged);
        view.verticalScrollBar()->setValue(5);
        QCOMPARE(follow.count(), 1);
        QVERIFY(!view.follows());
        QVERIFY(view.hint().contains(QStringLiteral("End")));
        const QStringList before = view.visibleLines();
        sendLines(*pair.client, *pair.server, 20);
        view.refresh();
        QCOMPARE(view.visibleLines(), before);

        QTest::keyClick(&view, Qt::Key_End);
        QVERIFY(view.follows());
        QVERIFY(shows(view, QStringLiteral("line 19")));
        view.verticalScrollBar()->setValue(0);
        QVERIFY(!view.follows());
        view.verticalScrollBar()->setValue(view.verticalScrollBar()->maximum());
        QVERIFY(view.follows());
    }

    void aResetAfterTheEndIsALine() {
        Pair pair;
        connectPair(pair);
        RecordView view(Content::Traffic);
        shown(view);
        view.setSession(pair.client.get());
        pair.server->shutdownSending({});
        QTRY_COMPARE(pair.client->connections().at(1).receiving.load(), DirectionState::Eof);
        pair.server->reset({1});
        QTRY_VERIFY(pair.client->isFinished());
        QVERIFY2(!pair.client->failure().isEmpty(), "SO_ERROR has told of the reset");
        QVERIFY(shows(view, QStringLiteral("recv: Broken pipe")));
    }

    void pausedItStillCountsWhatComes() {
        Pair pair;
        connectPair(pair);
        RecordView view(Content::Traffic);
        shown(view);
        view.setSession(pair.server.get());
        sendLines(*pair.client, *pair.server, 40);
        QTRY_VERIFY(shows(view, QStringLiteral("line 39")));
        view.verticalScrollBar()->setValue(5);
        const QString before = view.hint();
        QCoreApplication::processEvents();
        const QImage picture = view.grab().toImage();
        PaintCounter paints;
        view.viewport()->installEventFilter(&paints);
        sendLines(*pair.client, *pair.server, 20);
        view.refresh();
        QVERIFY(view.hint() != before);
        QTRY_VERIFY(paints.count > 0);
        QVERIFY(view.grab().toImage() != picture);
    }

    void theKeyboardWalksAlongTheRows() {
        Pair pair;
        connectPair(pair);
        RecordView view(Content::Traffic);
        shown(view);
        view.setSession(pair.server.get());
        sendLines(*pair.client, *pair.server, 40);
        view.refresh();
        QSignalSpy selected(&view, &RecordView::rowSelected);
        QTest::keyClick(&view, Qt::Key_End);
        QCOMPARE(selected.count(), 1);
        QVERIFY(view.accessibleDescription().contains(QStringLiteral("line 39")));
        QTest::keyClick(&view, Qt::Key_Up);
        QVERIFY(view.accessibleDescription().contains(QStringLiteral("line 38")));
        QTest::keyClick(&view, Qt::Key_PageUp);
        QVERIFY(!shows(view, QStringLiteral("line 39")));
        QTest::keyClick(&view, Qt::Key_Home);
        QVERIFY(!view.follows());
        const quint64 first = *view.currentRow();
        QTest::keyClick(&view, Qt::Key_Up);
        QCOMPARE(*view.currentRow(), first);
        QTest::keyClick(&view, Qt::Key_Down);
        QVERIFY(*view.currentRow() > first);
        QTest::keySequence(&view, QKeySequence::Copy);
        QVERIFY(QGuiApplication::clipboard()->text().contains(QLatin1Char('\t')));
    }

    void theChosenRowStaysInSightWhenTheViewShrinks() {
        Pair pair;
        connectPair(pair);
        RecordView view(Content::Traffic);
        shown(view);
        view.setSession(pair.server.get());
        sendLines(*pair.client, *pair.server, 40);
        view.refresh();
        QTest::keyClick(&view, Qt::Key_End);
        QTest::keyClick(&view, Qt::Key_Up);
        view.resize(900, 80);
        QTRY_VERIFY(view.viewport()->height() <= 80);
        QVERIFY(shows(view, QStringLiteral("line 38")));
    }

    void onlyTheChosenConnection() {
        Pair pair;
        connectPair(pair);
        const auto other =
            loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*pair.server)));
        QTRY_COMPARE(pair.server->connections().count(), 2U);
        pair.client->send({}, QByteArrayLiteral("from the first"));
        other->send({}, QByteArrayLiteral("from the second"));
        RecordView view(Content::Traffic);
        shown(view);
        view.setSession(pair.server.get());
        QTRY_VERIFY(shows(view, QStringLiteral("from the second")) &&
                    shows(view, QStringLiteral("from the first")));
        view.setConnections({2});
        QVERIFY(shows(view, QStringLiteral("from the second")));
        QVERIFY(!shows(view, QStringLiteral("from the first")));
        view.setConnections({});
        QVERIFY(shows(view, QStringLiteral("from the first")));
    }

    void findJumpsAndComesRound() {
        Pair pair;
        connectPair(pair);
        RecordView view(Content::Traffic);
        shown(view);
        view.setSession(pair.server.get());
        sendLines(*pair.client, *pair.server, 30);
        view.refresh();
        QSignalSpy finished(&view, &RecordView::findFinished);
        view.setFind(QStringLiteral("LINE 1"));
        const auto next = [&](bool forward) {
            const auto before = finished.count();
            view.findNext(forward);
            while (finished.count() == before)
                view.refresh();
            return view.accessibleDescription().section(QLatin1Char('\t'), -1);
        };
        QCOMPARE(next(true), QStringLiteral("line 1\\n"));
        QCOMPARE(next(true), QStringLiteral("line 10\\n"));
        QCOMPARE(next(false), QStringLiteral("line 1\\n"));
        QCOMPARE(next(false), QStringLiteral("line 19\\n"));
        QCOMPARE(next(true), QStringLiteral("line 1\\n"));
        view.setFind(QStringLiteral("nowhere"));
        next(true);
        QCOMPARE(finished.last().first().toBool(), false);
    }

    void aLimitThatBitesIsSaid() {
        Pair pair;
        SocketConfig config = loopback::configOf(Role::TcpServer);
        config.captureBytes = 1;  // as little as there can be: a few chunks
        connectPair(pair, config);
        RecordView view(Content::Traffic);
        shown(view);
        view.setSession(pair.server.get());
        for (int i = 0; i < 24; ++i)
            pair.client->send({}, QByteArray(1'000'000, 'x'));
        QTRY_COMPARE(pair.server->counters().receivedBytes.get(), quint64{24'000'000});
        QVERIFY(pair.server->capture().beginRow() > 0);
        view.refresh();
        view.verticalScrollBar()->setValue(0);
        QVERIFY2(view.visibleLines().first().contains(QStringLiteral("rows evicted")),
                 qPrintable(view.visibleLines().first()));
    }

    void withoutASession() {
        RecordView view(Content::Traffic);
        shown(view);
        view.refresh();
        QTest::keyClick(&view, Qt::Key_Down);
        QTest::mouseClick(view.viewport(), Qt::LeftButton);
        view.setFind(QStringLiteral("x"));
        view.findNext(true);
        QVERIFY(view.visibleLines().isEmpty());
    }
};

QTEST_MAIN(TestRecordView)
#include "tst_recordview.moc"
