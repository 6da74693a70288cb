// SPDX-License-Identifier: GPL-3.0-or-later
// The view of call boundaries, with real sockets on the loopback interface at both ends.

#include <QAccessible>
#include <QDeadlineTimer>
#include <QLabel>
#include <QMouseEvent>
#include <QScrollBar>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTabBar>
#include <QTest>
#include <QToolButton>
#include <thread>

#include "boundariesview.h"
#include "boundarystrip.h"
#include "loopback.h"
#include "observation.h"
#include "pairing.h"
#include "recordview.h"
#include "sessionpage.h"
#include "socketsmodel.h"
#include "trafficpane.h"

using namespace sockstage;

namespace {

/// A server and its client in one window, and the client's view of what it sends.
struct Pair {
    explicit Pair(SocketConfig wanted = loopback::configOf(Role::TcpServer)) : pairing(sockets) {
        const bool tcp = isTcp(wanted.role);
        server = sockets.open(wanted);
        [&] {
            QTRY_VERIFY(server->localAddress().port() != 0);
            QTRY_VERIFY(server->stages().at(tcp ? Stage::Accept : Stage::Recv).state.load() !=
                        StageState::NotYet);
        }();
        client = sockets.open(
            loopback::configOf(tcp ? Role::TcpClient : Role::UdpClient, loopback::portOf(*server)));
        [&] {
            QTRY_COMPARE(client->connections().count(), 1U);
            if (tcp) QTRY_COMPARE(server->connections().count(), 1U);
        }();
        show(*client);
    }
    void show(Session& session) {
        view = std::make_unique<BoundariesView>(session);
        view->resize(700, 360);
        view->show();
        [&] { QVERIFY(QTest::qWaitForWindowExposed(view.get())); }();
        lookAgain(session);
    }
    void lookAgain(Session& session) { view->setPair(1, pairing.otherEnd(session, 1)); }
    /// Sends once the one before has been sent: two sends, not one.
    static void send(Session& from, const QByteArray& bytes) {
        const std::uint64_t before = from.counters().sentMessages.get();
        from.send({}, bytes);
        // Waits without Qt's pauses: some tests send hundreds.
        const QDeadlineTimer deadline(10'000);
        while (from.counters().sentMessages.get() == before && !deadline.hasExpired())
            std::this_thread::yield();
        QVERIFY(from.counters().sentMessages.get() > before);
    }
    void send(const QByteArray& bytes) const { send(*client, bytes); }
    void awaitReceived(std::uint64_t bytes) const {
        QTRY_COMPARE(server->counters().receivedBytes.get(), bytes);
        view->refresh();
    }
    template <typename Part>
    Part* part(const char* name) const {
        return view->findChild<Part*>(QLatin1String(name));
    }
    BoundaryStrip& strip() const { return *part<BoundaryStrip>("boundaryStrip"); }
    QString summary() const { return part<QLabel>("boundarySummary")->text(); }
    QString readout() const { return part<QLabel>("boundaryReadout")->text(); }
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) const {
        QTest::keyClick(&strip(), key, modifiers);
    }
    const BoundaryBox& box(bool send, std::size_t at) const { return strip().boxes().boxes(send).at(at); }
    QPoint centreOf(const BoundaryBox& box) const { return strip().rectOf(box).center().toPoint(); }

    SocketsModel sockets;
    Pairing pairing;
    Session *server = nullptr, *client = nullptr;
    std::unique_ptr<BoundariesView> view;
};

SocketConfig reading(Role role, std::size_t bytes) {
    SocketConfig config = loopback::configOf(role);
    config.readBytes = bytes;
    return config;
}

SocketConfig holding(SocketConfig config) {
    config.held.insert(Stage::Recv);
    return config;
}

QString accessible(QWidget& widget, QAccessible::Text kind) {
    QAccessibleInterface* access = QAccessible::queryAccessibleInterface(&widget);
    return access == nullptr ? QString() : access->text(kind);
}

}  // namespace

class TestBoundaries : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { loopback::useOwnSettings(); }

    void twoSendsArriveInOneRecv() {
        Pair pair(holding(loopback::configOf(Role::TcpServer)));
        QCOMPARE(pair.summary(), QStringLiteral("Nothing was sent yet"));
        pair.send("hello ");
        pair.send("world");
        pair.view->refresh();
        QCOMPARE(pair.summary(), QStringLiteral("0 sends arrived in 0 recvs, 11 bytes not received yet"));
        QCOMPARE(pair.strip().boxes().gaps().size(), std::size_t{1});
        QCOMPARE(pair.strip().boxes().gaps()[0].bytes, 11U);
        QVERIFY(pair.readout().contains(QStringLiteral("recv: none")));
        pair.server->release(Stage::Recv);
        pair.awaitReceived(11);
        QCOMPARE(pair.summary(), QStringLiteral("2 sends arrived in 1 recv"));
        QCOMPARE(pair.strip().visibleGroups(), QStringList{QStringLiteral("2 sends arrived in 1 recv")});
        // The same bytes stand at the same place.
        QCOMPARE(pair.strip().boxes().boxes(true).size(), std::size_t{2});
        QCOMPARE(pair.box(false, 0).x, pair.box(true, 0).x);
        QCOMPARE(pair.box(false, 0).end(), pair.box(true, 1).end());
        QVERIFY(pair.strip().boxes().gaps().empty());
        QVERIFY(pair.readout().contains(QStringLiteral("11 of at most 65")));
    }

    void oneSendArrivesInThreeByTheReadLimit() {
        Pair pair;
        auto* limit = pair.part<QSpinBox>("readLimit");
        QCOMPARE(limit->value(), 65536);
        limit->setFocus();
        limit->selectAll();
        QTest::keyClicks(limit, QStringLiteral("4"));
        QCOMPARE(pair.server->readBytes(), std::size_t{65536});
        pair.view->refresh();
        QVERIFY(pair.part<QLabel>("readLimitState")->text().startsWith(QStringLiteral("in force: 65")));
        QCOMPARE(limit->text(), QStringLiteral("4"));
        QTest::keyClick(limit, Qt::Key_Return);
        QCOMPARE(pair.server->readBytes(), std::size_t{4});
        QCOMPARE(pair.client->readBytes(), std::size_t{65536});
        pair.send("hello world");
        pair.awaitReceived(11);
        QCOMPARE(pair.summary(), QStringLiteral("1 send arrived in 3 recvs"));
        QCOMPARE(pair.part<QLabel>("readLimitState")->text(), QStringLiteral("in force"));
        // What is set elsewhere is shown too.
        pair.server->setReadBytes(100);
        pair.view->refresh();
        QCOMPARE(limit->value(), 100);
        QCOMPARE(pair.part<QLabel>("readLimitState")->text(), QStringLiteral("the latest had 4"));
    }

    void theOtherDirection() {
        SocketConfig echo = reading(Role::TcpServer, 4);
        echo.echo = true;
        Pair pair(echo);
        pair.send("0123456789");
        QTRY_COMPARE(pair.client->counters().receivedBytes.get(), 10U);
        pair.view->refresh();
        QCOMPARE(pair.summary(), QStringLiteral("1 send arrived in 3 recvs"));
        auto *there = pair.part<QToolButton>("boundariesThere"),
             *back = pair.part<QToolButton>("boundariesBack");
        QVERIFY(there->isChecked());
        QVERIFY(there->text().startsWith(QStringLiteral("client, fd ")));
        QVERIFY(there->text().contains(QStringLiteral(" → server, fd ")));
        back->click();
        QVERIFY(back->isChecked() && !there->isChecked());
        QVERIFY(pair.summary().startsWith(QStringLiteral("3 sends arrived in ")));
        QCOMPARE(pair.strip().accessibleName(), QStringLiteral("Call boundaries, ") + back->text());
        // The limit is that of the end that reads now.
        QCOMPARE(pair.part<QSpinBox>("readLimit")->value(), 65536);
        there->click();
        QCOMPARE(pair.part<QSpinBox>("readLimit")->value(), 4);
    }

    void fromTheServersSide() {
        Pair pair;
        pair.send("one");
        pair.awaitReceived(3);
        pair.show(*pair.server);
        QCOMPARE(pair.summary(), QStringLiteral("Nothing was sent yet"));
        pair.part<QToolButton>("boundariesBack")->click();
        QCOMPARE(pair.summary(), QStringLiteral("1 send arrived in 1 recv"));
    }

    void noOtherEnd() {
        SocketsModel sockets;
        Session* server = sockets.open(loopback::configOf(Role::TcpServer));
        QTRY_COMPARE(server->stages().at(Stage::Accept).state.load(), StageState::Waiting);
        const auto outside = loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*server)));
        BoundariesView view(*server);
        view.show();
        const auto* note = view.findChild<QLabel*>(QStringLiteral("boundaryNote"));
        view.refresh();
        QTRY_COMPARE(server->connections().count(), 1U);
        Pairing pairing(sockets);
        view.setPair(1, pairing.otherEnd(*server, 1));
        QVERIFY(note->isVisible());
        QVERIFY2(note->text().contains(QStringLiteral("demo")), qPrintable(note->text()));
        QVERIFY(!view.findChild<BoundaryStrip*>()->isVisible());
        QVERIFY(!view.findChild<QToolButton*>(QStringLiteral("boundariesThere"))->isVisible());
        view.setPair(0, {});
        QVERIFY(note->text().startsWith(QStringLiteral("Choose one client")));
        // Our own side still reads.
        view.findChild<QSpinBox*>(QStringLiteral("readLimit"))->setValue(7);
        QCOMPARE(server->readBytes(), std::size_t{7});
    }

    void theOtherEndIsRemoved() {
        Pair pair;
        pair.send("one");
        pair.awaitReceived(3);
        pair.server->close(0);
        QTRY_VERIFY(pair.server->isFinished());
        pair.view->refresh();
        QCOMPARE(pair.summary(), QStringLiteral("1 send arrived in 1 recv"));
        QVERIFY(!pair.part<QSpinBox>("readLimit")->isEnabled());
        QVERIFY(pair.sockets.remove(pair.server));
        pair.view->refresh();
        QVERIFY(pair.part<QLabel>("boundaryNote")->isVisible());
        pair.press(Qt::Key_Left);
        QVERIFY(pair.strip().readout().isEmpty());
    }

    void aTruncatedDatagram() {
        Pair pair(reading(Role::UdpServer, 8));
        for (const char* text : {"one", "", "a long datagram"})
            pair.send(text);
        QTRY_COMPARE(pair.server->counters().receivedMessages.get(), 3U);
        pair.lookAgain(*pair.client);
        pair.view->refresh();
        QCOMPARE(pair.summary(), QStringLiteral("3 datagrams arrived in 3 recvs"));
        const auto& gaps = pair.strip().boxes().gaps();
        QCOMPARE(gaps.size(), std::size_t{1});
        QVERIFY(gaps[0].kind == BoundaryGap::Kind::CutOff);
        QCOMPARE(gaps[0].bytes, 7U);
        QVERIFY2(pair.box(true, 1).width >= 3, "an empty one is seen too");
        QVERIFY(pair.box(false, 2).width < pair.box(true, 2).width);
        QVERIFY2(pair.readout().contains(QStringLiteral("8 of at most 8 bytes, 7 bytes cut off")),
                 qPrintable(pair.readout()));
    }

    // A server that has not read yet knows no peer; its socket is the other end all the same.
    void datagramsThatWait() {
        Pair pair(holding(loopback::configOf(Role::UdpServer)));
        pair.send("one");
        pair.send("second");
        pair.view->refresh();
        QCOMPARE(pair.summary(), QStringLiteral("0 datagrams arrived in 0 recvs, 9 bytes not received yet"));
        QVERIFY(pair.strip().boxes().gaps().back().kind == BoundaryGap::Kind::Waiting);
        pair.server->release(Stage::Recv);
        QTRY_COMPARE(pair.server->counters().receivedMessages.get(), 2U);
        pair.lookAgain(*pair.client);
        QCOMPARE(pair.summary(), QStringLiteral("2 datagrams arrived in 2 recvs"));
    }

    void lostDatagrams() {
        SocketConfig small = holding(loopback::configOf(Role::UdpServer));
        small.receiveBufferBytes = 1;
        Pair pair(small);
        for (int i = 0; i < 50; ++i)
            pair.send(QByteArray::number(i).rightJustified(200, '.'));
        pair.server->release(Stage::Recv);
        QTRY_VERIFY(pair.server->counters().receivedMessages.get() > 0);
        QTRY_COMPARE(pair.server->stages().at(Stage::Recv).state.load(), StageState::Waiting);
        pair.send("the last");
        QTRY_VERIFY(loopback::received(*pair.server).endsWith("the last"));
        pair.lookAgain(*pair.client);
        pair.view->refresh();
        const auto& gaps = pair.strip().boxes().gaps();
        QCOMPARE(gaps.size(), 51 - pair.server->counters().receivedMessages.get());
        QVERIFY(!gaps.empty() && gaps.front().kind == BoundaryGap::Kind::Lost);
    }

    void keyboard() {
        Pair pair(reading(Role::TcpServer, 4));
        for (int i = 1; i <= 3; ++i) {
            pair.send("hello world");
            pair.awaitReceived(static_cast<std::uint64_t>(i) * 11);
        }
        pair.strip().setFocus();
        pair.press(Qt::Key_Home);
        QVERIFY(pair.strip().current() == (BoundaryCallId{true, 0}));
        QVERIFY(!pair.strip().follows());
        pair.press(Qt::Key_Right);
        QVERIFY(pair.strip().current() == (BoundaryCallId{true, 1}));
        pair.press(Qt::Key_Down);
        QVERIFY2(pair.strip().current() == (BoundaryCallId{false, 3}), "the first recv of its bytes");
        QVERIFY2(pair.readout().contains(QStringLiteral("4 of at most 4 bytes (12 to 15 of the stream)")),
                 qPrintable(pair.readout()));
        pair.press(Qt::Key_Right);
        QVERIFY(pair.strip().current() == (BoundaryCallId{false, 4}));
        pair.press(Qt::Key_Right, Qt::ControlModifier);
        QVERIFY(pair.strip().current() == (BoundaryCallId{false, 6}));
        pair.press(Qt::Key_Up);
        QVERIFY(pair.strip().current() == (BoundaryCallId{true, 2}));
        pair.press(Qt::Key_Left, Qt::ControlModifier);
        QVERIFY(pair.strip().current() == (BoundaryCallId{true, 1}));
        QVERIFY(pair.readout().contains(QStringLiteral("3 recvs, rows")));
        pair.press(Qt::Key_End);
        QVERIFY(pair.strip().current() == (BoundaryCallId{true, 2}));
        QVERIFY(pair.strip().follows());
        const QSignalSpy wanted(pair.view.get(), &BoundariesView::callWanted);
        pair.press(Qt::Key_Return);
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted[0][0].value<Session*>(), pair.client);
        pair.press(Qt::Key_Escape);
        QVERIFY(!pair.strip().current());
    }

    // 6 and 5 bytes in recvs of 4, 4 and 3: the second recv has bytes of both sends.
    void whatSharesBytesWithACall() {
        Pair pair(holding(reading(Role::TcpServer, 4)));
        pair.send("hello ");
        pair.send("world");
        pair.server->release(Stage::Recv);
        pair.awaitReceived(11);
        QCOMPARE(pair.summary(), QStringLiteral("2 sends arrived in 3 recvs"));
        QCOMPARE(pair.strip().boxes().bands().size(), std::size_t{4});
        pair.press(Qt::Key_Home);
        QVERIFY2(pair.readout().contains(QStringLiteral("8 bytes (1 to 8 of the stream)")),
                 qPrintable(pair.readout()));
        pair.press(Qt::Key_Right);
        QVERIFY2(pair.readout().contains(QStringLiteral("7 bytes (5 to 11 of the stream)")),
                 qPrintable(pair.readout()));
        pair.press(Qt::Key_Down);
        QVERIFY(pair.strip().current() == (BoundaryCallId{false, 1}));
        QVERIFY2(pair.readout().contains(QStringLiteral("2 sends, rows")), qPrintable(pair.readout()));
    }

    void aScreenReaderIsToldTheSame() {
        Pair pair(reading(Role::TcpServer, 4));
        pair.send("hello world");
        pair.awaitReceived(11);
        pair.strip().setFocus();
        pair.press(Qt::Key_Home);
        const QString told = accessible(pair.strip(), QAccessible::Description);
        QVERIFY2(told.contains(QStringLiteral("1 send arrived in 3 recvs\nsend, row ")), qPrintable(told));
        QCOMPARE(accessible(pair.strip(), QAccessible::Value), QStringLiteral("1 send arrived in 3 recvs"));
        QVERIFY(accessible(pair.strip(), QAccessible::Name)
                    .startsWith(QStringLiteral("Call boundaries, client")));
        QVERIFY(accessible(*pair.part<QSpinBox>("readLimit"), QAccessible::Name)
                    .contains(QStringLiteral("recv()")));
    }

    void theMouse() {
        Pair pair;
        pair.send("hello");
        pair.awaitReceived(5);
        pair.send("again");
        pair.awaitReceived(10);
        QWidget* at = pair.strip().viewport();
        const QPointF over = pair.centreOf(pair.box(false, 0));
        QMouseEvent move(QEvent::MouseMove, over, at->mapToGlobal(over), Qt::NoButton, {}, {});
        QCoreApplication::sendEvent(at, &move);
        QVERIFY2(pair.readout().contains(QStringLiteral("(1 to 5 of the stream)")),
                 qPrintable(pair.readout()));
        pair.press(Qt::Key_End);
        QVERIFY2(pair.readout().contains(QStringLiteral("(6 to 10 of the stream)")),
                 "the keys have the word now");
        QTest::mouseClick(at, Qt::LeftButton, {}, pair.centreOf(pair.box(true, 1)));
        QVERIFY(pair.strip().current() == (BoundaryCallId{true, 1}));
        const QSignalSpy wanted(pair.view.get(), &BoundariesView::callWanted);
        QTest::mouseDClick(at, Qt::LeftButton, {}, pair.centreOf(pair.box(false, 1)));
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted[0][0].value<Session*>(), pair.server);
        const auto row = wanted[0][2].value<quint64>();
        const auto pin = pair.server->capture().pin(row);
        QVERIFY(pin && pin.record(row).call == Call::Recv && pin.record(row).result == 5);
    }

    void itFollowsAndKeepsItsPlace() {
        Pair pair(reading(Role::TcpServer, 5));
        std::uint64_t sent = 0;
        const auto sendMore = [&] {
            for (int i = 0; i < 40; ++i)
                pair.send("0123456789");
            sent += 400;
            pair.awaitReceived(sent);
        };
        sendMore();
        QScrollBar* bar = pair.strip().horizontalScrollBar();
        QVERIFY(bar->maximum() > 0);
        QCOMPARE(bar->value(), bar->maximum());
        sendMore();
        QCOMPARE(bar->value(), bar->maximum());
        const QSignalSpy changed(&pair.strip(), &BoundaryStrip::followChanged);
        bar->setValue(bar->maximum() * 3 / 4);
        QCOMPARE(changed.size(), 1);
        QVERIFY(!pair.strip().follows());
        QVERIFY(pair.strip().hint().contains(QStringLiteral("End")));
        const BoundaryCallId marked = pair.box(true, 65).id;
        const double place = pair.strip().rectOf(*pair.strip().boxes().find(marked)).x();
        sendMore();
        QCOMPARE(pair.strip().rectOf(*pair.strip().boxes().find(marked)).x(), place);
        // The oldest go, and the numbers on the scroll bar are others: the calls on screen stay.
        while (pair.strip().boxes().find({true, 5}) != nullptr)
            sendMore();
        QVERIFY(pair.strip().boxes().find(marked) != nullptr);
        QVERIFY(std::abs(pair.strip().rectOf(*pair.strip().boxes().find(marked)).x() - place) <= 1);
        QVERIFY(pair.summary().endsWith(QStringLiteral("(the latest calls only)")));
        pair.strip().setFollow(true);
        QCOMPARE(bar->value(), bar->maximum());
    }

    void zoomKeepsWhatIsPointedAt() {
        Pair pair;
        for (int i = 1; i <= 60; ++i) {
            pair.send("0123456789");
            pair.awaitReceived(static_cast<std::uint64_t>(i) * 10);
        }
        pair.strip().setFocus();
        pair.press(Qt::Key_Home);
        for (int i = 0; i < 30; ++i)
            pair.press(Qt::Key_Right);
        const BoundaryCallId chosen = *pair.strip().current();
        const auto place = [&] { return pair.strip().rectOf(*pair.strip().boxes().find(chosen)); };
        const QRectF before = place();
        pair.press(Qt::Key_Plus);
        QVERIFY(place().width() > before.width());
        QVERIFY(std::abs(place().x() - before.x()) <= 1);
        pair.press(Qt::Key_0);
        QCOMPARE(pair.strip().zoom(), 1.0);
        for (int i = 0; i < 20; ++i)
            pair.press(Qt::Key_Minus);
        QCOMPARE(pair.strip().zoom(), BoundaryScale::least);
        const QPointF at = place().center();
        QWheelEvent wheel(at, pair.strip().viewport()->mapToGlobal(at), {}, {0, 120}, Qt::NoButton,
                          Qt::ControlModifier, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(pair.strip().viewport(), &wheel);
        QVERIFY(pair.strip().zoom() > BoundaryScale::least);
    }

    void afterAnEvictionItSaysSo() {
        SocketConfig small = loopback::configOf(Role::TcpServer);
        small.captureBytes = 0;  // the smallest
        Pair pair(small);
        pair.view->hide();
        pair.client->send({}, QByteArray(30'000'000, 'x'));
        QTRY_COMPARE(pair.server->counters().receivedBytes.get(), 30'000'000U);
        pair.view->show();
        QTRY_VERIFY2(pair.summary().startsWith(QStringLiteral("Earlier calls are no longer")),
                     qPrintable(pair.summary()));
        QVERIFY(pair.strip().boxes().columns().empty());
        pair.view->refresh();
        QVERIFY2(pair.summary().endsWith(QStringLiteral("(the latest calls only)")),
                 qPrintable(pair.summary()));
        QVERIFY(!pair.strip().boxes().columns().empty());
    }

    void hiddenItReadsNothing() {
        Pair pair;
        pair.view->hide();
        pair.send("one");
        pair.awaitReceived(3);
        QCOMPARE(pair.summary(), QStringLiteral("Nothing was sent yet"));
        pair.view->show();
        QCOMPARE(pair.summary(), QStringLiteral("1 send arrived in 1 recv"));
    }

    // In the page: the tab, its tick, and the way to the list of traffic.
    void theTabOfAPage() {
        Pair pair;
        Observation observation(pair.sockets);
        SessionPage page(*pair.client, observation);
        page.resize(1100, 900);
        page.show();
        pair.send("one");
        auto* tabs = page.findChild<QTabBar*>();
        int boundaries = 0;
        while (tabs->tabText(boundaries) != QStringLiteral("Boundaries"))
            QVERIFY(++boundaries < tabs->count());
        tabs->setCurrentIndex(boundaries);
        const auto* summary = page.findChild<QLabel*>(QStringLiteral("boundarySummary"));
        QTRY_COMPARE(summary->text(), QStringLiteral("1 send arrived in 1 recv"));
        auto* follow = page.findChild<QToolButton*>(QStringLiteral("boundaryFollow"));
        QVERIFY(follow->isVisible() && follow->isChecked());
        follow->click();
        auto* strip = page.findChild<BoundaryStrip*>();
        QVERIFY(!strip->follows());
        strip->setFocus();
        QTest::keyClick(strip, Qt::Key_Home);
        QTest::keyClick(strip, Qt::Key_Return);
        QCOMPARE(tabs->currentIndex(), 0);
        const auto row = page.findChild<RecordView*>(QStringLiteral("traffic"))->currentRow();
        QVERIFY(row.has_value());
        QVERIFY(isSend(pair.client->capture().pin(*row).record(*row).call));
    }
};

QTEST_MAIN(TestBoundaries)
#include "tst_boundaries.moc"
