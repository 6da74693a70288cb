// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QMenu>
#include <QMenuBar>
#include <QRegularExpression>
#include <QSettings>
#include <QShortcut>
#include <QTest>
#include <QToolButton>
#include <algorithm>

#include "guide.h"
#include "guideplace.h"
#include "guidewindow.h"
#include "lifecyclerail.h"
#include "loopback.h"
#include "mainwindow.h"
#include "newsocketdialog.h"
#include "sessionpage.h"
#include "shortcuttable.h"
#include "socketsmodel.h"
#include "stagecard.h"
#include "theme.h"

using namespace sockstage;

/// How the window leads to its guide, and whether the keys that the guide names are the window's.
class TestGuidePlaces : public QObject {
    Q_OBJECT

public:
    static void initMain() { loopback::useOwnSettings(); }

private:
    static std::unique_ptr<MainWindow> mainWindow() {
        auto window = std::make_unique<MainWindow>();
        window->resize(1280, 860);
        window->show();
        window->activateWindow();
        [&] { QVERIFY(QTest::qWaitForWindowActive(window.get())); }();
        return window;
    }
    static void closeAll(MainWindow& window) {
        window.close();
        QTRY_VERIFY(window.sockets().allFinished());
    }
    /// Keys as the guide writes them: `Ctrl+F`, F10, Shift+F3.
    static QStringList keysIn(const QString& markdown) {
        static const QRegularExpression key(
            QStringLiteral("\\b(?:(?:Ctrl|Shift|Alt)\\+)+(?:[A-Z][A-Za-z]*|F\\d+)\\b|\\bF\\d{1,2}\\b"));
        QStringList keys;
        for (auto it = key.globalMatch(markdown); it.hasNext();)
            keys << it.next().captured();
        return keys;
    }
    static GuideChapter chapterNamed(const std::vector<GuideChapter>& chapters, const QString& name) {
        const auto found = std::find_if(chapters.begin(), chapters.end(),
                                        [&](const GuideChapter& each) { return each.name == name; });
        return found == chapters.end() ? GuideChapter{} : *found;
    }
    /// "File", "New socket": the words on the way to a menu entry; empty when no menu has it.
    static QStringList menuPath(const QMenuBar& bar, const QAction& action) {
        for (const QAction* top : bar.actions()) {
            const QMenu* menu = top->menu();
            if (menu == nullptr || !menu->actions().contains(const_cast<QAction*>(&action))) continue;
            const auto plain = [](QString words) { return words.remove(u'&').remove(u'…'); };
            return {plain(menu->title()), plain(action.text())};
        }
        return {};
    }

private Q_SLOTS:
    void init() {
        QSettings().clear();
        applyTheme(*qApp, Theme::Light);
    }

    void everyPartOfAPageHasItsPlace() {
        const auto window = mainWindow();
        window->openSocket(loopback::configOf(Role::TcpServer));
        GuideWindow guide{QString()};
        QStringList places;
        for (const QWidget* widget : window->findChildren<QWidget*>())
            if (widget->dynamicPropertyNames().contains("guidePlace")) places << guidePlaceOf(widget);
        places.removeDuplicates();
        for (const char* place : {"window#charts", "window#options", "window#kernel-buffers", "tcp-states",
                                  "step-mode", "experiments#how-to-read-a-scene", "window#sockets"})
            QVERIFY2(places.contains(QLatin1String(place)), place);
        for (const QString& place : std::as_const(places))
            QVERIFY2(guide.showPlace(place), qUtf8Printable(place));
        closeAll(*window);
    }

    void f1OpensWhatHasTheFocus() {
        const auto window = mainWindow();
        auto* guide = window->findChild<Guide*>();
        QVERIFY(guide != nullptr && guide->window() == nullptr);
        QTest::keyClick(window.get(), Qt::Key_F1);
        QVERIFY(guide->window() != nullptr && guide->window()->isVisible());
        QCOMPARE(guide->window()->chapter().name, QStringLiteral("sockets"));
        window->openSocket(loopback::configOf(Role::TcpServer));
        const auto focused = [&](Stage stage) {
            for (auto* card : window->currentPage()->findChildren<StageCard*>())
                if (card->facts().stage == stage) return card->setFocus();
        };
        focused(Stage::Accept);
        guide->open();
        QCOMPARE(guide->window()->chapter().name, QStringLiteral("accept-queue"));
        focused(Stage::Send);
        guide->open();
        QCOMPARE(guide->window()->chapter().name, QStringLiteral("send"));
        window->findChild<QAction*>(QStringLiteral("guide"))->trigger();
        QCOMPARE(guide->window()->chapter().name, QStringLiteral("send"));
        closeAll(*window);
        QTRY_VERIFY(!guide->window()->isVisible());
    }

    void aFailedStageLeadsToFailures() {
        const auto window = mainWindow();
        Session* session = window->openSocket(loopback::configOf(Role::TcpClient, 1));
        QTRY_VERIFY(!session->failure().isEmpty());
        const StageCard* connecting = nullptr;
        for (const auto* card : window->currentPage()->rail().findChildren<StageCard*>())
            if (card->facts().stage == Stage::Connect) connecting = card;
        QTRY_COMPARE(guidePlaceOf(connecting), QStringLiteral("failures"));
        closeAll(*window);
    }

    /// Every key of the menus stands in the chapter, beside the words of its menu entry. The Help menu leads
    /// there.
    void theShortcutsAreTheRealOnes() {
        const auto window = mainWindow();
        const auto chapters = readGuide(shortcutTable(*window->menuBar()));
        const QString chapter = chapterNamed(chapters, QStringLiteral("shortcuts")).markdown;
        int checked = 0;
        for (const QAction* action : window->findChildren<QAction*>()) {
            const QStringList path = menuPath(*window->menuBar(), *action);
            if (path.isEmpty() || action->shortcuts().isEmpty()) continue;
            for (const QKeySequence& keys : action->shortcuts())
                QVERIFY2(
                    chapter.contains(QStringLiteral("`%1`").arg(keys.toString(QKeySequence::NativeText))),
                    qUtf8Printable(path.join(u' ')));
            QVERIFY2(chapter.contains(path.join(QStringLiteral(" › ")) + QStringLiteral(" |")),
                     qUtf8Printable(path.join(u' ')));
            ++checked;
        }
        QVERIFY(checked >= 10);
        auto* guide = window->findChild<Guide*>();
        window->findChild<QAction*>(QStringLiteral("shortcuts"))->trigger();
        QCOMPARE(guide->window()->chapter().name, QStringLiteral("shortcuts"));
        closeAll(*window);
    }

    /// Two actions under one key are none: Qt calls it ambiguous and does neither.
    void noTwoActionsShareAKey() {
        const auto window = mainWindow();
        QStringList seen;
        for (const QAction* action : window->findChildren<QAction*>()) {
            if (menuPath(*window->menuBar(), *action).isEmpty()) continue;
            for (const QKeySequence& key : action->shortcuts()) {
                const QString text = key.toString();
                QVERIFY2(!seen.contains(text), qUtf8Printable(text + u' ' + action->text()));
                seen << text;
            }
        }
        QVERIFY(seen.size() >= 15);
        closeAll(*window);
    }

    /// The window's own keys are asleep while the dialog is open; its F1 opens the guide beside it.
    void f1InTheDialogOpensTheGuide() {
        const auto window = mainWindow();
        auto* guide = window->findChild<Guide*>();
        QTest::keyClick(window.get(), Qt::Key_N, Qt::ControlModifier);
        QTRY_VERIFY(window->findChild<NewSocketDialog*>() != nullptr);
        auto* dialog = window->findChild<NewSocketDialog*>();
        dialog->activateWindow();
        QTRY_VERIFY(dialog->isActiveWindow());
        QTest::mouseClick(dialog->findChild<QToolButton*>(QStringLiteral("udp-server")), Qt::LeftButton);
        QTest::keyClick(dialog, Qt::Key_F1);
        QVERIFY(guide->window() != nullptr && guide->window()->isVisible());
        QCOMPARE(guide->window()->chapter().name, QStringLiteral("udp"));
        // It can be used: the dialog is in the way of its own window only.
        QVERIFY(QTest::qWaitForWindowActive(guide->window()));
        QTest::keyClick(guide->window(), Qt::Key_PageDown, Qt::ControlModifier);
        QCOMPARE(guide->window()->chapter().name, QStringLiteral("send"));
        dialog->close();
        closeAll(*window);
    }

    /// No chapter names a key that does not exist.
    void theKeysThatTheTextNamesExist() {
        const auto window = mainWindow();
        const auto chapters = readGuide(shortcutTable(*window->menuBar()));
        const QStringList known = keysIn(chapterNamed(chapters, QStringLiteral("shortcuts")).markdown);
        for (const GuideChapter& chapter : chapters)
            for (const QString& key : keysIn(chapter.markdown))
                QVERIFY2(known.contains(key), qUtf8Printable(chapter.name + u' ' + key));
        closeAll(*window);
    }

    /// The keys that the chapter gives to the guide are those that its window has.
    void theGuidesOwnKeysAreTheRealOnes() {
        GuideWindow guide{QString()};
        QStringList rows;
        const QString chapter = chapterNamed(guide.chapters(), QStringLiteral("shortcuts")).markdown;
        for (const QString& line : chapter.split(u'\n'))
            if (line.startsWith(QStringLiteral("| Guide |"))) rows << line;
        const QString told = rows.join(u'\n');
        QStringList keys;
        for (const auto* shortcut : guide.findChildren<QShortcut*>())
            keys << shortcut->key().toString(QKeySequence::NativeText);
        QCOMPARE(keys.size(), 8);
        for (const QString& key : std::as_const(keys))
            QVERIFY2(told.contains(u'`' + key + u'`'), qUtf8Printable(key));
    }
};

QTEST_MAIN(TestGuidePlaces)
#include "tst_guideplaces.moc"
