#include <QAction>
#include <QApplication>
#include <QDesktopServices>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QMenuBar>
#include <QRegularExpression>
#include <QScrollBar>
#include <QSettings>
#include <QShortcut>
#include <QTest>
#include <QTextBlock>
#include <QTextTable>
#include <algorithm>

#include "guide.h"
#include "guidepage.h"
#include "guideplace.h"
#include "guidewindow.h"
#include "lifecyclerail.h"
#include "loopback.h"
#include "mainwindow.h"
#include "sessionpage.h"
#include "shortcuttable.h"
#include "socketsmodel.h"
#include "stagecard.h"
#include "theme.h"

using namespace sockstage;

/// The guide's text as it is compiled in, and its window as a person uses it.
class TestGuide : public QObject {
    Q_OBJECT

public:
    static void initMain() { loopback::useOwnSettings(); }
    Q_INVOKABLE void openedOutside(const QUrl& url) { opened_ << url; }

private:
    QList<QUrl> opened_;

    template <class Widget>
    static Widget* part(const GuideWindow& guide, const char* name) {
        return guide.findChild<Widget*>(QLatin1String(name));
    }
    static GuidePage& page(const GuideWindow& guide) { return *part<GuidePage>(guide, "page"); }
    static QString text(const GuideWindow& guide) { return page(guide).toPlainText(); }
    static std::unique_ptr<GuideWindow> shown() {
        auto guide = std::make_unique<GuideWindow>(QString());
        guide->show();
        guide->activateWindow();
        [&] { QVERIFY(QTest::qWaitForWindowActive(guide.get())); }();
        return guide;
    }
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
    static QString firstVisible(const GuideWindow& guide) {
        const int line = guide.fontMetrics().height();
        const QTextCursor cursor = page(guide).cursorForPosition(QPoint(line * 3, line / 2 + 4));
        return cursor.block().text();
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

private Q_SLOTS:
    void init() {
        QSettings().clear();
        applyTheme(*qApp, Theme::Light);
    }

    void everyChapterIsWhole() {
        const auto chapters = readGuide(QStringLiteral("| a | b |"));
        QCOMPARE(chapters.size(), 15U);
        for (const GuideChapter& chapter : chapters) {
            QVERIFY2(!chapter.title.isEmpty() && chapter.markdown.startsWith(QStringLiteral("# ")),
                     qUtf8Printable(chapter.name));
            const QString last = chapter.markdown.section(QStringLiteral("\n## "), -1);
            QVERIFY2(last.startsWith(QStringLiteral("Try it\n\n")), qUtf8Printable(chapter.name));
            const auto words = chapter.markdown.simplified().split(u' ').size();
            QVERIFY2(words > 120 && words < 800, qUtf8Printable(chapter.name));
            QVERIFY2(!chapter.markdown.contains(QStringLiteral("{{")), qUtf8Printable(chapter.name));
        }
    }

    void everyLinkLeadsSomewhere() {
        GuideWindow guide{QString()};
        static const QRegularExpression link(QStringLiteral("\\]\\(([^)]*)\\)"));
        int inside = 0;
        for (const GuideChapter& chapter : guide.chapters())
            for (auto it = link.globalMatch(chapter.markdown); it.hasNext();) {
                const QString target = it.next().captured(1);
                const QUrl url(target, QUrl::StrictMode);
                QVERIFY2(url.isValid(), qUtf8Printable(target));
                if (!url.isRelative()) {
                    QVERIFY2(url.scheme() == QLatin1String("https") && !url.host().isEmpty(),
                             qUtf8Printable(target));
                    continue;
                }
                QVERIFY2(url.path().endsWith(QLatin1String(".md")), qUtf8Printable(target));
                QVERIFY2(guide.showPlace(QString(target).remove(QStringLiteral(".md"))),
                         qUtf8Printable(target));
                ++inside;
            }
        QVERIFY(inside >= 25);
    }

    void everyStageHasItsPlace() {
        GuideWindow guide{QString()};
        for (const Role role : allRoles)
            for (std::size_t i = 0; i < stageCount; ++i)
                for (const bool failed : {false, true}) {
                    const QString place = guidePlaceOf(static_cast<Stage>(i), role, failed);
                    QVERIFY2(guide.showPlace(place), qUtf8Printable(place));
                }
        QVERIFY(!guide.showPlace(QStringLiteral("nowhere")));
        QVERIFY(!guide.showPlace(QStringLiteral("send#nowhere")));
        QVERIFY(!guide.showPlace(QString()));
    }

    void everyPartOfAPageHasItsPlace() {
        const auto window = mainWindow();
        window->openSocket(loopback::configOf(Role::TcpServer));
        GuideWindow guide{QString()};
        QStringList places;
        for (const QWidget* widget : window->currentPage()->findChildren<QWidget*>())
            if (widget->dynamicPropertyNames().contains("guidePlace")) places << guidePlaceOf(widget);
        places.removeDuplicates();
        QVERIFY(places.size() >= 6);
        for (const QString& place : std::as_const(places))
            QVERIFY2(guide.showPlace(place), qUtf8Printable(place));
        closeAll(*window);
    }

    void theListLeadsToTheChapters() {
        const auto guide = shown();
        auto* list = part<QListWidget>(*guide, "chapters");
        QCOMPARE(list->count(), 15);
        list->setFocus();
        for (int row = 1; row < list->count(); ++row) {
            QTest::keyClick(list, Qt::Key_Down);
            QCOMPARE(list->currentRow(), row);
            const GuideChapter& chapter = guide->chapters()[static_cast<std::size_t>(row)];
            QVERIFY2(text(*guide).startsWith(chapter.title), qUtf8Printable(chapter.name));
            QCOMPARE(page(*guide).accessibleName(), chapter.title);
            QVERIFY(guide->windowTitle().contains(chapter.title));
        }
    }

    void backAndForward() {
        const auto guide = shown();
        QVERIFY(page(*guide).hasFocus());
        guide->showPlace(QStringLiteral("send"));
        page(*guide).verticalScrollBar()->setValue(page(*guide).verticalScrollBar()->maximum() / 2);
        const QString before = firstVisible(*guide);
        guide->showPlace(QStringLiteral("recv#half-close"));
        QCOMPARE(firstVisible(*guide), QStringLiteral("Half-close"));
        QTest::keyClick(guide.get(), Qt::Key_Left, Qt::AltModifier);
        QCOMPARE(guide->chapter().name, QStringLiteral("send"));
        QCOMPARE(firstVisible(*guide), before);
        QTest::keyClick(guide.get(), Qt::Key_Right, Qt::AltModifier);
        QCOMPARE(guide->chapter().name, QStringLiteral("recv"));
        QTest::keyClick(guide.get(), Qt::Key_PageDown, Qt::ControlModifier);
        QCOMPARE(guide->chapter().name, QStringLiteral("accept-queue"));
        QTest::keyClick(guide.get(), Qt::Key_PageUp, Qt::ControlModifier);
        QCOMPARE(guide->chapter().name, QStringLiteral("recv"));
    }

    void findInAllChapters() {
        const auto guide = shown();
        guide->showPlace(QStringLiteral("sockets"));
        QTest::keyClick(guide.get(), Qt::Key_F, Qt::ControlModifier);
        auto* find = part<QLineEdit>(*guide, "guideFind");
        QTRY_VERIFY(find->hasFocus());
        QTest::keyClicks(find, QStringLiteral("LISTENOVERFLOWS"));
        const auto* found = part<QLabel>(*guide, "guideFound");
        QVERIFY2(found->text().contains(QStringLiteral("in other chapters")), qUtf8Printable(found->text()));
        const auto* list = part<QListWidget>(*guide, "chapters");
        QVERIFY(list->findItems(QStringLiteral("The accept queue · "), Qt::MatchStartsWith).size() == 1);
        QTest::keyClick(find, Qt::Key_Return);
        QCOMPARE(guide->chapter().name, QStringLiteral("accept-queue"));
        const auto marked = [&] {
            QString all;
            for (const auto& selection : page(*guide).extraSelections())
                all += selection.cursor.selectedText() + u' ';
            return all;
        };
        QVERIFY2(marked().startsWith(QStringLiteral("ListenOverflows ")), qUtf8Printable(marked()));
        QVERIFY(found->text().startsWith(QStringLiteral("1 of ")));
        QTest::keyClick(guide.get(), Qt::Key_F3);
        QVERIFY2(found->text().startsWith(QStringLiteral("2 of ")), qUtf8Printable(found->text()));
        QTest::keyClick(guide.get(), Qt::Key_F3, Qt::ShiftModifier);
        QVERIFY(found->text().startsWith(QStringLiteral("1 of ")));
        // Esc empties the field first, and only then closes.
        QTest::keyClick(guide.get(), Qt::Key_Escape);
        QVERIFY(find->text().isEmpty() && guide->isVisible());
        QVERIFY(page(*guide).extraSelections().isEmpty());
        find->setText(QStringLiteral("no such words"));
        QCOMPARE(found->text(), QStringLiteral("not found"));
        QVERIFY(find->property("wrong").toBool());
        QTest::keyClick(find, Qt::Key_Return);
        QTest::keyClick(guide.get(), Qt::Key_Escape);
        QTest::keyClick(guide.get(), Qt::Key_Escape);
        QVERIFY(!guide->isVisible());
    }

    /// Each match lies where the text is, in every chapter: tables, code and lists count as the document
    /// does.
    void matchesLieOnTheText() {
        const auto guide = shown();
        auto* find = part<QLineEdit>(*guide, "guideFind");
        find->setText(QStringLiteral("The"));
        for (const GuideChapter& chapter : guide->chapters()) {
            guide->showPlace(chapter.name);
            QVERIFY2(!page(*guide).extraSelections().isEmpty(), qUtf8Printable(chapter.name));
            for (const auto& selection : page(*guide).extraSelections())
                QCOMPARE(selection.cursor.selectedText().toLower(), QStringLiteral("the"));
        }
    }

    void theLastMatchIsFollowedByTheFirst() {
        const auto guide = shown();
        guide->showPlace(QStringLiteral("glossary"));
        part<QLineEdit>(*guide, "guideFind")->setText(QStringLiteral("Try it"));
        QTest::keyClick(guide.get(), Qt::Key_F3);
        QCOMPARE(guide->chapter().name, QStringLiteral("sockets"));
        QTest::keyClick(guide.get(), Qt::Key_F3, Qt::ShiftModifier);
        QCOMPARE(guide->chapter().name, QStringLiteral("glossary"));
    }

    void itRemembersThePlace() {
        QString before;
        {
            const auto guide = shown();
            guide->showPlace(QStringLiteral("tcp-states#time-wait"));
            guide->resize(700, 500);
            before = firstVisible(*guide);
            guide->close();
        }
        const auto guide = shown();
        QCOMPARE(guide->chapter().name, QStringLiteral("tcp-states"));
        QCOMPARE(firstVisible(*guide), before);
    }

    void widthAndThemeKeepThePlace() {
        const auto guide = shown();
        guide->showPlace(QStringLiteral("tcp-states#time-wait"));
        guide->resize(guide->width() * 2 / 3, guide->height());
        QTRY_COMPARE(firstVisible(*guide), QStringLiteral("TIME-WAIT"));
        applyTheme(*qApp, Theme::Dark);
        QTRY_COMPARE(firstVisible(*guide), QStringLiteral("TIME-WAIT"));
        guide->showPlace(QStringLiteral("recv"));
        QColor link;
        for (QTextBlock block = page(*guide).document()->begin(); block.isValid(); block = block.next())
            for (auto it = block.begin(); !it.atEnd(); ++it)
                if (it.fragment().charFormat().isAnchor())
                    link = it.fragment().charFormat().foreground().color();
        QCOMPARE(link, roleColors().sent);
    }

    void everythingFitsAtDoubleSize() {
        QFont font = QApplication::font();
        const QFont before = font;
        font.setPointSizeF(font.pointSizeF() * 2);
        QApplication::setFont(font);
        {
            const auto guide = shown();
            const int line = guide->fontMetrics().height();
            guide->resize(line * 58, line * 44);
            for (const GuideChapter& chapter : guide->chapters()) {
                guide->showPlace(chapter.name);
                QVERIFY2(page(*guide).horizontalScrollBar()->maximum() == 0, qUtf8Printable(chapter.name));
            }
        }
        QApplication::setFont(before);
    }

    void linksOutsideOpenOnAClickOnly() {
        QDesktopServices::setUrlHandler(QStringLiteral("https"), this, "openedOutside");
        const auto guide = shown();
        guide->showPlace(QStringLiteral("glossary#where-it-is-written"));
        QVERIFY(opened_.isEmpty());
        const QTextCursor at = page(*guide).document()->find(QStringLiteral("RFC 9293"));
        QVERIFY(!at.isNull());
        QTest::mouseClick(page(*guide).viewport(), Qt::LeftButton, {},
                          page(*guide).cursorRect(at).center() - QPoint(8, 0));
        QCOMPARE(opened_, QList<QUrl>{QUrl(QStringLiteral("https://www.rfc-editor.org/rfc/rfc9293"))});
        QCOMPARE(guide->chapter().name, QStringLiteral("glossary"));
        QDesktopServices::unsetUrlHandler(QStringLiteral("https"));
    }

    void linksInsideWorkByKeyboard() {
        const auto guide = shown();
        guide->showPlace(QStringLiteral("recv"));
        page(*guide).setFocus();
        QTest::keyClick(&page(*guide), Qt::Key_Tab);
        QTest::keyClick(&page(*guide), Qt::Key_Return);
        QTRY_COMPARE(guide->chapter().name, QStringLiteral("accept-queue"));
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

    /// Every key of the menus stands in the chapter, beside the words of its menu entry.
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

private:
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
};

QTEST_MAIN(TestGuide)
#include "tst_guide.moc"
