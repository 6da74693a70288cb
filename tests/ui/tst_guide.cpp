// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QDesktopServices>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QRegularExpression>
#include <QScrollBar>
#include <QSettings>
#include <QTest>
#include <QTextBlock>
#include <QTextTable>
#include <algorithm>

#include "guidepage.h"
#include "guideplace.h"
#include "guidewindow.h"
#include "loopback.h"
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
        // Low enough that every place can come to the top, whatever fonts there are.
        guide->resize(guide->fontMetrics().height() * 50, guide->fontMetrics().height() * 24);
        guide->show();
        guide->activateWindow();
        [&] { QVERIFY(QTest::qWaitForWindowActive(guide.get())); }();
        return guide;
    }
    static QString firstVisible(const GuideWindow& guide) {
        const int line = guide.fontMetrics().height();
        const QTextCursor cursor = page(guide).cursorForPosition(QPoint(line * 3, line / 2 + 4));
        return cursor.block().text();
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
            QVERIFY2(words > 120 && words < 1000, qUtf8Printable(chapter.name));
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
            // Room for a line of code of 84 characters, in whatever fonts there are. The list has a share of
            // the width.
            const int line = guide->fontMetrics().height();
            const int wanted = QFontMetrics(monospaceFont()).horizontalAdvance(u'm') * 84 + line * 4;
            for (int i = 0; i < 20 && page(*guide).viewport()->width() < wanted; ++i)
                guide->resize(guide->width() + wanted - page(*guide).viewport()->width(), line * 44);
            QVERIFY(page(*guide).viewport()->width() >= wanted);
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
        QTRY_COMPARE(guide->chapter().name, QStringLiteral("window"));
    }
};

QTEST_MAIN(TestGuide)
#include "tst_guide.moc"
