// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAccessible>
#include <QAction>
#include <QLabel>
#include <QListView>
#include <QScreen>
#include <QScrollBar>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QTableView>
#include <QToolButton>

#include "clientsmodel.h"
#include "clientstable.h"
#include "lifecyclerail.h"
#include "recordview.h"
#include "scene.h"
#include "sidecolumn.h"
#include "socketlist.h"
#include "socketsmodel.h"
#include "stagecard.h"
#include "tcpstatediagram.h"
#include "throughputview.h"
#include "trafficpane.h"
#include "windowuser.h"

using namespace sockstage;

/// The whole window at usual sizes: nothing important is cut, the way back to now is there, and everything
/// that can be reached has a name.
class TestWindowFit : public QObject {
    Q_OBJECT

public:
    static void initMain() { loopback::useOwnSettings(); }

private:
    std::unique_ptr<WindowUser> user_;

    void startDemo() const {
        user_->window().startDemo();
        QTRY_COMPARE(user_->window().sockets().at(0)->connections().count(), 3U);
        user_->page().clients().selectConnection(1);
    }
    void showTab(const QString& title) const {
        auto& tabs = *user_->page().findChild<QTabBar*>();
        for (int tab = 0; tab < tabs.count(); ++tab)
            if (tabs.tabText(tab) == title) tabs.setCurrentIndex(tab);
        QCOMPARE(tabs.tabText(tabs.currentIndex()), title);
    }
    void socketRowsAreWhole() const {
        const auto* list = user_->part<QListView>("sockets");
        const QFontMetrics metrics(list->font());
        for (int row = 0; row < list->model()->rowCount(); ++row) {
            const QModelIndex index = list->model()->index(row, 0);
            const SocketRowPlan plan = planSocketRow(list->visualRect(index), list->font(), index);
            QFont bold = list->font();
            bold.setWeight(QFont::DemiBold);
            const QString address = index.data().toString();
            QCOMPARE(QFontMetrics(bold).elidedText(address, Qt::ElideMiddle, plan.address.width()), address);
            for (const auto& [role, box] :
                 {std::pair(SocketsModel::StateRole, plan.word), {SocketsModel::RoleTextRole, plan.role}})
                QCOMPARE(metrics.elidedText(index.data(role).toString(), Qt::ElideRight, box.width()),
                         index.data(role).toString());
        }
    }
    /// What has the keyboard but no name, with those above it.
    static void addNameless(QAccessibleInterface* item, const QString& path, QStringList& all) {
        if (item == nullptr || item->state().invisible) return;
        const QString name = item->text(QAccessible::Name);
        const QObject* object = item->object();
        const QString here =
            path + u'/' + QLatin1String(object != nullptr ? object->metaObject()->className() : "cell");
        if (item->state().focusable && name.isEmpty() && item->role() != QAccessible::Cell) all << here;
        if (item->role() == QAccessible::Table) return;
        for (int child = 0; child < item->childCount(); ++child)
            addNameless(item->child(child), here, all);
    }

private Q_SLOTS:
    void cleanup() { user_.reset(); }

    /// Of the window's height, in every state that takes room from it.
    void trafficHasFourTenthsOfTheHeight_data() {
        QTest::addColumn<QString>("state");
        for (const char* state : {"demo", "client chosen", "step mode", "experiment", "udp", "empty server"})
            QTest::newRow(state) << QString::fromLatin1(state);
    }
    void trafficHasFourTenthsOfTheHeight() {
        QFETCH(QString, state);
        user_ = std::make_unique<WindowUser>(QSize(1366, 768));
        if (state == QLatin1String("experiment")) {
            user_->window().startScene(QStringLiteral("half-close"));
            auto* scene = user_->window().findChild<Scene*>();
            QTRY_VERIFY(scene->state() == Scene::State::Ready);
        } else if (state == QLatin1String("empty server")) {
            user_->window().openSocket(loopback::configOf(Role::TcpServer));
        } else {
            startDemo();
        }
        if (state == QLatin1String("demo")) user_->page().clients().selectConnection(0);
        if (state == QLatin1String("step mode")) {
            user_->page().session().holdAll();
            QTRY_VERIFY(user_->onPage<QWidget>("stepBar")->isVisible());
        }
        if (state == QLatin1String("udp")) user_->window().select(user_->window().sockets().at(1));
        const auto* traffic = user_->onPage<QWidget>("traffic");
        QTRY_VERIFY2(
            traffic->height() * 10 >= user_->window().height() * 4,
            qPrintable(QStringLiteral("%1 of %2").arg(traffic->height()).arg(user_->window().height())));
    }

    void verbsNameWhomTheyMeanAndNeverTurnToAnother() {
        user_ = std::make_unique<WindowUser>(QSize(1366, 768));
        startDemo();
        Session& server = *user_->window().sockets().at(0);
        auto* reset = user_->window().findChild<QAction*>(QStringLiteral("reset"));
        auto* close = user_->window().findChild<QAction*>(QStringLiteral("close"));
        const QString port = QStringLiteral(":%1").arg(server.connections().at(1).peer.port());
        QTRY_COMPARE(reset->text(), QStringLiteral("Reset ") + port);
        reset->trigger();
        QTRY_VERIFY(server.connections().at(1).end.load() == EndReason::ResetByUs);
        QTRY_VERIFY(!reset->isEnabled() && !close->isEnabled());
        QVERIFY2(close->text().contains(port), "it still means the client, which has ended");
        reset->trigger();
        close->trigger();
        QTest::keyClick(&user_->window(), Qt::Key_R, Qt::ControlModifier | Qt::ShiftModifier);
        user_->page().clients().selectConnection(0);
        QTRY_COMPARE(reset->text(), QStringLiteral("Reset server :%1").arg(server.localAddress().port()));
        QVERIFY(!server.isFinished());
        QCOMPARE(server.counters().openConnections.get(), 2U);
    }

    void theTrafficFollowsTheChoice() {
        user_ = std::make_unique<WindowUser>(QSize(1366, 768));
        startDemo();
        auto* scope = user_->onPage<QToolButton>("scope");
        auto* traffic = user_->onPage<RecordView>("traffic");
        const QString port =
            QStringLiteral(":%1").arg(user_->window().sockets().at(0)->connections().at(1).peer.port());
        QTRY_VERIFY(scope->text().endsWith(port) && scope->isChecked());
        QCOMPARE(traffic->connections(), ConnectionNumbers{1});
        QTest::mouseClick(scope, Qt::LeftButton);
        QVERIFY2(traffic->connections().empty(), "one click leads to all");
        QTest::mouseClick(scope, Qt::LeftButton);
        user_->page().clients().selectConnection(0);
        QVERIFY(traffic->connections().empty());
        QCOMPARE(scope->text(), QStringLiteral("All clients"));
    }

    /// Addresses with their ports, figures with their units, roles and state words: whole at every size.
    void nothingThatTellsThingsApartIsCut_data() {
        QTest::addColumn<QSize>("size");
        for (const QSize size : {QSize(1024, 640), QSize(1152, 720), QSize(1280, 720), QSize(1280, 800),
                                 QSize(1366, 768), QSize(1440, 900), QSize(1536, 864), QSize(1600, 900),
                                 QSize(1680, 1050), QSize(1920, 1080), QSize(2048, 1152), QSize(2560, 1440)})
            QTest::addRow("%dx%d", size.width(), size.height()) << size;
    }
    void nothingThatTellsThingsApartIsCut() {
        QFETCH(QSize, size);
        user_ = std::make_unique<WindowUser>(size);
        startDemo();
        QCOMPARE(user_->window().width(), size.width());
        QTRY_VERIFY(user_->window().sockets().at(0)->counters().sentBytes.get() > 0);
        socketRowsAreWhole();
        const auto* table = user_->page().clients().findChild<QTableView*>();
        QCOMPARE(table->horizontalScrollBar()->maximum(), 0);
        for (const ClientColumn column : {ClientColumn::Peer, ClientColumn::TcpState, ClientColumn::Received,
                                          ClientColumn::Sent, ClientColumn::SinceOrEnd})
            QVERIFY2(!table->isColumnHidden(int(column)), "others give way to it");
        if (size.width() >= 1366)
            for (int column = 0; column < clientColumnCount; ++column)
                QVERIFY(!table->isColumnHidden(column));
        for (int row = 0; row < table->model()->rowCount(); ++row)
            for (int column = 0; column < table->model()->columnCount(); ++column) {
                if (table->isColumnHidden(column)) continue;
                const QString text = table->model()->index(row, column).data().toString();
                const int padding = table->fontMetrics().height();
                const int room = table->columnWidth(column) - padding;
                QVERIFY2(column == int(ClientColumn::Rate) ||
                             QFontMetrics(monospaceFont()).horizontalAdvance(text) <= room,
                         qPrintable(QStringLiteral("%1 in %2").arg(text).arg(room)));
            }
        QFont bold = table->font();
        bold.setWeight(QFont::DemiBold);
        for (int column = 0; column < table->model()->columnCount(); ++column) {
            if (table->isColumnHidden(column)) continue;
            const QString title = table->model()->headerData(column, Qt::Horizontal).toString();
            const int room = table->columnWidth(column) - QFontMetrics(bold).height();
            QVERIFY2(QFontMetrics(bold).horizontalAdvance(title) <= room, qPrintable(title));
        }
        const auto* tabs = user_->page().findChild<QTabBar*>();
        QCOMPARE(tabs->count(), 6);
        QVERIFY(tabs->tabRect(5).right() < tabs->width());
        const auto cards = user_->page().rail().findChildren<StageCard*>();
        for (const StageCard* card : cards) {
            if (size.width() >= 1280) QCOMPARE(card->y(), cards.front()->y());
            QVERIFY(card->width() >= card->minimumSizeHint().width());
            QVERIFY(card->geometry().right() <= user_->page().rail().width());
        }
        const auto* address = user_->onPage<QLabel>("headerAddress");
        QVERIFY(address->width() >= address->sizeHint().width());
        const QWidget* header = address->parentWidget();
        QVERIFY(header->width() >= header->minimumSizeHint().width());
    }

    /// What an earlier release left behind, or a queue has widened, is gone after a reset.
    void resetLayoutBringsTheColumnsBack() {
        user_ = std::make_unique<WindowUser>(QSize(1366, 768));
        startDemo();
        auto* table = user_->page().clients().findChild<QTableView*>();
        const int before = table->columnWidth(int(ClientColumn::SendQueue));
        table->setColumnWidth(int(ClientColumn::SendQueue), before * 3);
        for (QAction* action : user_->window().findChildren<QAction*>())
            if (action->text() == QStringLiteral("&Reset window layout")) action->trigger();
        user_->window().resize(1366, 768);  // a small screen's window has no room for this column
        QTRY_COMPARE(table->columnWidth(int(ClientColumn::SendQueue)), before);
        QVERIFY(!QSettings().contains(QStringLiteral("v2/window/clients")));
    }

    void aSmallScreenHasAllColumnsAndCards() {
        user_ = std::make_unique<WindowUser>(QSize(1366, 768));
        startDemo();
        QCOMPARE(user_->window().width(), 1366);
        const auto* table = user_->page().clients().findChild<QTableView*>();
        QTRY_COMPARE(table->horizontalScrollBar()->maximum(), 0);
        const auto cards = user_->page().rail().findChildren<StageCard*>();
        QCOMPARE(cards.size(), 9);
        for (const StageCard* card : cards) {
            QCOMPARE(card->y(), cards.front()->y());
            QVERIFY(card->width() >= card->minimumSizeHint().width());
        }
    }

    void aLayoutOfOtherFontsFitsTheScreen() {
        user_ = std::make_unique<WindowUser>(QSize(1440, 900));
        startDemo();
        user_->window().close();
        // What a start leaves behind whose letters were three times as wide.
        for (const char* part : {"columns", "splitter"}) {
            QSplitter wide;
            for (int i = 0; i < 2; ++i)
                wide.addWidget(new QWidget);
            wide.setSizes({1200, 2400});
            QSettings().setValue(QStringLiteral("v2/window/") + QLatin1String(part), wide.saveState());
        }
        MainWindow again;
        again.show();
        again.openSocket(loopback::configOf(Role::TcpServer));
        const QSize screen = again.screen()->availableSize();
        const int least = std::max(screen.width(), again.minimumSizeHint().width());
        QVERIFY2(again.width() <= least, qPrintable(QString::number(again.width())));
        QVERIFY(again.currentPage()->side().width() <= again.width() / 2);
        again.close();
        QTRY_VERIFY(again.sockets().allFinished());
    }

    void chartsLeadBackToNow() {
        user_ = std::make_unique<WindowUser>();
        startDemo();
        for (const QString& title : {QStringLiteral("Throughput"), QStringLiteral("Kernel over time")}) {
            showTab(title);
            TimeCharts* charts = nullptr;
            for (auto* each : user_->page().findChildren<TimeCharts*>())
                if (each->isVisible()) charts = each;
            QVERIFY(charts != nullptr);
            auto* follow = charts->findChild<QToolButton*>(QStringLiteral("chartFollow"));
            QTRY_VERIFY(charts->sampleCount() > 8);
            QVERIFY(follow->isVisible() && follow->isChecked());
            charts->setFocus();
            for (const bool byKey : {true, false}) {
                QTest::keyClick(charts, Qt::Key_Home);
                QVERIFY(!charts->follows() && !follow->isChecked());
                byKey ? QTest::keyClick(charts, Qt::Key_End) : QTest::mouseClick(follow, Qt::LeftButton);
                QVERIFY2(charts->follows() && follow->isChecked(), qPrintable(title));
            }
        }
    }

    /// What is looked for and whose rows are listed is about the lists alone: no other view has a row for it.
    void onlyTheListsHaveARowAboveThem() {
        user_ = std::make_unique<WindowUser>();
        startDemo();
        const auto* find = user_->onPage<QWidget>("find");
        const auto& pane = user_->page().traffic();
        const auto* stack = pane.findChild<QStackedWidget*>();
        for (const char* title : {"Traffic", "System calls", "Boundaries", "Throughput", "Kernel over time",
                                  "Options", "Traffic"}) {
            showTab(QLatin1String(title));
            const bool list = qobject_cast<RecordView*>(stack->currentWidget()) != nullptr;
            QCOMPARE(find->isVisible(), list);
            const int above = pane.findChild<QTabBar*>()->parentWidget()->geometry().bottom() + 1;
            QTRY_VERIFY2((stack->y() - above <= 1) == !list, title);
        }
    }

    void everythingHasAName() {
        user_ = std::make_unique<WindowUser>();
        startDemo();
        for (const char* tab : {"Traffic", "System calls", "Throughput", "Kernel over time", "Options"}) {
            showTab(QLatin1String(tab));
            QStringList nameless;
            addNameless(QAccessible::queryAccessibleInterface(&user_->window()), {}, nameless);
            QVERIFY2(nameless.isEmpty(), qPrintable(QLatin1String(tab) + u'\n' + nameless.join(u'\n')));
        }
        for (QWidget* part : std::initializer_list<QWidget*>{
                 &user_->page().rail(), &user_->page().side().states(), user_->onPage<QWidget>("stepBar")})
            QVERIFY2(!QAccessible::queryAccessibleInterface(part)->text(QAccessible::Name).isEmpty(),
                     part->metaObject()->className());
    }
};

QTEST_MAIN(TestWindowFit)
#include "tst_windowfit.moc"
