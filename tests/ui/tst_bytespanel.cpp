// SPDX-License-Identifier: GPL-3.0-or-later
#include "bytespanel.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QPushButton>
#include <QTest>

#include "hexdump.h"
#include "loopback.h"

using namespace sockstage;

class TestBytesPanel : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<Session> server_, client_;

    static quint64 rowOf(const Session& session, Call call) {
        for (quint64 row = session.capture().beginRow(); row < session.capture().endRow(); ++row)
            if (session.capture().pin(row).record(row).call == call) return row;
        return ~quint64{0};
    }
    static QString allText(const QWidget& panel) {
        QString text;
        for (const QLabel* label : panel.findChildren<QLabel*>())
            text += label->text() + QLatin1Char('\n');
        return text;
    }

private Q_SLOTS:
    void init() {
        server_ = loopback::opened(loopback::configOf(Role::TcpServer));
        QTRY_COMPARE(server_->stages().at(Stage::Accept).state.load(), StageState::Waiting);
        client_ = loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*server_)));
        client_->send({}, QByteArrayLiteral("HTTP/1.1 200 OK\r\nhello"));
        QTRY_COMPARE(server_->counters().receivedBytes.get(), quint64{22});
    }

    void hexAndTheCall() {
        BytesPanel panel;
        panel.setSession(server_.get());
        panel.showRow(rowOf(*server_, Call::Recv));
        const auto* dump = panel.findChild<HexDump*>();
        QCOMPARE(dump->lineCount(), 2);
        QCOMPARE(dump->lineText(0),
                 QStringLiteral("0000  48 54 54 50 2f 31 2e 31  20 32 30 30 20 4f 4b 0d  HTTP/1.1 200 OK."));
        QCOMPARE(dump->lineText(1), QStringLiteral("0010  0a 68 65 6c 6c 6f") +
                                        QString(33, QLatin1Char(' ')) + QStringLiteral(".hello"));
        const QString peer = QString::fromStdString(server_->connections().at(1).peer.text());
        QVERIFY(allText(panel).contains(QStringLiteral("22 bytes received from ") + peer));
        QVERIFY(allText(panel).contains(QStringLiteral("recv(")));
        QVERIFY(allText(panel).contains(QStringLiteral("in the call")));
    }

    void copies() {
        BytesPanel panel;
        panel.setSession(server_.get());
        panel.showRow(rowOf(*server_, Call::Recv));
        const auto copied = [&](const QString& name) {
            for (auto* button : panel.findChildren<QPushButton*>())
                if (button->text() == name) button->click();
            return QGuiApplication::clipboard()->text();
        };
        QCOMPARE(copied(QStringLiteral("Text")), QStringLiteral("HTTP/1.1 200 OK\\r\\nhello"));
        QVERIFY(copied(QStringLiteral("Hex")).startsWith(QStringLiteral("48 54 54 50")));
        QVERIFY(
            copied(QStringLiteral("C array")).startsWith(QStringLiteral("const unsigned char data[22] = {")));
    }

    void aCallWithoutBytes() {
        BytesPanel panel;
        panel.setSession(server_.get());
        panel.showRow(rowOf(*server_, Call::Listen));
        QVERIFY(panel.findChild<HexDump*>()->bytes().isEmpty());
        QVERIFY(allText(panel).contains(QStringLiteral("listen(")));
        for (const auto* button : panel.findChildren<QPushButton*>())
            QVERIFY(!button->isEnabled());
    }

    void anEvictedRowSaysSo() {
        SocketConfig config = loopback::configOf(Role::TcpServer);
        config.captureBytes = 1;
        const auto small = loopback::opened(config);
        QTRY_COMPARE(small->stages().at(Stage::Accept).state.load(), StageState::Waiting);
        const auto flood = loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*small)));
        flood->send({}, QByteArray(24'000'000, 'x'));
        QTRY_VERIFY(small->capture().beginRow() > 0);
        BytesPanel panel;
        panel.setSession(small.get());
        panel.showRow(0);
        QVERIFY(panel.findChild<HexDump*>()->accessibleDescription().contains(QStringLiteral("Evicted")));
        panel.setSession(nullptr);
        panel.showRow(3);
        QVERIFY(panel.findChild<HexDump*>()->bytes().isEmpty());
    }
};

QTEST_MAIN(TestBytesPanel)
#include "tst_bytespanel.moc"
