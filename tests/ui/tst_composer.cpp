// SPDX-License-Identifier: GPL-3.0-or-later
#include "composer.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSettings>
#include <QTemporaryFile>
#include <QTest>
#include <QToolButton>

#include "choicebutton.h"
#include "loopback.h"
#include "targetchoice.h"

using namespace sockstage;
using loopback::received;

/// A composer on one end and what really arrives on the other.
class TestComposer : public QObject {
    Q_OBJECT

public:
    static void initMain() { loopback::useOwnSettings(); }

private:
    std::unique_ptr<Session> server_, client_;
    std::unique_ptr<Composer> composer_;

    template <class Widget>
    Widget* part(const char* name) const {
        return composer_->findChild<Widget*>(QLatin1String(name));
    }
    QPlainTextEdit* edit() const { return part<QPlainTextEdit>("message"); }
    QString note() const { return part<QLabel>("composerNote")->text(); }
    void choose(const QVariant& value, const char* accessibleName) const {
        const auto buttons = composer_->findChildren<ChoiceButton*>();
        for (ChoiceButton* button : buttons)
            if (button->accessibleName() == QLatin1String(accessibleName)) button->choose(value);
    }
    void chooseHex(bool hex) const { choose(hex, "How the message is written"); }
    void chooseEnding(LineEnding ending) const {
        choose(static_cast<int>(ending), "What is appended to a text");
    }
    void typeAndSend(const char* text) const {
        QTest::keyClicks(edit(), QLatin1String(text));
        QTest::keyClick(edit(), Qt::Key_Return, Qt::ControlModifier);
    }
    void makeComposer(Session& session) {
        composer_ = std::make_unique<Composer>();
        composer_->setSession(&session);
        composer_->show();
        edit()->setFocus();
    }
    void connectPair() {
        server_ = loopback::opened(loopback::configOf(Role::TcpServer));
        QTRY_VERIFY(server_->localAddress().isValid() && server_->stateWord() == QLatin1String("listening"));
        client_ = loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*server_)));
        QTRY_COMPARE(server_->counters().openConnections.get(), 1U);
        QTRY_COMPARE(client_->counters().openConnections.get(), 1U);
    }

private Q_SLOTS:
    void init() {
        QSettings().clear();
        connectPair();
        makeComposer(*client_);
    }
    void cleanup() {
        composer_.reset();
        client_.reset();
        server_.reset();
    }

    void textWithEscapesAndEnding() {
        chooseEnding(LineEnding::CrLf);
        edit()->setPlainText(QStringLiteral("PING \\x01\\0\\\\ \u00e4"));
        composer_->sendNow();
        QTRY_COMPARE(received(*server_), QByteArray("PING \x01\0\\ \xc3\xa4\r\n", 13));
        QVERIFY2(edit()->toPlainText().isEmpty(), "a kept message leaves the field");
    }

    void noBreakSpaceStaysWhatItIs() {
        edit()->setPlainText(QStringLiteral("a\u00a0b\nc"));
        composer_->sendNow();
        QTRY_COMPARE(received(*server_), QByteArray("a\xc2\xa0"
                                                    "b\nc"));
    }

    void hex() {
        chooseHex(true);
        chooseEnding(LineEnding::Lf);
        typeAndSend("48 65 6c,6C 0x6f");
        QTRY_COMPARE(received(*server_), QByteArray("Hello"));
    }

    void anErrorIsMarkedAndNothingIsSent_data() {
        QTest::addColumn<bool>("hex");
        QTest::addColumn<QByteArray>("typed");
        QTest::addColumn<int>("position");
        QTest::newRow("unknown escape") << false << QByteArray("ab\\q") << 2;
        QTest::newRow("after a wide character") << false << QByteArray("\xf0\x9f\x98\x80\\x4") << 2;
        QTest::newRow("half a byte") << true << QByteArray("48 6") << 3;
        QTest::newRow("no hex digit") << true << QByteArray("48 4x") << 3;
    }
    void anErrorIsMarkedAndNothingIsSent() {
        QFETCH(bool, hex);
        QFETCH(QByteArray, typed);
        QFETCH(int, position);
        chooseHex(hex);
        edit()->setPlainText(QString::fromUtf8(typed));
        QVERIFY(!note().isEmpty());
        QCOMPARE(edit()->extraSelections().size(), 1);
        QCOMPARE(edit()->extraSelections().first().cursor.selectionStart(), position);
        QTest::keyClick(edit(), Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(QString(edit()->toPlainText()), QString::fromUtf8(typed));
        edit()->setPlainText(QStringLiteral("41"));
        QVERIFY(note().isEmpty());
        QVERIFY(edit()->extraSelections().isEmpty());
        composer_->sendNow();
        QTRY_COMPARE(received(*server_), hex ? QByteArray("A") : QByteArray("41"));
    }

    void emptyStreamMessage() {
        composer_->sendNow();
        QVERIFY(note().startsWith(QStringLiteral("Nothing to send")));
    }

    void historyByUpAndDown() {
        typeAndSend("one");
        chooseHex(true);
        typeAndSend("02");
        chooseHex(false);
        QTRY_COMPARE(received(*server_), QByteArray("one\x02"));
        QTest::keyClicks(edit(), QStringLiteral("draft"));
        QTest::keyClick(edit(), Qt::Key_Up);
        QCOMPARE(edit()->toPlainText(), QStringLiteral("02"));
        QTest::keyClick(edit(), Qt::Key_Up);
        QCOMPARE(edit()->toPlainText(), QStringLiteral("one"));
        QTest::keyClick(edit(), Qt::Key_Up);
        QCOMPARE(edit()->toPlainText(), QStringLiteral("one"));
        QTest::keyClick(edit(), Qt::Key_Down);
        QTest::keyClick(edit(), Qt::Key_Down);
        QCOMPARE(edit()->toPlainText(), QStringLiteral("draft"));
    }

    void upMovesInsideALongerMessage() {
        typeAndSend("sent");
        edit()->setPlainText(QStringLiteral("first\nsecond"));
        edit()->moveCursor(QTextCursor::End);
        QTest::keyClick(edit(), Qt::Key_Up);
        QCOMPARE(edit()->toPlainText(), QStringLiteral("first\nsecond"));
        QTest::keyClick(edit(), Qt::Key_Up);
        QCOMPARE(edit()->toPlainText(), QStringLiteral("sent"));
    }

    void aLargePasteIsKeptAside() {
        const QByteArray bytes(3 << 20, 'p');
        QMimeData* paste = new QMimeData;
        paste->setData(QStringLiteral("text/plain"), bytes);
        QGuiApplication::clipboard()->setMimeData(paste);
        edit()->paste();
        QVERIFY(edit()->document()->isEmpty());
        QVERIFY(part<QLabel>("attachment")->isVisible());
        QVERIFY(part<QLabel>("attachment")->text().contains(QStringLiteral("728")));
        composer_->sendNow();
        QTRY_COMPARE(server_->counters().receivedBytes.get(), static_cast<quint64>(bytes.size()));
        QVERIFY(!part<QLabel>("attachment")->isVisible());
    }

    void aPasteCanBeTakenBack() {
        QMimeData* paste = new QMimeData;
        paste->setData(QStringLiteral("text/plain"), QByteArray(2 << 20, 'p'));
        QGuiApplication::clipboard()->setMimeData(paste);
        edit()->paste();
        part<QPushButton>("removeAttachment")->click();
        typeAndSend("x");
        QTRY_COMPARE(received(*server_), QByteArray("x"));
    }

    void repeatsUntilStopped() {
        choose(10, "Send again and again");
        typeAndSend("tick\\n");
        QVERIFY(part<QPushButton>("stopRepeating")->isVisible());
        QTRY_VERIFY(received(*server_).count("tick\n") >= 5);
        QTest::mouseClick(part<QPushButton>("stopRepeating"), Qt::LeftButton);
        QVERIFY(part<QPushButton>("send")->isVisible());
        QCOMPARE(edit()->toPlainText(), QStringLiteral("tick\\n"));
    }

    void aFile() {
        QTemporaryFile file;
        QVERIFY(file.open());
        const QByteArray bytes(500'000, 'f');
        file.write(bytes);
        file.flush();
        composer_->attachFile(file.fileName());
        auto* waiting = part<QLabel>("attachment");
        QVERIFY(waiting->isVisible() && waiting->text().contains(QStringLiteral("500 kB")));
        QTest::qWait(0);
        QCOMPARE(client_->counters().sentBytes.get(), 0U);
        QVERIFY2(client_->counters().queuedBytes.get() == 0, "a picked file waits for Send");
        QTest::mouseClick(part<QPushButton>("removeAttachment"), Qt::LeftButton);
        QVERIFY(!waiting->isVisible());
        composer_->attachFile(file.fileName());
        composer_->sendNow();
        QVERIFY(!waiting->isVisible());
        QTRY_COMPARE(server_->counters().receivedBytes.get(), static_cast<quint64>(bytes.size()));
        composer_->attachFile(QStringLiteral("/dev/zero"));
        QVERIFY(note().contains(QStringLiteral("regular file")));
    }

    void whatIsQueuedCanBeCancelled() {
        server_->hold(Stage::Recv);
        client_->send({}, QByteArray(64 << 20, 'q'));
        auto* cancel = part<QPushButton>("cancelSends");
        QTRY_VERIFY((composer_->refresh(), cancel->isVisible()));
        QTest::mouseClick(cancel, Qt::LeftButton);
        QTRY_VERIFY(client_->counters().discardedBytes.get() > 0);
        QTRY_VERIFY((composer_->refresh(), !cancel->isVisible()));
    }

    void aServerWithoutClientsSendsNothing() {
        const auto lonely = loopback::opened(loopback::configOf(Role::TcpServer));
        makeComposer(*lonely);
        typeAndSend("x");
        QCOMPARE(note(), QStringLiteral("No client is connected."));
        QCOMPARE(edit()->toPlainText(), QStringLiteral("x"));
        composer_.reset();
    }

    void aServersSelectionIsItsTarget() {
        const auto second = loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*server_)));
        QTRY_COMPARE(server_->counters().openConnections.get(), 2U);
        makeComposer(*server_);
        composer_->setSelected({2});
        typeAndSend("to one");
        QTRY_COMPARE(received(*second), QByteArray("to one"));
        composer_->setSelected({});
        typeAndSend("!");
        QTRY_COMPARE(received(*second), QByteArray("to one!"));
        QTRY_COMPARE(received(*client_), QByteArray("!"));
        composer_.reset();
    }

    void aMessageWaitsForTheConnection() {
        SocketConfig config = loopback::configOf(Role::TcpClient, loopback::portOf(*server_));
        config.held.insert(Stage::Connect);
        const auto late = loopback::opened(config);
        QTRY_VERIFY(late->stateWord().startsWith(QStringLiteral("held")));
        makeComposer(*late);
        typeAndSend("early");
        QVERIFY(note().isEmpty());
        late->releaseAll();
        QTRY_COMPARE(received(*server_), QByteArray("early"));
        composer_.reset();
    }

    void datagrams() {
        const auto receiver = loopback::opened(loopback::configOf(Role::UdpServer));
        const auto sender = loopback::opened(loopback::configOf(Role::UdpServer));
        QTRY_VERIFY(receiver->localAddress().isValid() && sender->localAddress().isValid());
        makeComposer(*sender);
        typeAndSend("nobody");
        QVERIFY(note().startsWith(QStringLiteral("No peer is known")));
        edit()->clear();
        auto* target = composer_->findChild<TargetChoice*>();
        target->chooseAddress();
        auto* address = part<QLineEdit>("targetAddress");
        address->setText(QStringLiteral("localhost:1"));
        typeAndSend("wrong");
        QVERIFY(note().contains(QStringLiteral("numeric")));
        address->setText(QString::fromStdString(receiver->localAddress().text()));
        composer_->sendNow();
        QTRY_COMPARE(received(*receiver), QByteArray("wrong"));
        // An empty message is an empty datagram.
        QVERIFY(part<QPushButton>("send")->toolTip().contains(QStringLiteral("empty datagram")));
        composer_->sendNow();
        QTRY_COMPARE(receiver->counters().receivedMessages.get(), 2U);
        composer_.reset();
    }
};

QTEST_MAIN(TestComposer)
#include "tst_composer.moc"
