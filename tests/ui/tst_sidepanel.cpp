// SPDX-License-Identifier: GPL-3.0-or-later
#include "sidepanel.h"

#include <QApplication>
#include <QLabel>
#include <QScrollBar>
#include <QSettings>
#include <QTest>
#include <QVBoxLayout>

#include "loopback.h"
#include "sidesection.h"
#include "strip.h"
#include "theme.h"

using namespace sockstage;

class TestSidePanel : public QObject {
    Q_OBJECT

public:
    static void initMain() { loopback::useOwnSettings(); }

private:
    /// Three sections, each with a content of that height and one field to type into.
    static std::unique_ptr<SidePanel> panel(int contentHeight) {
        auto made = std::make_unique<SidePanel>();
        for (const char* id : {"one", "two", "three"}) {
            auto* content = new QWidget;
            auto* column = new QVBoxLayout(content);
            auto* label = makeLabel(QLatin1String(id));
            label->setFocusPolicy(Qt::StrongFocus);
            label->setFixedHeight(contentHeight);
            label->setMinimumWidth(200);
            column->addWidget(label);
            made->addSection(QLatin1String(id), QLatin1String(id).toString().toUpper(), content);
        }
        made->resize(300, 600);
        made->show();
        return made;
    }
    static SideHeader& header(const SidePanel& panel, std::size_t i) { return panel.sections()[i]->header(); }
    static bool shown(const SidePanel& panel, std::size_t i) {
        return panel.sections()[i]->content()->isVisible();
    }
    static void activate(QWidget& widget) {
        widget.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&widget));
    }

private Q_SLOTS:
    void init() {
        QSettings().clear();
        applyTheme(*qApp, Theme::Light);
    }

    void theMouseFolds() {
        const auto side = panel(60);
        const int below = header(*side, 1).mapTo(side.get(), QPoint()).y();
        QTest::mouseClick(&header(*side, 0), Qt::LeftButton);
        QVERIFY(!shown(*side, 0));
        QVERIFY(shown(*side, 1));
        QTRY_VERIFY2(header(*side, 1).mapTo(side.get(), QPoint()).y() < below, "what is below moves up");
        QTest::mouseClick(&header(*side, 0), Qt::LeftButton);
        QVERIFY(shown(*side, 0));
        QTRY_COMPARE(header(*side, 1).mapTo(side.get(), QPoint()).y(), below);
    }

    void theKeyboardFolds() {
        const auto side = panel(60);
        activate(*side);
        SideHeader& middle = header(*side, 1);
        middle.setFocus();
        QTRY_VERIFY(middle.hasFocus());
        for (const Qt::Key key : {Qt::Key_Space, Qt::Key_Return, Qt::Key_Enter}) {
            QTest::keyClick(&middle, key);
            QVERIFY(!shown(*side, 1));
            QTest::keyClick(&middle, key);
            QVERIFY(shown(*side, 1));
        }
        QTest::keyClick(&middle, Qt::Key_Right);
        QVERIFY(shown(*side, 1));
        QTest::keyClick(&middle, Qt::Key_Left);
        QTest::keyClick(&middle, Qt::Key_Left);
        QVERIFY(!shown(*side, 1));
        QTest::keyClick(&middle, Qt::Key_Right);
        QVERIFY(shown(*side, 1));
    }

    void aScreenReaderHearsIt() {
        const auto side = panel(60);
        side->sections()[0]->setTitle(QStringLiteral("Stage: bind"));
        side->sections()[0]->setNote(QStringLiteral("✔ done"));
        QCOMPARE(header(*side, 0).accessibleName(), QStringLiteral("Stage: bind, ✔ done, unfolded"));
        side->sections()[0]->setFolded(true);
        QCOMPARE(header(*side, 0).accessibleName(), QStringLiteral("Stage: bind, ✔ done, folded"));
    }

    void foldedIsRemembered() {
        QSettings settings;
        {
            const auto side = panel(60);
            side->sections()[0]->setFolded(true);
            side->sections()[2]->setFolded(true);
            side->saveState(settings);
        }
        const auto side = panel(60);
        side->restoreState(settings);
        QVERIFY(!shown(*side, 0));
        QVERIFY(shown(*side, 1));
        QVERIFY(!shown(*side, 2));
        side->unfoldAll();
        QVERIFY(shown(*side, 0) && shown(*side, 2));
        settings.clear();
        side->restoreState(settings);
        QVERIFY2(shown(*side, 0) && shown(*side, 1) && shown(*side, 2), "as it comes");
    }

    void scrollsInHeightOnly() {
        const auto side = panel(400);
        QTRY_VERIFY(side->verticalScrollBar()->maximum() > 0);
        QCOMPARE(side->horizontalScrollBar()->maximum(), 0);
        QVERIFY(side->minimumSizeHint().width() >= 200);
        for (SideSection* section : side->sections())
            QVERIFY2(section->content()->height() >= 400, "no part is squeezed");
        for (SideSection* section : side->sections())
            section->setFolded(true);
        QTRY_COMPARE(side->verticalScrollBar()->maximum(), 0);
    }

    void theFocusIsBroughtIntoSight() {
        const auto side = panel(400);
        activate(*side);
        QTRY_VERIFY(side->verticalScrollBar()->maximum() > 0);
        header(*side, 2).setFocus();
        QTRY_VERIFY(side->viewport()->rect().contains(
            QRect(header(*side, 2).mapTo(side->viewport(), QPoint()), header(*side, 2).size())));
    }

    void largeFontsAndLongTitlesStayInside() {
        QFont large = qApp->font();
        large.setPointSizeF(20);
        const QFont before = qApp->font();
        qApp->setFont(large);
        const auto side = panel(60);
        side->sections()[0]->setTitle(QStringLiteral("Stage: getaddrinfo"));
        side->sections()[0]->setNote(QStringLiteral("waiting"));
        side->resize(side->minimumSizeHint().width(), 600);
        QTRY_VERIFY(header(*side, 0).width() <= side->viewport()->width());
        for (const auto* label : header(*side, 0).findChildren<QLabel*>())
            QVERIFY(label->width() >= label->sizeHint().width() &&
                    header(*side, 0).rect().contains(label->geometry()));
        qApp->setFont(before);
    }
};

QTEST_MAIN(TestSidePanel)
#include "tst_sidepanel.moc"
