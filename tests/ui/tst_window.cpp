// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModel>
#include <QAction>
#include <QApplication>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTabBar>
#include <QTableView>
#include <QTest>
#include <QToolBar>
#include <QToolButton>
#include <algorithm>

#include "boundarystrip.h"
#include "clientstable.h"
#include "loopback.h"
#include "mainwindow.h"
#include "newsocketdialog.h"
#include "nextstep.h"
#include "optionsview.h"
#include "recordview.h"
#include "sessionpage.h"
#include "socketsmodel.h"
#include "theme.h"
#include "trafficpane.h"

using namespace sockstage;

/// The real window, used as a person uses it: keys and mouse in, what the widgets say out.
class TestWindow : public QObject {
    Q_OBJECT

public:
    static void initMain() { loopback::useOwnSettings(); }

private:
    std::unique_ptr<MainWindow> window_;

    template <class Widget>
    Widget* part(const char* name) const {
        return window_->findChild<Widget*>(QLatin1String(name));
    }
    template <class Widget>
    Widget* onPage(const char* name) const {
        return window_->currentPage()->findChild<Widget*>(QLatin1String(name));
    }
    QString state(int row) const {
        return window_->sockets().index(row).data(SocketsModel::StateRole).toString();
    }
    QString address(int row) const { return window_->sockets().index(row).data().toString(); }
    QString traffic() const { return onPage<RecordView>("traffic")->visibleLines().join(QLatin1Char('\n')); }
    /// All cells of the table of clients, in one text.
    QString clients() const {
        const QAbstractItemModel& model =
            *window_->currentPage()->clients().findChild<QTableView*>()->model();
        QStringList cells;
        for (int row = 0; row < model.rowCount(); ++row)
            for (int column = 0; column < model.columnCount(); ++column)
                cells << model.index(row, column).data().toString();
        return cells.join(QLatin1Char('|'));
    }

    /// Of the tab Options, which it opens.
    int optionRows() const {
        for (auto* tabs : window_->currentPage()->findChildren<QTabBar*>())
            for (int i = 0; i < tabs->count(); ++i)
                if (tabs->tabText(i) == QStringLiteral("Options")) tabs->setCurrentIndex(i);
        for (const auto* table : window_->currentPage()->findChildren<QTableView*>())
            if (table->accessibleName() == QStringLiteral("Socket options"))
                return table->model()->rowCount();
        return -1;
    }

    /// Keys go to the active window; a dialog that has just closed was it.
    void activate() const {
        window_->activateWindow();
        QTRY_VERIFY(window_->isActiveWindow());
    }
    void clickRow(int row) const {
        auto* list = part<QListView>("sockets");
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {},
                          list->visualRect(list->model()->index(row, 0)).center());
        QCOMPARE(list->currentIndex().row(), row);
    }
    void clickClient(int row) const {
        auto* table = window_->currentPage()->clients().findChild<QTableView*>();
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
                          table->visualRect(table->model()->index(row, 0)).center());
    }
    void clickAction(const char* name) const {
        auto* action = part<QAction>(name);
        QTRY_VERIFY(action->isEnabled());
        QWidget* button = part<QToolBar>("toolBar")->widgetForAction(action);
        QVERIFY(button != nullptr);
        QTest::mouseClick(button, Qt::LeftButton);
    }
    void openByDialog(const char* role, const QString& port) const {
        activate();
        QTest::keyClick(window_.get(), Qt::Key_N, Qt::ControlModifier);
        QTRY_VERIFY(window_->findChild<NewSocketDialog*>() != nullptr);
        auto* dialog = window_->findChild<NewSocketDialog*>();
        QTRY_VERIFY(dialog->isVisible());
        QTest::mouseClick(dialog->findChild<QToolButton*>(QLatin1String(role)), Qt::LeftButton);
        for (const auto& [field, text] :
             {std::pair("host", QStringLiteral("127.0.0.1")), std::pair("port", port)}) {
            auto* edit = dialog->findChild<QLineEdit*>(QLatin1String(field));
            edit->setFocus();
            edit->selectAll();
            QTest::keyClicks(edit, text);
        }
        QTest::keyClick(dialog->findChild<QLineEdit*>(QStringLiteral("port")), Qt::Key_Return);
        QTRY_VERIFY(window_->findChild<NewSocketDialog*>() == nullptr);
    }
    void sendByComposer(const QString& text) const {
        auto* edit = onPage<QPlainTextEdit>("message");
        QTest::mouseClick(edit->viewport(), Qt::LeftButton);
        QTest::keyClicks(edit, text);
        QTest::keyClick(edit, Qt::Key_Return, Qt::ControlModifier);
    }
    /// A server in row 0 and a client of it in row 1, made with the dialog.
    void openPair() {
        openByDialog("tcp-server", QStringLiteral("0"));
        QTRY_COMPARE(state(0), QStringLiteral("listening"));
        openByDialog("tcp-client", address(0).section(QLatin1Char(':'), -1));
        QTRY_COMPARE(state(1), QStringLiteral("connected"));
    }

    void showTab(const QString& title) const {
        auto* tabs = window_->currentPage()->traffic().findChild<QTabBar*>();
        for (int tab = 0; tab < tabs->count(); ++tab)
            if (tabs->tabText(tab) == title) tabs->setCurrentIndex(tab);
        QCOMPARE(tabs->tabText(tabs->currentIndex()), title);
    }

private Q_SLOTS:
    void init() {
        QSettings().clear();
        applyTheme(*qApp, Theme::Light);
        window_ = std::make_unique<MainWindow>();
        window_->resize(1280, 860);
        window_->show();
        window_->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(window_.get()));
    }
    void cleanup() {
        if (window_->isVisible()) {
            QSignalSpy closed(window_.get(), &MainWindow::everythingClosed);
            window_->close();
            QVERIFY(!window_->isVisible());
            QTRY_COMPARE(closed.count(), 1);
        }
        window_.reset();
    }

    void serverAndClientTalk() {
        openPair();
        QVERIFY(onPage<QLabel>("headerAddress")->text().startsWith(QStringLiteral("127.0.0.1:")));
        sendByComposer(QStringLiteral("hello server\\n"));
        QTRY_VERIFY(traffic().contains(QStringLiteral("hello server")));
        clickRow(0);
        QTRY_VERIFY(traffic().contains(QStringLiteral("hello server")));
        QTRY_VERIFY(clients().contains(QStringLiteral("127.0.0.1:")));
        QTRY_COMPARE(onPage<QLabel>("headerState")->text(), QStringLiteral("listening, 1 connected"));
        sendByComposer(QStringLiteral("hello client"));
        clickRow(1);
        QTRY_VERIFY(traffic().contains(QStringLiteral("hello client")));
        QCOMPARE(loopback::received(window_->currentPage()->session()), QByteArray("hello client"));
    }

    void halfCloseThenClose() {
        openPair();
        clickAction("shutDown");
        QTRY_VERIFY(!part<QAction>("shutDown")->isEnabled());
        clickRow(0);
        QTRY_VERIFY(clients().contains(QStringLiteral("peer sent EOF")));
        QTRY_COMPARE(window_->sockets().at(0)->counters().openConnections.get(), 1U);
        sendByComposer(QStringLiteral("the other way is open"));
        QTRY_COMPARE(loopback::received(*window_->sockets().at(1)), QByteArray("the other way is open"));
        clickRow(1);
        clickAction("close");
        QTRY_COMPARE(state(1), QStringLiteral("closed"));
        QTRY_VERIFY(part<QAction>("remove")->isEnabled());
        clickRow(1);
        activate();
        part<QListView>("sockets")->setFocus();
        QTest::keyClick(part<QListView>("sockets"), Qt::Key_Delete);
        QTRY_COMPARE(window_->sockets().rowCount(), 1);
    }

    void theSelectedClientIsMeant() {
        openPair();
        openByDialog("tcp-client", address(0).section(QLatin1Char(':'), -1));
        QTRY_COMPARE(state(2), QStringLiteral("connected"));
        clickRow(0);
        QTRY_COMPARE(window_->sockets().at(0)->counters().openConnections.get(), 2U);
        QTRY_VERIFY(clients().count(QStringLiteral("127.0.0.1:")) == 2);
        clickClient(0);
        QTRY_COMPARE(window_->currentPage()->targets().size(), 1U);
        QVERIFY(part<QAction>("reset")->toolTip().contains(QStringLiteral("client")));
        const std::uint32_t chosen = window_->currentPage()->targets().front();
        clickAction("reset");
        QTRY_COMPARE(window_->sockets().at(0)->counters().openConnections.get(), 1U);
        QVERIFY(window_->sockets().at(0)->connections().at(chosen).end.load() == EndReason::ResetByUs);
        QVERIFY(!window_->sockets().at(0)->isFinished());
    }

    void aFailedBindIsSaidAndCanBeTriedAgain() {
        openByDialog("tcp-server", QStringLiteral("0"));
        QTRY_COMPARE(state(0), QStringLiteral("listening"));
        const QString port = address(0).section(QLatin1Char(':'), -1);
        openByDialog("tcp-server", port);
        QTRY_VERIFY(onPage<QLabel>("failure")->isVisible());
        QVERIFY(onPage<QLabel>("failure")->text().contains(QStringLiteral("EADDRINUSE")));
        clickRow(0);
        clickAction("close");
        QTRY_VERIFY(window_->sockets().at(0)->isFinished());
        clickRow(1);
        QTest::mouseClick(onPage<QPushButton>("tryAgain"), Qt::LeftButton);
        QTRY_COMPARE(state(2), QStringLiteral("listening"));
        QCOMPARE(address(2).section(QLatin1Char(':'), -1), port);
    }

    void holdsAreSteppedAndReleased() {
        SocketConfig config = loopback::configOf(Role::TcpServer);
        config.held.insert(Stage::Bind);
        config.held.insert(Stage::Listen);
        window_->openSocket(config);
        QTRY_COMPARE(state(0), QStringLiteral("held before bind"));
        QTRY_VERIFY(part<QAction>("step")->isEnabled());
        QTest::keyClick(window_.get(), Qt::Key_F10);
        QTRY_COMPARE(state(0), QStringLiteral("held before listen"));
        QTRY_VERIFY(part<QAction>("run")->isEnabled());
        QTest::keyClick(window_.get(), Qt::Key_F5);
        QTRY_COMPARE(state(0), QStringLiteral("listening"));
        QTRY_VERIFY(!part<QAction>("run")->isEnabled());
    }

    void unreadBytesAreWarnedOf() {
        openPair();
        clickRow(0);
        Session& server = *window_->sockets().at(0);
        server.hold(Stage::Recv);
        window_->sockets().at(1)->send({}, QByteArrayLiteral("never read"));
        auto* warning = part<QLabel>("statusUnread");
        QTRY_VERIFY(warning->isVisible());
        QVERIFY(warning->text().contains(QStringLiteral("10 B unread")));
        QTRY_VERIFY(part<QAction>("close")->toolTip().contains(QStringLiteral("unread")));
    }

    void theDemoTalks() {
        QTest::mouseClick(part<QPushButton>("empty.demo"), Qt::LeftButton);
        QTRY_COMPARE(window_->sockets().rowCount(), 6);
        QTRY_VERIFY(window_->sockets().at(0)->counters().receivedBytes.get() > 0);
        QTRY_VERIFY(window_->sockets().at(1)->counters().receivedBytes.get() > 0);
        QTRY_VERIFY(traffic().contains(QStringLiteral("127.0")));
        QCOMPARE(part<QLabel>("statusKept")->text(), QStringLiteral("every byte kept"));
    }

    void optionsNeedNoClick() {
        openPair();
        QTRY_VERIFY2(optionRows() > 20, "a client");
        clickRow(0);
        QTRY_VERIFY2(optionRows() > 20, "a listener, none of its clients chosen");
        openByDialog("udp-server", QStringLiteral("0"));
        QTRY_VERIFY2(optionRows() > 20, "a UDP server without peers");
    }

    void aTipNamesTheProgramThatIsCopied() {
        openPair();
        openByDialog("tcp-client", address(0).section(QLatin1Char(':'), -1));
        QTRY_COMPARE(state(2), QStringLiteral("connected"));
        clickRow(0);
        QTRY_VERIFY(clients().count(QStringLiteral("127.0.0.1:")) == 2);
        const auto tips = [&] {
            return part<QAction>("copyProgram")->toolTip() + part<QAction>("saveProgram")->toolTip();
        };
        clickClient(0);
        QTRY_COMPARE(tips().count(QStringLiteral("of client 127.0.0.1:")), 2);
        window_->currentPage()->clients().findChild<QTableView*>()->selectAll();
        QTRY_COMPARE(window_->currentPage()->targets().size(), 2U);
        QTRY_VERIFY2(tips().count(QStringLiteral("of TCP server ")) == 2, qPrintable(tips()));
    }

    void aNewSocketBeginsAsTheButtonSays() {
        openPair();
        auto* stepMode = part<QAction>("stepMode");
        clickAction("stepMode");
        QTRY_VERIFY(isStepping(*window_->sockets().at(1)));
        clickRow(0);
        QTRY_VERIFY(!stepMode->isChecked());
        window_->openSocket(loopback::configOf(Role::TcpServer));
        QTRY_COMPARE(state(2), QStringLiteral("listening"));
        clickRow(1);
        QTRY_VERIFY(stepMode->isChecked());
        window_->openSocket(loopback::configOf(Role::TcpServer));
        QTRY_COMPARE(state(3), QStringLiteral("held before getaddrinfo"));
    }

    void tryingAgainDoesNotBringStepModeBack() {
        SocketConfig config = loopback::configOf(Role::TcpServer);
        config.held = StageSet::all();
        window_->openSocket(config);
        QTRY_COMPARE(state(0), QStringLiteral("held before getaddrinfo"));
        QTRY_VERIFY(part<QAction>("stepMode")->isChecked());
        clickAction("stepMode");
        QTRY_COMPARE(state(0), QStringLiteral("listening"));
        QTRY_VERIFY(!part<QAction>("stepMode")->isChecked());
        Q_EMIT window_->currentPage()->againWithReuseWanted();
        QTRY_COMPARE(state(1), QStringLiteral("listening"));
        QVERIFY(window_->sockets().at(1)->config().reuseAddress.value());
    }

    void theKeysStandInTheGuide() {
        part<QAction>("shortcuts")->trigger();
        const auto shown = [] {
            const QWidgetList all = QApplication::topLevelWidgets();
            return std::any_of(all.begin(), all.end(), [](const QWidget* each) {
                return each->isVisible() &&
                       each->windowTitle().startsWith(QStringLiteral("Keyboard shortcuts"));
            });
        };
        QTRY_VERIFY(shown());
    }

    void findLeadsToTheLine() {
        openPair();
        for (int i = 0; i < 200; ++i)
            window_->sockets().at(1)->send({},
                                           "line " + QByteArray::number(i) + (i == 20 ? " needle\n" : "\n"));
        QTRY_VERIFY(traffic().contains(QStringLiteral("line 199")));
        activate();
        QTest::keyClick(window_.get(), Qt::Key_F, Qt::ControlModifier);
        auto* find = onPage<QLineEdit>("find");
        QTRY_VERIFY(find->hasFocus());
        QTest::keyClicks(find, QStringLiteral("needle"));
        QTest::keyClick(find, Qt::Key_Return);
        QTRY_VERIFY(traffic().contains(QStringLiteral("needle")));
    }

    void aBoundaryLeadsToTheCallOfTheOtherSocket() {
        openPair();
        sendByComposer(QStringLiteral("hello"));
        showTab(QStringLiteral("Boundaries"));
        auto* strip = window_->currentPage()->findChild<BoundaryStrip*>();
        QTRY_COMPARE(strip->visibleGroups(), QStringList{QStringLiteral("1 send arrived in 1 recv")});
        strip->setFocus();
        QTest::keyClick(strip, Qt::Key_Home);
        QTest::keyClick(strip, Qt::Key_Down);
        QTest::keyClick(strip, Qt::Key_Return);
        Session* server = window_->sockets().at(0);
        QCOMPARE(&window_->currentPage()->session(), server);
        const auto row = onPage<RecordView>("traffic")->currentRow();
        QVERIFY(row.has_value());
        const auto pin = server->capture().pin(*row);
        QVERIFY(pin.record(*row).call == Call::Recv && pin.record(*row).result == 5);
    }

    // Nothing was chosen: it is the socket that the right column is about.
    void theOptionsOfAClientAreShown() {
        openPair();
        showTab(QStringLiteral("Options"));
        const auto* options = window_->currentPage()->findChild<OptionsView*>()->findChild<QTableView*>();
        QTRY_VERIFY(options->model()->rowCount() > 0);
    }

    void themesAndLayout() {
        openPair();
        window_->setTheme(Theme::Dark);
        QVERIFY(isDark());
        QCOMPARE(QSettings().value(QStringLiteral("v1/theme")).toString(), QStringLiteral("dark"));
        window_->setTheme(Theme::Light);
        QVERIFY(!isDark());
    }

    void closingEndsEverythingInOrder() {
        openPair();
        Session* client = window_->sockets().at(1);
        client->send({}, QByteArray(1 << 20, 'x'));
        QSignalSpy closed(window_.get(), &MainWindow::everythingClosed);
        window_->close();
        QVERIFY(!window_->isVisible());
        QTRY_COMPARE(closed.count(), 1);
        QVERIFY(window_->sockets().allFinished());
        QCOMPARE(client->counters().discardedBytes.get(), 0U);
        QVERIFY(client->counters().sentBytes.get() == 1 << 20);
    }
};

QTEST_MAIN(TestWindow)
#include "tst_window.moc"
