// SPDX-License-Identifier: GPL-3.0-or-later
#include "newsocketdialog.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSettings>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>

#include "loopback.h"

using namespace sockstage;

class TestNewSocketDialog : public QObject {
    Q_OBJECT

public:
    static void initMain() { loopback::useOwnSettings(); }

private:
    template <class Widget>
    static Widget* part(const NewSocketDialog& dialog, const char* name) {
        return dialog.findChild<Widget*>(QLatin1String(name));
    }
    static void type(const NewSocketDialog& dialog, const char* field, const char* text) {
        auto* edit = part<QLineEdit>(dialog, field);
        edit->selectAll();
        QTest::keyClick(edit, Qt::Key_Delete);
        QTest::keyClicks(edit, QLatin1String(text));
    }
    static bool canOpen(const NewSocketDialog& dialog) {
        return part<QPushButton>(dialog, "open")->isEnabled();
    }

private Q_SLOTS:
    void init() { QSettings().clear(); }

    void badPorts_data() {
        QTest::addColumn<QByteArray>("port");
        QTest::addColumn<bool>("server");
        QTest::addColumn<bool>("good");
        QTest::newRow("number") << QByteArray("8080") << true << true;
        QTest::newRow("any free") << QByteArray("0") << true << true;
        QTest::newRow("zero cannot be reached") << QByteArray("0") << false << false;
        QTest::newRow("too large") << QByteArray("65536") << true << false;
        QTest::newRow("negative") << QByteArray("-1") << true << false;
        QTest::newRow("empty") << QByteArray("") << true << false;
        QTest::newRow("service name") << QByteArray("http") << false << true;
        QTest::newRow("blank inside") << QByteArray("80 80") << false << false;
    }
    void badPorts() {
        QFETCH(QByteArray, port);
        QFETCH(bool, server);
        QFETCH(bool, good);
        NewSocketDialog dialog(server ? Role::TcpServer : Role::TcpClient);
        dialog.show();
        type(dialog, "host", "127.0.0.1");
        type(dialog, "port", port.constData());
        QCOMPARE(canOpen(dialog), good);
        QCOMPARE(part<QLabel>(dialog, "portError")->isVisible(), !good);
        QCOMPARE(part<QLabel>(dialog, "portError")->text().isEmpty(), good);
    }

    void badHosts_data() {
        QTest::addColumn<QByteArray>("host");
        QTest::addColumn<bool>("good");
        QTest::newRow("IPv4") << QByteArray("127.0.0.1") << true;
        QTest::newRow("IPv6") << QByteArray("::1") << true;
        QTest::newRow("IPv6 in brackets") << QByteArray("[::1]") << true;
        QTest::newRow("name") << QByteArray("localhost") << true;
        QTest::newRow("nobody") << QByteArray("") << false;
        QTest::newRow("blank inside") << QByteArray("local host") << false;
        QTest::newRow("part too large") << QByteArray("127.0.0.256") << false;
        QTest::newRow("not IPv6") << QByteArray("12:34::zz") << false;
    }
    void badHosts() {
        QFETCH(QByteArray, host);
        QFETCH(bool, good);
        NewSocketDialog dialog(Role::TcpClient);
        dialog.show();
        type(dialog, "port", "8080");
        type(dialog, "host", host.constData());
        QCOMPARE(canOpen(dialog), good);
        QCOMPARE(part<QLabel>(dialog, "hostError")->isVisible(), !good);
    }

    void enterDoesNothingWhileSomethingIsWrong() {
        NewSocketDialog dialog(Role::TcpServer);
        dialog.show();
        type(dialog, "port", "99999");
        QTest::keyClick(part<QLineEdit>(dialog, "port"), Qt::Key_Return);
        QVERIFY(dialog.isVisible());
        type(dialog, "port", "0");
        QTest::keyClick(part<QLineEdit>(dialog, "port"), Qt::Key_Return);
        QVERIFY(!dialog.isVisible());
        QCOMPARE(dialog.result(), static_cast<int>(QDialog::Accepted));
    }

    void aPastedAddressIsTakenApart() {
        NewSocketDialog dialog(Role::TcpClient);
        part<QLineEdit>(dialog, "host")->selectAll();
        QGuiApplication::clipboard()->setText(QStringLiteral("example.org:443"));
        part<QLineEdit>(dialog, "host")->paste();
        QCOMPARE(dialog.config().endpoint.host, std::string("example.org"));
        QCOMPARE(dialog.config().endpoint.service, std::string("443"));
        type(dialog, "host", "[::1]:9000");
        QTest::keyClick(part<QLineEdit>(dialog, "host"), Qt::Key_Return);
        QCOMPARE(dialog.config().endpoint.host, std::string("::1"));
        QCOMPARE(dialog.config().endpoint.service, std::string("9000"));
    }

    void whoCanReachIt() {
        NewSocketDialog dialog(Role::TcpServer);
        dialog.show();
        auto* note = part<QLabel>(dialog, "reachNote");
        type(dialog, "host", "127.0.0.1");
        QVERIFY(!note->isVisible());
        type(dialog, "host", "0.0.0.0");
        QVERIFY(note->isVisible());
        QVERIFY(!note->text().isEmpty());
        QCOMPARE(note->textFormat(), Qt::PlainText);
        part<QToolButton>(dialog, "tcp-client")->click();
        QVERIFY(!note->isVisible());
    }

    void escapeLosesNothing() {
        {
            NewSocketDialog dialog(Role::UdpServer);
            dialog.show();
            type(dialog, "host", "127.0.0.9");
            type(dialog, "port", "5353");
            part<QToolButton>(dialog, "echo")->setChecked(true);
            QTest::keyClick(&dialog, Qt::Key_Escape);
            QVERIFY(!dialog.isVisible());
            QCOMPARE(dialog.result(), static_cast<int>(QDialog::Rejected));
        }
        const NewSocketDialog again(Role::UdpServer);
        QCOMPARE(again.config().endpoint.host, std::string("127.0.0.9"));
        QCOMPARE(again.config().endpoint.service, std::string("5353"));
        QVERIFY(again.config().echo);
        const NewSocketDialog other(Role::TcpServer);
        QVERIFY2(!other.config().echo, "each role has its own memory");
    }

    void fitsTheScreen_data() {
        QTest::addColumn<QSize>("screen");
        for (const QSize size : {QSize(1024, 640), QSize(1366, 768), QSize(1440, 900), QSize(640, 640)})
            QTest::addRow("%dx%d", size.width(), size.height()) << size;
    }
    /// All buttons are on the screen, and no field is narrower than what it says.
    void fitsTheScreen() {
        QFETCH(QSize, screen);
        for (const Role role : allRoles) {
            NewSocketDialog dialog(role);
            dialog.show();
            auto* advanced = part<QToolButton>(dialog, "advanced");
            if (!advanced->isChecked()) advanced->click();
            dialog.fitInto({{}, screen});
            QCoreApplication::processEvents();
            QVERIFY2(dialog.width() <= screen.width() && dialog.height() <= screen.height(),
                     qPrintable(QStringLiteral("%1 x %2").arg(dialog.width()).arg(dialog.height())));
            const auto* open = part<QPushButton>(dialog, "open");
            QVERIFY(dialog.rect().contains(QRect(open->mapTo(&dialog, QPoint()), open->size())));
            const auto* area = dialog.findChild<QScrollArea*>();
            QVERIFY(area->widget()->width() <= area->viewport()->width());
            QVERIFY(area->widget()->height() >= area->widget()->minimumSizeHint().height());
            for (const auto* field : area->widget()->findChildren<QWidget*>()) {
                const bool inside = field->objectName() == QLatin1String("qt_spinbox_lineedit");
                if (!field->isVisible() || inside || field->minimumSizeHint().isEmpty()) continue;
                const QString what = field->accessibleName() + u' ' + QString::number(field->width());
                QVERIFY2(field->width() >= field->minimumSizeHint().width(), qPrintable(what));
                QVERIFY2(field->height() >= field->minimumSizeHint().height(), qPrintable(what));
            }
            for (const auto* box : area->widget()->findChildren<QSpinBox*>())
                QVERIFY(!box->isVisible() || box->width() >= box->sizeHint().width());
        }
    }

    void buttonsAreNotWiderThanTheyNeed() {
        NewSocketDialog dialog(Role::UdpServer);
        dialog.show();
        const auto* role = part<QToolButton>(dialog, "tcp-server");
        QVERIFY(role->width() <= role->sizeHint().width());
        auto* advanced = part<QToolButton>(dialog, "advanced");
        if (!advanced->isChecked()) advanced->click();
        const auto* echo = part<QToolButton>(dialog, "echo");
        QVERIFY(echo->width() < dialog.width() / 2);
    }

    void onlyTheOptionsOfTheRole() {
        NewSocketDialog dialog(Role::TcpServer);
        dialog.show();
        part<QToolButton>(dialog, "advanced")->click();
        QVERIFY(part<QSpinBox>(dialog, "backlog")->isVisible());
        QVERIFY(part<QToolButton>(dialog, "hold.listen")->isVisible());
        QVERIFY(!part<QLineEdit>(dialog, "localAddress")->isVisible());
        part<QSpinBox>(dialog, "backlog")->setValue(3);
        part<QToolButton>(dialog, "hold.listen")->setChecked(true);
        QCOMPARE(dialog.config().backlog, 3);
        QVERIFY(dialog.config().held.contains(Stage::Listen));

        part<QToolButton>(dialog, "tcp-client")->click();
        QVERIFY(!part<QSpinBox>(dialog, "backlog")->isVisible());
        QVERIFY(!part<QToolButton>(dialog, "hold.listen")->isVisible());
        QVERIFY(part<QToolButton>(dialog, "hold.connect")->isVisible());
        QVERIFY(!part<QToolButton>(dialog, "echo")->isVisible());
        type(dialog, "localAddress", "127.0.0.1");
        QVERIFY2(!canOpen(dialog), "a local address needs a port");
        type(dialog, "localAddress", "127.0.0.1:0");
        QVERIFY(canOpen(dialog));
        QCOMPARE(dialog.config().localEndpoint->text(), std::string("127.0.0.1:0"));

        part<QToolButton>(dialog, "tcp-server")->click();
        QCOMPARE(dialog.config().backlog, 3);
    }
};

QTEST_MAIN(TestNewSocketDialog)
#include "tst_newsocketdialog.moc"
