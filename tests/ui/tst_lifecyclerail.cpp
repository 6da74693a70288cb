// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecyclerail.h"

#include <QSignalSpy>
#include <QTest>

#include "loopback.h"
#include "railmark.h"
#include "stagecard.h"

using namespace sockstage;

class TestLifecycleRail : public QObject {
    Q_OBJECT

private:
    static StageCard* card(const LifecycleRail& rail, Stage stage) {
        for (StageCard* each : rail.findChildren<StageCard*>())
            if (!each->isHidden() && each->facts().stage == stage) return each;
        return nullptr;
    }
    static const StageFacts& facts(LifecycleRail& rail, Stage stage) {
        rail.refresh();
        return card(rail, stage)->facts();
    }
    static std::unique_ptr<Session> listening() {
        auto server = loopback::opened(loopback::configOf(Role::TcpServer));
        [&] { QTRY_COMPARE(server->stages().at(Stage::Accept).state.load(), StageState::Waiting); }();
        return server;
    }
    static void shown(LifecycleRail& rail) {
        rail.resize(830, rail.heightForWidth(830));
        rail.show();
        QVERIFY(QTest::qWaitForWindowExposed(&rail));
    }

private Q_SLOTS:
    void aClientThatOnlySendsHasAPort() {
        const auto server = loopback::opened(loopback::configOf(Role::UdpServer));
        QTRY_VERIFY(server->localAddress().isValid());
        SocketConfig config = loopback::configOf(Role::UdpClient, loopback::portOf(*server));
        config.connectUdp = false;
        const auto client = loopback::opened(config);
        LifecycleRail rail;
        rail.setSession(client.get());
        QTRY_COMPARE(facts(rail, Stage::Bind).state, StageState::Skipped);
        QVERIFY(!facts(rail, Stage::Bind).shortFact.contains(QLatin1Char(':')));
        client->send({}, QByteArrayLiteral("hello"));
        QTRY_COMPARE(server->connections().count(), 1U);
        const int port = server->connections().at(1).peer.port();
        QTRY_COMPARE(facts(rail, Stage::Bind).shortFact, QStringLiteral(":%1").arg(port));
    }

    void aServersCards() {
        const auto server = listening();
        LifecycleRail rail;
        rail.setSession(server.get());
        // The ninth, shutdown, is a client's: it keeps its place and shows itself only when one is chosen.
        QCOMPARE(rail.findChildren<StageCard*>().size(), 9);
        QCOMPARE(card(rail, Stage::Shutdown), nullptr);
        QCOMPARE(facts(rail, Stage::Getaddrinfo).fact, QStringLiteral("1 address"));
        QCOMPARE(facts(rail, Stage::Socket).fact, QStringLiteral("fd %1").arg(server->descriptor()));
        QCOMPARE(facts(rail, Stage::Bind).fact, QString::fromStdString(server->localAddress().text()));
        QCOMPARE(facts(rail, Stage::Bind).shortFact,
                 QStringLiteral(":%1").arg(server->localAddress().port()));
        QCOMPARE(facts(rail, Stage::Listen).fact, QStringLiteral("backlog 128"));
        QVERIFY(facts(rail, Stage::Accept).time.startsWith(QStringLiteral("waiting ")));
        QCOMPARE(facts(rail, Stage::Recv).state, StageState::NotYet);
        QCOMPARE(card(rail, Stage::Bind)->accessibleName(),
                 QStringLiteral("bind, done, ") + facts(rail, Stage::Bind).fact);

        const auto client = loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*server)));
        client->send({}, QByteArrayLiteral("hello"));
        QTRY_COMPARE(facts(rail, Stage::Recv).fact, QStringLiteral("↓5 B"));
        QCOMPARE(facts(rail, Stage::Accept).fact, QStringLiteral("1 accepted"));
        QCOMPARE(facts(rail, Stage::Recv).time, QStringLiteral("1 open"));
    }

    void aFailedCardNamesTheError() {
        const auto server = listening();
        const auto second = loopback::opened(loopback::configOf(Role::TcpServer, loopback::portOf(*server)));
        LifecycleRail rail;
        rail.setSession(second.get());
        QTRY_COMPARE(facts(rail, Stage::Bind).state, StageState::Failed);
        QCOMPARE(facts(rail, Stage::Bind).fact, QStringLiteral("EADDRINUSE"));
        QVERIFY(card(rail, Stage::Bind)->accessibleName().contains(QStringLiteral("failed")));
        QTRY_COMPARE(facts(rail, Stage::Listen).state, StageState::Skipped);
    }

    void whatStoppedIsSelectedUntilSomebodyChooses() {
        SocketConfig config = loopback::configOf(Role::TcpServer);
        config.held.insert(Stage::Bind);
        config.held.insert(Stage::Listen);
        const auto server = loopback::opened(config);
        // On its way there it is shown at each stage that it waits in.
        QTRY_COMPARE(server->stages().at(Stage::Bind).state.load(), StageState::Held);
        LifecycleRail rail;
        QSignalSpy selected(&rail, &LifecycleRail::stageSelected);
        rail.setSession(server.get());
        QTRY_COMPARE(facts(rail, Stage::Bind).state, StageState::Held);
        QCOMPARE(selected.count(), 1);
        QCOMPARE(rail.selectedStage(), Stage::Bind);
        card(rail, Stage::Socket)->click();
        server->step();
        QTRY_COMPARE(facts(rail, Stage::Listen).state, StageState::Held);
        QCOMPARE(rail.selectedStage(), Stage::Socket);
        QCOMPARE(selected.count(), 2);
    }

    void holdsAndStepsByKey() {
        SocketConfig config = loopback::configOf(Role::TcpServer);
        config.held.insert(Stage::Listen);
        const auto server = loopback::opened(config);
        LifecycleRail rail;
        rail.setSession(server.get());
        shown(rail);
        QTRY_COMPARE(facts(rail, Stage::Listen).state, StageState::Held);
        QVERIFY(facts(rail, Stage::Listen).time.startsWith(QStringLiteral("held")));

        card(rail, Stage::Accept)->setFocus();
        QTest::keyClick(card(rail, Stage::Accept), Qt::Key_H);
        QTRY_VERIFY(facts(rail, Stage::Accept).willHold);
        QTest::keyClick(card(rail, Stage::Listen), Qt::Key_S);
        QTRY_COMPARE(facts(rail, Stage::Listen).state, StageState::Done);
        QTRY_COMPARE(facts(rail, Stage::Accept).state, StageState::Held);
        QTest::keyClick(card(rail, Stage::Accept), Qt::Key_H);
        QTRY_COMPARE(facts(rail, Stage::Accept).state, StageState::Waiting);
        QTest::keyClick(card(rail, Stage::Bind), Qt::Key_H);  // past: nothing to hold
        QVERIFY(!server->stages().held().contains(Stage::Bind));
    }

    void arrowsMoveAndEnterSelects() {
        const auto server = listening();
        LifecycleRail rail;
        rail.setSession(server.get());
        shown(rail);
        QSignalSpy selected(&rail, &LifecycleRail::stageSelected);
        card(rail, Stage::Getaddrinfo)->setFocus();
        QTest::keyClick(card(rail, Stage::Getaddrinfo), Qt::Key_Right);
        QTRY_VERIFY(card(rail, Stage::Socket)->hasFocus());
        QTest::keyClick(card(rail, Stage::Socket), Qt::Key_Return);
        QCOMPARE(selected.count(), 1);
        QCOMPARE(selected.first().first().value<Stage>(), Stage::Socket);
        QCOMPARE(rail.selectedStage(), Stage::Socket);
        QTest::keyClick(card(rail, Stage::Socket), Qt::Key_End);
        QTRY_VERIFY(card(rail, Stage::Close)->hasFocus());
        QTest::keyClick(card(rail, Stage::Close), Qt::Key_Right);
        QVERIFY(card(rail, Stage::Close)->hasFocus());
        rail.selectStage(Stage::Bind);
        QVERIFY(card(rail, Stage::Bind)->isChecked());
        QVERIFY(!card(rail, Stage::Socket)->isChecked());
        QCOMPARE(selected.count(), 1);
    }

    void aClientsRail() {
        const auto server = listening();
        const auto client = loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*server)));
        QTRY_COMPARE(server->connections().count(), 1U);
        LifecycleRail rail;
        rail.setSession(server.get());
        shown(rail);
        QList<QRect> before;
        for (const auto* each : rail.findChildren<StageCard*>())
            before << each->geometry();
        rail.setConnection(1);
        QList<QRect> after;
        for (const auto* each : rail.findChildren<StageCard*>())
            after << each->geometry();
        QVERIFY2(before == after, "choosing a client moves nothing");
        QVERIFY(card(rail, Stage::Shutdown)->isVisible());
        QVERIFY2(facts(rail, Stage::Accept).state == StageState::Waiting,
                 "the session's own cards stay its own");
        QVERIFY(rail.findChild<RailMark*>()->who().startsWith(QLatin1Char(':')));
        QVERIFY(!facts(rail, Stage::Recv).ended);
        client->shutdownSending({});
        QTRY_VERIFY(facts(rail, Stage::Recv).ended);
        QVERIFY2(!facts(rail, Stage::Send).ended, "each direction ends on its own");
        QCOMPARE(facts(rail, Stage::Shutdown).fact, QStringLiteral("peer sent EOF"));
        server->shutdownSending({1});
        QTRY_VERIFY(facts(rail, Stage::Send).ended);
        QTRY_COMPARE(facts(rail, Stage::Close).state, StageState::Done);
    }

    void unreadBytesWarnOfAReset() {
        const auto server = listening();
        const auto client = loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*server)));
        QTRY_COMPARE(server->connections().count(), 1U);
        LifecycleRail rail;
        rail.setSession(server.get());
        rail.setConnection(1);
        shown(rail);
        QTest::keyClick(card(rail, Stage::Recv), Qt::Key_H);
        QTRY_COMPARE(facts(rail, Stage::Recv).state, StageState::Held);
        client->send({}, QByteArray(12, 'x'));
        server->watch({1}, false);
        QTRY_COMPARE(facts(rail, Stage::Close).fact, QStringLiteral("unread 12 B"));
        QCOMPARE(facts(rail, Stage::Close).time, QStringLiteral("close will send a reset"));
        server->closeConnections({1});
        QTRY_COMPARE(facts(rail, Stage::Close).fact, QStringLiteral("closed with 12 B unread: reset sent"));
    }

    void whatWasUnreadIsForgottenOnceRead() {
        const auto server = listening();
        SocketConfig config = loopback::configOf(Role::TcpClient, loopback::portOf(*server));
        config.held.insert(Stage::Recv);
        const auto client = loopback::opened(config);
        QTRY_COMPARE(server->connections().count(), 1U);
        LifecycleRail rail;
        rail.setSession(client.get());
        client->watch({1}, false);
        server->send({}, QByteArray(23, 'x'));
        QTRY_COMPARE(facts(rail, Stage::Close).fact, QStringLiteral("unread 23 B"));
        client->release(Stage::Recv);
        QTRY_COMPARE(client->counters().receivedBytes.get(), 23U);
        QTRY_COMPARE(facts(rail, Stage::Close).fact, QStringLiteral("—"));
    }

    void aClientsOwnSocketAndUdp() {
        const auto server = listening();
        const auto client = loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*server)));
        LifecycleRail rail;
        rail.setSession(client.get());
        QTRY_COMPARE(facts(rail, Stage::Connect).state, StageState::Done);
        QCOMPARE(facts(rail, Stage::Connect).fact, QString::fromStdString(server->localAddress().text()));
        QCOMPARE(facts(rail, Stage::Bind).state, StageState::Skipped);
        server->shutdownSending({});
        QTRY_VERIFY(facts(rail, Stage::Recv).ended);
        QVERIFY(!facts(rail, Stage::Send).ended);
        QCOMPARE(facts(rail, Stage::Shutdown).fact, QStringLiteral("peer sent EOF"));
        const auto udp = loopback::opened(loopback::configOf(Role::UdpServer));
        rail.setSession(udp.get());
        QTRY_COMPARE(facts(rail, Stage::Recv).state, StageState::Waiting);
        QCOMPARE(card(rail, Stage::Accept), nullptr);
        rail.setSession(nullptr);
        rail.refresh();
    }

    void eightCardsFitAndFewerWidthWraps() {
        const auto server = listening();
        LifecycleRail rail;
        QFont small = rail.font();
        small.setPointSizeF(9);
        rail.setFont(small);
        rail.setSession(server.get());
        QCOMPARE(rail.heightForWidth(830), card(rail, Stage::Bind)->minimumSizeHint().height());
        QVERIFY(rail.heightForWidth(500) > rail.heightForWidth(830));
        rail.resize(500, rail.heightForWidth(500));
        rail.show();
        for (const StageCard* each : rail.findChildren<StageCard*>())
            QVERIFY(rail.rect().contains(each->geometry()));
    }
};

QTEST_MAIN(TestLifecycleRail)
#include "tst_lifecyclerail.moc"
