// SPDX-License-Identifier: GPL-3.0-or-later
#include "whypanel.h"

#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include "loopback.h"
#include "sessionheader.h"

using namespace sockstage;

class TestWhyPanel : public QObject {
    Q_OBJECT

private:
    static QString allText(const QWidget& panel) {
        QStringList text;
        for (const QLabel* label : panel.findChildren<QLabel*>())
            if (!label->isHidden()) text << label->text();
        return text.join(QLatin1Char('\n'));
    }

private Q_SLOTS:
    void whoHasThePort() {
        const auto first = loopback::opened(loopback::configOf(Role::TcpServer));
        QTRY_COMPARE(first->stages().at(Stage::Accept).state.load(), StageState::Waiting);
        SocketConfig config = loopback::configOf(Role::TcpServer, loopback::portOf(*first));
        config.reuseAddress = false;
        const auto second = loopback::opened(config);
        QTRY_COMPARE(second->stages().at(Stage::Bind).state.load(), StageState::Failed);
        WhyPanel panel;
        panel.setStage(second.get(), Stage::Bind, 0);
        QTRY_VERIFY((panel.refresh(), allText(panel).contains(QStringLiteral("LISTEN"))));
        QVERIFY2(allText(panel).contains(QString::number(QCoreApplication::applicationPid())),
                 qPrintable(allText(panel)));
        QVERIFY(allText(panel).contains(QStringLiteral("SO_REUSEADDR does not help")));
        QVERIFY2(panel.findChild<QPushButton*>(QStringLiteral("retryWithReuse"))->isHidden(),
                 "it would fail in the same way");
    }

    void reuseIsOfferedWhereItHelps() {
        const auto first = loopback::opened(loopback::configOf(Role::TcpServer));
        QTRY_COMPARE(first->stages().at(Stage::Accept).state.load(), StageState::Waiting);
        const auto port = loopback::portOf(*first);
        const auto client = loopback::opened(loopback::configOf(Role::TcpClient, port));
        QTRY_COMPARE(first->connections().count(), 1U);
        first->observe(1, 20);
        // Who closes first keeps the port in TIME-WAIT.
        const auto isIn = [&](TcpState state) {
            const std::vector<TcpState> way = first->tcpStateHistory(1);
            return !way.empty() && way.back() == state;
        };
        first->closeConnections({1}, 0);
        QTRY_VERIFY(isIn(TcpState::FinWait2));
        client->close(0);
        QTRY_VERIFY(isIn(TcpState::TimeWait));
        first->close(0);
        QTRY_VERIFY(first->isFinished());
        SocketConfig config = loopback::configOf(Role::TcpServer, port);
        config.reuseAddress = false;
        const auto second = loopback::opened(config);
        QTRY_COMPARE(second->stages().at(Stage::Bind).state.load(), StageState::Failed);
        WhyPanel panel;
        panel.setStage(second.get(), Stage::Bind, 0);
        QTRY_VERIFY((panel.refresh(), allText(panel).contains(QStringLiteral("TIME-WAIT"))));
        auto* retry = panel.findChild<QPushButton*>(QStringLiteral("retryWithReuse"));
        QVERIFY(!retry->isHidden());
        QSignalSpy wanted(&panel, &WhyPanel::retryWithReuseWanted);
        retry->click();
        QCOMPARE(wanted.count(), 1);
    }

    void aRefusalSaysWhatCameBack() {
        auto server = loopback::opened(loopback::configOf(Role::TcpServer));
        QTRY_COMPARE(server->stages().at(Stage::Accept).state.load(), StageState::Waiting);
        const auto port = loopback::portOf(*server);
        server.reset();
        const auto client = loopback::opened(loopback::configOf(Role::TcpClient, port));
        QTRY_COMPARE(client->stages().at(Stage::Connect).state.load(), StageState::Failed);
        WhyPanel panel;
        panel.setStage(client.get(), Stage::Connect, 0);
        QVERIFY2(allText(panel).contains(QStringLiteral("reset"), Qt::CaseInsensitive),
                 qPrintable(allText(panel)));
        QVERIFY(panel.findChild<QPushButton*>(QStringLiteral("retryWithReuse"))->isHidden());
    }

    void whoCanReachAListener() {
        const auto server = loopback::opened(loopback::configOf(Role::TcpServer));
        QTRY_COMPARE(server->stages().at(Stage::Accept).state.load(), StageState::Waiting);
        WhyPanel panel;
        panel.setStage(server.get(), Stage::Bind, 0);
        QTRY_VERIFY2((panel.refresh(), allText(panel).contains(QStringLiteral("✔ 127.0.0.1"))),
                     qPrintable(allText(panel)));
        panel.setStage(server.get(), Stage::Send, 0);
        QVERIFY2(panel.isHidden(), "nothing to say about a stage that did not fail");
    }

    /// The header's sentence and the list beside the stage are one answer, before listen() as after it.
    void beforeListenNobodyCan() {
        SocketConfig config = loopback::configOf(Role::TcpServer);
        config.held.insert(Stage::Listen);
        const auto server = loopback::opened(config);
        QTRY_COMPARE(server->stages().at(Stage::Listen).state.load(), StageState::Held);
        WhyPanel panel;
        SessionHeader header(*server);
        const auto* sentence = header.findChild<QLabel*>(QStringLiteral("headerReach"));
        panel.setStage(server.get(), Stage::Bind, 0);
        const auto refresh = [&] {
            panel.refresh();
            header.refresh();
        };
        QTRY_VERIFY2((refresh(), allText(panel).contains(QStringLiteral("✘ 127.0.0.1"))),
                     qPrintable(allText(panel)));
        QTRY_COMPARE(
            (refresh(), sentence->text()),
            QStringLiteral("Nobody can connect before listen(); then only this machine can reach it."));
        server->release(Stage::Listen);
        QTRY_VERIFY2((refresh(), allText(panel).contains(QStringLiteral("✔ 127.0.0.1"))),
                     qPrintable(allText(panel)));
        QCOMPARE((refresh(), sentence->text()), QStringLiteral("Only this machine can reach it."));
        server->close(0);
        QTRY_VERIFY(server->isFinished());
        refresh();
        QVERIFY2(sentence->text().isEmpty(), "nobody can any more");
    }
};

QTEST_MAIN(TestWhyPanel)
#include "tst_whypanel.moc"
