// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme.h"

#include <QApplication>
#include <QFileDialog>
#include <QPalette>
#include <QTest>
#include <QToolButton>
#include <algorithm>
#include <cmath>

using namespace sockstage;

namespace {

double linear(double part) {
    return part <= 0.03928 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
}

/// WCAG 2: relative luminance and contrast ratio.
double luminance(const QColor& color) {
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}
double contrast(const QColor& a, const QColor& b) {
    const double first = luminance(a), second = luminance(b);
    return (qMax(first, second) + 0.05) / (qMin(first, second) + 0.05);
}

}  // namespace

class TestTheme : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyTextCanBeRead_data() {
        QTest::addColumn<int>("theme");
        QTest::newRow("light") << static_cast<int>(Theme::Light);
        QTest::newRow("dark") << static_cast<int>(Theme::Dark);
    }
    void everyTextCanBeRead() {
        QFETCH(int, theme);
        applyTheme(*qApp, static_cast<Theme>(theme));
        const RoleColors& colors = roleColors();
        const QPalette palette = QApplication::palette();
        const QColor texts[] = {colors.received,
                                colors.sent,
                                colors.done,
                                colors.active,
                                colors.failed,
                                colors.held,
                                colors.dimmed,
                                palette.color(QPalette::Text),
                                palette.color(QPalette::WindowText)};
        const QColor backgrounds[] = {palette.color(QPalette::Base),
                                      palette.color(QPalette::Window),
                                      colors.panel,
                                      colors.selection,
                                      colors.receivedBackground,
                                      colors.sentBackground};
        for (const QColor& text : texts)
            for (const QColor& background : backgrounds)
                QVERIFY2(contrast(text, background) >= 4.5,
                         qPrintable(text.name() + QStringLiteral(" on ") + background.name()));
        QVERIFY(contrast(colors.primaryText, colors.primary) >= 4.5);
        QVERIFY(contrast(palette.color(QPalette::HighlightedText), palette.color(QPalette::Highlight)) >=
                4.5);
    }

    void systemFollowsThePlatform() {
        applyTheme(*qApp, Theme::Dark);
        QVERIFY(isDark());
        applyTheme(*qApp, Theme::System);
        QVERIFY(!isDark());
    }

    /// The style sheet's padding would leave the icons of its buttons 4 pixels.
    void fileDialogShowsItsIcons() {
        applyTheme(*qApp, Theme::Light);
        QFileDialog dialog;
        dialog.setOption(QFileDialog::DontUseNativeDialog);
        dialog.show();
        QVERIFY(QTest::qWaitForWindowExposed(&dialog));
        auto* button = dialog.findChild<QToolButton*>(QStringLiteral("backButton"));
        QVERIFY(button != nullptr);
        const QImage drawn = button->grab().toImage();
        const int edge = drawn.height() / 6;
        const QRgb ground = drawn.pixel(edge, edge);
        int first = drawn.height(), last = 0;
        for (int y = edge; y < drawn.height() - edge; ++y)
            for (int x = edge; x < drawn.width() - edge; ++x) {
                if (drawn.pixel(x, y) == ground) continue;
                first = std::min(first, y);
                last = std::max(last, y);
            }
        const int high = last - first + 1;
        QVERIFY2(high >= drawn.height() / 3, qPrintable(QString::number(high)));
    }

    void namesComeBack() {
        for (const Theme theme : {Theme::System, Theme::Light, Theme::Dark})
            QCOMPARE(themeFromName(themeName(theme)), theme);
        QCOMPARE(themeFromName(QStringLiteral("purple")), Theme::System);
    }

    void fixedFontHasTheApplicationsSize() {
        QCOMPARE(monospaceFont().pointSizeF(), QApplication::font().pointSizeF());
        const QFontMetrics metrics(monospaceFont());
        QCOMPARE(metrics.horizontalAdvance(QLatin1Char('i')), metrics.horizontalAdvance(QLatin1Char('W')));
    }
};

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
