#include <QAccessible>
#include <QLabel>
#include <QScreen>
#include <QScrollBar>
#include <QSplitter>
#include <QTabBar>
#include <QTableView>
#include <QToolButton>

#include "clientstable.h"
#include "lifecyclerail.h"
#include "scene.h"
#include "sidecolumn.h"
#include "socketsmodel.h"
#include "stagecard.h"
#include "tcpstatediagram.h"
#include "throughputview.h"
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

    void theRightColumnIsWholeDuringAnExperiment() {
        user_ = std::make_unique<WindowUser>(QSize(1440, 900));
        user_->window().startScene(QStringLiteral("half-close"));
        auto* scene = user_->window().findChild<Scene*>();
        QTRY_VERIFY(scene->state() == Scene::State::Ready);
        const QScrollBar* bar = user_->page().side().verticalScrollBar();
        QTRY_COMPARE(bar->maximum(), 0);
        scene->next();
        QTRY_VERIFY(scene->state() == Scene::State::Shown);
        QTRY_COMPARE(bar->maximum(), 0);
    }

    void theRightColumnTakesBackItsRoom() {
        user_ = std::make_unique<WindowUser>(QSize(1440, 640));
        startDemo();
        auto* sentence = user_->page().side().states().findChild<QLabel*>(QStringLiteral("stateSentence"));
        QVERIFY(sentence != nullptr);
        QTRY_VERIFY(!sentence->isVisible());
        user_->window().resize(1440, 1300);
        QTRY_VERIFY(sentence->isVisible());
        QTRY_COMPARE(user_->page().side().verticalScrollBar()->maximum(), 0);
    }

    void aSmallScreenHasAllColumnsAndCards() {
        user_ = std::make_unique<WindowUser>(QSize(1260, 800));
        startDemo();
        QCOMPARE(user_->window().width(), 1260);
        const auto* table = user_->page().clients().findChild<QTableView*>();
        QTRY_COMPARE(table->horizontalScrollBar()->maximum(), 0);
        const auto cards = user_->page().rail().findChildren<StageCard*>();
        QCOMPARE(cards.size(), 8);
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
            QSettings().setValue(QStringLiteral("v1/window/") + QLatin1String(part), wide.saveState());
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
        auto* follow = user_->onPage<QToolButton>("follow");
        for (const QString& title : {QStringLiteral("Throughput"), QStringLiteral("Kernel over time")}) {
            showTab(title);
            TimeCharts* charts = nullptr;
            for (auto* each : user_->page().findChildren<TimeCharts*>())
                if (each->isVisible()) charts = each;
            QVERIFY(charts != nullptr);
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
        showTab(QStringLiteral("Options"));
        QVERIFY(!follow->isVisible());
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
