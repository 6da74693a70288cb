// SPDX-License-Identifier: GPL-3.0-or-later
#include "stageinspector.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QPushButton>
#include <QRegularExpression>
#include <QTest>
#include <QTextBrowser>
#include <QToolButton>

#include "loopback.h"
#include "stagelead.h"

using namespace sockstage;

class TestStageInspector : public QObject {
    Q_OBJECT

private:
    static std::unique_ptr<Session> listening(
        const SocketConfig& config = loopback::configOf(Role::TcpServer)) {
        auto server = loopback::opened(config);
        [&] { QTRY_COMPARE(server->stages().at(Stage::Accept).state.load(), StageState::Waiting); }();
        return server;
    }
    static QString allText(const StageInspector& inspector) {
        QStringList text{inspector.title(), inspector.fact()};
        for (const QLabel* label : inspector.findChildren<QLabel*>())
            if (!label->isHidden()) text << label->text();
        for (const QTextBrowser* browser : inspector.findChildren<QTextBrowser*>())
            if (!browser->isHidden()) text << browser->toPlainText();
        return text.join(QLatin1Char('\n'));
    }

private Q_SLOTS:
    void theCallsWithResultAndTime() {
        const auto server = listening();
        StageInspector inspector;
        inspector.setDetailed(true);
        inspector.setSession(server.get());
        inspector.setStage(Stage::Bind, 0);
        const QString text = allText(inspector);
        QVERIFY(text.contains(QStringLiteral("Stage: bind")));
        QVERIFY(text.contains(QStringLiteral("✔ done")));
        QVERIFY(text.contains(QStringLiteral("bind(")));
        QVERIFY2(text.contains(QStringLiteral("getsockname(")), "what serves the stage belongs to it");
        QVERIFY(text.contains(QStringLiteral("µs")) || text.contains(QStringLiteral(" ns")));
        QVERIFY(!text.contains(QStringLiteral("listen(")) || text.contains(QStringLiteral("until listen")));
    }

    void optionsAskedBesideGranted() {
        SocketConfig config = loopback::configOf(Role::TcpServer);
        config.receiveBufferBytes = 65536;
        const auto server = listening(config);
        StageInspector inspector;
        inspector.setDetailed(true);
        inspector.setSession(server.get());
        inspector.setStage(Stage::Socket, 0);
        // The kernel doubles it: socket(7).
        QVERIFY(allText(inspector).contains(QStringLiteral("SO_RCVBUF: asked 65536, granted 131072")));
    }

    void aFailureIsExplained() {
        const auto server = listening();
        const auto second = loopback::opened(loopback::configOf(Role::TcpServer, loopback::portOf(*server)));
        QTRY_COMPARE(second->stages().at(Stage::Bind).state.load(), StageState::Failed);
        StageInspector inspector;
        inspector.setSession(second.get());
        inspector.setStage(Stage::Bind, 0);
        const QString text = allText(inspector);
        QVERIFY(text.contains(QStringLiteral("EADDRINUSE (Address already in use)")));
        QVERIFY(text.contains(QStringLiteral("Another socket")));
        QVERIFY(text.contains(QStringLiteral("✖ failed")));
        QVERIFY(second->portOwner().isEmpty() || text.contains(second->portOwner()));
    }

    void everyAttemptIsVisible() {
        const auto server = listening();
        SocketConfig config = loopback::configOf(Role::TcpClient, loopback::portOf(*server));
        config.endpoint.host = "localhost";
        const auto client = loopback::opened(config);
        QTRY_COMPARE(client->stages().at(Stage::Connect).state.load(), StageState::Done);
        StageInspector inspector;
        inspector.setSession(client.get());
        inspector.setStage(Stage::Connect, 0);
        inspector.setDetailed(true);
        const QString text = allText(inspector);
        QVERIFY(text.contains(QString::fromStdString(server->localAddress().text()) +
                              QStringLiteral(": connected")));
        if (text.contains(QStringLiteral("[::1]"))) QVERIFY(text.contains(QStringLiteral("ECONNREFUSED")));
    }

    void aRefusedConnectIsExplained() {
        quint16 port = 0;
        {
            const auto server = listening();
            port = loopback::portOf(*server);
        }
        const auto client = loopback::opened(loopback::configOf(Role::TcpClient, port));
        QTRY_COMPARE(client->stages().at(Stage::Connect).state.load(), StageState::Failed);
        StageInspector inspector;
        inspector.setSession(client.get());
        inspector.setStage(Stage::Connect, 0);
        QVERIFY(allText(inspector).contains(QStringLiteral(": ECONNREFUSED")));
        QVERIFY(!explainedFailure(inspector).isEmpty());
        // The call that began it has not failed: the one that reported the outcome stands in the box.
        const QString box = textOf(inspector, "Calls of this stage");
        QVERIFY2(box.contains(QStringLiteral("ECONNREFUSED")), qPrintable(box));
        QVERIFY2(!box.contains(QStringLiteral("EINPROGRESS")), qPrintable(box));
    }

    void aConnectIsShownWithItsOutcome() {
        const auto server = listening();
        const auto client = loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*server)));
        QTRY_COMPARE(client->stages().at(Stage::Connect).state.load(), StageState::Done);
        StageInspector inspector;
        inspector.setSession(client.get());
        inspector.setStage(Stage::Connect, 0);
        const QString box = textOf(inspector, "Calls of this stage");
        QVERIFY2(box.startsWith(QStringLiteral("connect(")), qPrintable(box));
        QCOMPARE(box.contains(QStringLiteral("EINPROGRESS")), box.contains(QStringLiteral("SO_ERROR")));
    }

    void theLatestOfAFewIsCalledSo() {
        const auto server = listening();
        const auto client = loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*server)));
        QTRY_COMPARE(server->connections().count(), 1U);
        StageInspector inspector;
        inspector.setSession(server.get());
        for (quint64 sent = 1; sent <= 3; ++sent) {
            client->send({}, QByteArrayLiteral("x"));
            QTRY_COMPARE(server->counters().receivedMessages.get(), sent);
        }
        inspector.setStage(Stage::Recv, 1);
        const QString text = allText(inspector);
        QVERIFY2(text.contains(QRegularExpression(QStringLiteral("Call (\\d) of \\1, the latest:"))),
                 qPrintable(text));
    }

    void whyNoCallIsThere() {
        SocketConfig config = loopback::configOf(Role::TcpServer);
        config.captureBytes = std::size_t{1} << 20;
        const auto server = listening(config);
        StageInspector inspector;
        inspector.setSession(server.get());
        inspector.setStage(Stage::Send, 0);
        QVERIFY(allText(inspector).contains(QStringLiteral("No call of this stage has been made.")));
        const auto client = loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*server)));
        client->send({}, QByteArray(qsizetype{64} << 20, 'x'));
        QTRY_VERIFY_WITH_TIMEOUT(server->capture().beginRow() > 64, 30'000);
        inspector.setStage(Stage::Bind, 0);
        const QString text = allText(inspector);
        QVERIFY2(text.contains(QStringLiteral("the capture's limit")), qPrintable(text));
        inspector.setStage(Stage::Send, 1);
        QVERIFY2(allText(inspector).contains(QStringLiteral("has been made")), "nothing was sent");
    }

    void theBoxDoesNotShrinkUnderTheEyes() {
        const auto server = listening();
        const auto client = loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*server)));
        QTRY_COMPARE(server->connections().count(), 1U);
        StageInspector inspector;
        inspector.setSession(server.get());
        inspector.setStage(Stage::Recv, 1);
        inspector.resize(260, 600);
        inspector.show();
        const auto height = [&] {
            for (const auto* browser : inspector.findChildren<QTextBrowser*>())
                if (browser->accessibleName() == QStringLiteral("Calls of this stage"))
                    return browser->sizeHint().height();
            return 0;
        };
        client->send({}, QByteArray(60, 'x'));
        QTRY_VERIFY((inspector.refresh(), allText(inspector).contains(QStringLiteral("= 60"))));
        const int high = height();
        client->send({}, QByteArrayLiteral("y"));
        QTRY_VERIFY((inspector.refresh(), allText(inspector).contains(QStringLiteral("\"y\""))));
        QCOMPARE(height(), high);
        inspector.setStage(Stage::Accept, 1);
        inspector.setStage(Stage::Recv, 1);
        QVERIFY2(height() < high, "another stage begins anew");
    }

    static QString explainedFailure(const StageInspector& inspector) {
        for (const auto* browser : inspector.findChildren<QTextBrowser*>())
            if (browser->accessibleName().contains(QStringLiteral("failure")) && !browser->isHidden())
                return browser->toPlainText();
        return {};
    }

    void oneClientsCallsOnly() {
        const auto server = listening();
        const auto first = loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*server)));
        QTRY_COMPARE(server->connections().count(), 1U);
        const auto second = loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*server)));
        QTRY_COMPARE(server->connections().count(), 2U);
        first->send({}, QByteArrayLiteral("alpha"));
        second->send({}, QByteArrayLiteral("<i>beta</i>"));
        QTRY_COMPARE(server->counters().receivedMessages.get(), quint64{2});
        StageInspector inspector;
        inspector.setSession(server.get());
        inspector.setDetailed(true);
        inspector.setStage(Stage::Recv, 2);
        QVERIFY(allText(inspector).contains(QStringLiteral("<i>beta</i>")));
        QVERIFY(!allText(inspector).contains(QStringLiteral("alpha")));
        inspector.setStage(Stage::Recv, 0);
        QVERIFY(allText(inspector).contains(QStringLiteral("alpha")));
        inspector.setStage(Stage::Accept, 1);
        QVERIFY(allText(inspector).contains(QStringLiteral("accept4(")));
    }

    void aFailedCallIsNotCalledTheLatest() {
        const auto server = listening();
        const auto port = loopback::portOf(*server);
        const auto first = loopback::opened(loopback::configOf(Role::TcpClient, port));
        QTRY_COMPARE(server->connections().count(), 1U);
        const auto second = loopback::opened(loopback::configOf(Role::TcpClient, port));
        QTRY_COMPARE(server->connections().count(), 2U);
        StageInspector inspector;
        inspector.setSession(server.get());
        const auto shown = [&] {
            inspector.setStage(Stage::Recv, 0);
            return allText(inspector);
        };
        for (quint64 sent = 1; sent <= 15; ++sent) {
            second->send({}, QByteArrayLiteral("x"));
            QTRY_COMPARE(server->counters().receivedMessages.get(), sent);
        }
        QVERIFY(shown().contains(QStringLiteral("The latest call of this stage:")));
        first->reset({});
        QTRY_VERIFY(server->connections().at(1).end.load() == EndReason::ResetByPeer);
        QVERIFY(shown().contains(QStringLiteral("The latest call of this stage:")));
        second->send({}, QByteArrayLiteral("later"));
        QTRY_COMPARE(server->counters().receivedMessages.get(), quint64{16});
        const QString text = shown();
        QVERIFY(text.contains(QStringLiteral("ECONNRESET")));
        QVERIFY2(text.contains(QStringLiteral("A failed call among the latest 12:")), qPrintable(text));
        QVERIFY(!text.contains(QStringLiteral("The latest call")));
    }

    void newCallsAppearAtTheNextRefresh() {
        const auto server = listening();
        const auto client = loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*server)));
        StageInspector inspector;
        inspector.setSession(server.get());
        inspector.setStage(Stage::Recv, 0);
        QVERIFY(allText(inspector).contains(QStringLiteral("No call")));
        client->send({}, QByteArrayLiteral("later"));
        QTRY_VERIFY((inspector.refresh(), allText(inspector).contains(QStringLiteral("\"later\""))));
    }

    void buttonsCopy() {
        const auto server = listening();
        StageInspector inspector;
        inspector.setSession(server.get());
        inspector.setStage(Stage::Getaddrinfo, 0);
        for (auto* button : inspector.findChildren<QPushButton*>()) {
            // A whole program, and a new socket: not the texts that this is about.
            if (button->objectName() == QLatin1String("copyStageProgram") ||
                button->objectName() == QLatin1String("retryWithReuse"))
                continue;
            button->click();
            const QString copied = QGuiApplication::clipboard()->text();
            if (button->text() == QStringLiteral("man"))
                QCOMPARE(copied, QStringLiteral("man 3 getaddrinfo"));
            else
                QVERIFY(copied.startsWith(QStringLiteral("getaddrinfo(\"127.0.0.1\"")));
        }
    }

    static QString textOf(const StageInspector& inspector, const char* part) {
        for (const auto* browser : inspector.findChildren<QTextBrowser*>())
            if (browser->accessibleName() == QLatin1String(part) && !browser->isHidden())
                return browser->toPlainText();
        return {};
    }

    void inShortFirst() {
        const auto server = listening();
        StageInspector inspector;
        inspector.setSession(server.get());
        inspector.setStage(Stage::Bind, 0);
        const QString shortCalls = textOf(inspector, "Calls of this stage"),
                      shortText = textOf(inspector, "What the stage does");
        QVERIFY(shortCalls.startsWith(QStringLiteral("bind(")));
        QVERIFY(!shortCalls.contains(QStringLiteral("getsockname(")));
        QVERIFY2(allText(inspector).contains(QRegularExpression(QStringLiteral("Call \\d of \\d"))),
                 "what is left out is said");
        QVERIFY2(shortText.isEmpty(), "the explanation is one click away");
        auto* more = inspector.findChild<QToolButton*>(QStringLiteral("stageMore"));
        more->click();
        QVERIFY(inspector.isDetailed());
        QVERIFY(textOf(inspector, "Calls of this stage").contains(QStringLiteral("getsockname(")));
        QVERIFY(textOf(inspector, "What the stage does").startsWith(QStringLiteral("Ties the socket")));
        QVERIFY(textOf(inspector, "What the stage does").contains(QStringLiteral("RFC")));
        more->click();
        QCOMPARE(textOf(inspector, "What the stage does"), shortText);
        QCOMPARE(textOf(inspector, "Calls of this stage"), shortCalls);
    }

    void inShortAFailureComesFirst() {
        const auto server = listening();
        const auto second = loopback::opened(loopback::configOf(Role::TcpServer, loopback::portOf(*server)));
        QTRY_COMPARE(second->stages().at(Stage::Bind).state.load(), StageState::Failed);
        StageInspector inspector;
        inspector.setSession(second.get());
        inspector.setStage(Stage::Bind, 0);
        QVERIFY(textOf(inspector, "Calls of this stage").contains(QStringLiteral("EADDRINUSE")));
        QVERIFY(explainedFailure(inspector).startsWith(QStringLiteral("Another socket")));
        QVERIFY(textOf(inspector, "What the stage does").isEmpty());
        const QString inShort = explainedFailure(inspector);
        inspector.setDetailed(true);
        QVERIFY(explainedFailure(inspector).startsWith(inShort));
        QVERIFY(explainedFailure(inspector).size() > inShort.size());
        QVERIFY(!textOf(inspector, "What the stage does").isEmpty());
    }

    void theBeginningOfAnExplanation() {
        QCOMPARE(leadOf(QString()), QString());
        QCOMPARE(leadOf(QStringLiteral("One.\n\nTwo.")), QStringLiteral("One."));
        QCOMPARE(leadOf(QStringLiteral("One.\n\n- a\n  b\n- c\n- d\n\nTwo.")),
                 QStringLiteral("One.\n\n- a\n  b\n- c"));
    }

    void withoutASession() {
        StageInspector inspector;
        inspector.refresh();
        inspector.setStage(Stage::Bind, 3);
        QVERIFY(!inspector.isEnabled());
    }
};

QTEST_MAIN(TestStageInspector)
#include "tst_stageinspector.moc"
