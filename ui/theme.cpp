// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme.h"

#include <QApplication>
#include <QFile>
#include <QFontDatabase>
#include <QFontInfo>
#include <QPalette>
#include <QStyle>
#include <QStyleFactory>
#include <QWidget>

// The macro declares a function of the global namespace. Without the call a linker leaves a static
// library's resources out.
static void initResource() {
    Q_INIT_RESOURCE(style);
}

namespace sockstage {
namespace {

const RoleColors lightColors{.received = QColor(0xa34a00),
                             .sent = QColor(0x1560bd),
                             .receivedBackground = QColor(0xfdf0e4),
                             .sentBackground = QColor(0xe9f2fd),
                             .done = QColor(0x1a7345),
                             .active = QColor(0x1560bd),
                             .failed = QColor(0xbd2330),
                             .held = QColor(0x7a3fb0),
                             .dimmed = QColor(0x5b636d),
                             .line = QColor(0xd3d9e0),
                             .panel = QColor(0xf5f7fa),
                             .selection = QColor(0xdbe9fa),
                             .primary = QColor(0x1c6bd0),
                             .primaryText = QColor(0xffffff)};

const RoleColors darkColors{.received = QColor(0xf0a35e),
                            .sent = QColor(0x6fb1fb),
                            .receivedBackground = QColor(0x3a2d23),
                            .sentBackground = QColor(0x212f42),
                            .done = QColor(0x4fc48a),
                            .active = QColor(0x6fb1fb),
                            .failed = QColor(0xff8a85),
                            .held = QColor(0xc9a0f5),
                            .dimmed = QColor(0xa9b1ba),
                            .line = QColor(0x3d434b),
                            .panel = QColor(0x2c3037),
                            .selection = QColor(0x293f5c),
                            .primary = QColor(0x2a6fc9),
                            .primaryText = QColor(0xffffff)};

struct BaseColors {
    QColor window, base, text, button, disabled, tip, handle;
};
const BaseColors lightBase{QColor(0xf5f7fa), QColor(0xffffff), QColor(0x1d2127), QColor(0xffffff),
                           QColor(0x9aa2ac), QColor(0xffffff), QColor(0x8d96a1)};
const BaseColors darkBase{QColor(0x212429), QColor(0x26292f), QColor(0xe8eaed), QColor(0x2c3037),
                          QColor(0x6f7780), QColor(0x343941), QColor(0x757e89)};

bool darkWindow(const QPalette& palette) {
    return palette.color(QPalette::Window).lightness() < 128;
}

/// Unset until applyTheme(); then the views' tests that never call it follow the platform.
enum class Shade { Unset, Light, Dark } shade = Shade::Unset;

QPalette paletteOf(const BaseColors& base, const RoleColors& role) {
    QPalette palette(base.text, base.button, base.button.lighter(120), role.line, role.line, base.text,
                     Qt::white, base.base, base.window);
    palette.setColor(QPalette::AlternateBase, role.panel);
    palette.setColor(QPalette::Shadow, role.line);
    palette.setColor(QPalette::Highlight, role.primary);
    palette.setColor(QPalette::HighlightedText, role.primaryText);
    palette.setColor(QPalette::Link, role.sent);
    palette.setColor(QPalette::LinkVisited, role.held);
    palette.setColor(QPalette::ToolTipBase, base.tip);
    palette.setColor(QPalette::ToolTipText, base.text);
    palette.setColor(QPalette::PlaceholderText, role.dimmed);
    for (const auto unavailable : {QPalette::Text, QPalette::WindowText, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, unavailable, base.disabled);
    palette.setColor(QPalette::Disabled, QPalette::Highlight, role.line);
    return palette;
}

QString sheetText() {
    initResource();
    QFile file(QStringLiteral(":/style/window.qss"));
    if (!file.open(QIODevice::ReadOnly)) return {};
    return QString::fromUtf8(file.readAll());
}

QString flatSheet(const BaseColors& base, const RoleColors& role) {
    QString sheet = sheetText();
    const std::pair<const char*, QColor> names[] = {
        // A longer name before its own beginning: replacement is by plain text.
        {"@primaryHover", role.primary.lighter(112)},
        {"@primaryText", role.primaryText},
        {"@primary", role.primary},
        {"@disabled", base.disabled},
        {"@window", base.window},
        {"@handle", base.handle},
        {"@button", base.button},
        {"@base", base.base},
        {"@text", base.text},
        {"@tip", base.tip},
        {"@selection", role.selection},
        {"@active", role.active},
        {"@failed", role.failed},
        {"@received", role.received},
        {"@sent", role.sent},
        {"@done", role.done},
        {"@held", role.held},
        {"@dimmed", role.dimmed},
        {"@line", role.line},
        {"@panel", role.panel}};
    for (const auto& [name, color] : names)
        sheet.replace(QLatin1String(name), color.name());
    return sheet;
}

}  // namespace

void applyTheme(QApplication& application, Theme theme) {
    // An empty palette gives the platform's own back, so that System can be judged again.
    application.setPalette(QPalette());
    const bool dark = theme == Theme::Dark || (theme == Theme::System && darkWindow(application.palette()));
    shade = dark ? Shade::Dark : Shade::Light;
    const BaseColors& base = dark ? darkBase : lightBase;
    if (application.style()->name() != QLatin1String("fusion") && application.styleSheet().isEmpty())
        QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    application.setPalette(paletteOf(base, roleColors()));
    application.setStyleSheet(flatSheet(base, roleColors()));
}

QString themeName(Theme theme) {
    switch (theme) {
        case Theme::System:
            return QStringLiteral("system");
        case Theme::Light:
            return QStringLiteral("light");
        case Theme::Dark:
            return QStringLiteral("dark");
    }
    return {};
}

Theme themeFromName(const QString& name) {
    if (name == themeName(Theme::Light)) return Theme::Light;
    return name == themeName(Theme::Dark) ? Theme::Dark : Theme::System;
}

const RoleColors& roleColors() {
    return isDark() ? darkColors : lightColors;
}

bool isDark() {
    return shade == Shade::Unset ? darkWindow(QApplication::palette()) : shade == Shade::Dark;
}

void setTone(QWidget* label, Tone tone) {
    const int value = static_cast<int>(tone);
    if (label->property("tone").toInt() == value) return;
    label->setProperty("tone", value);
    label->style()->unpolish(label);
    label->style()->polish(label);
}

void setWrong(QWidget* field, bool wrong) {
    if (field->property("wrong").toBool() == wrong) return;
    field->setProperty("wrong", wrong);
    field->style()->unpolish(field);
    field->style()->polish(field);
}

QFont monospaceFont() {
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    const QFont ours = QApplication::font();
    if (ours.pointSizeF() > 0)
        font.setPointSizeF(ours.pointSizeF());
    else
        font.setPixelSize(ours.pixelSize());
    // Some systems name a proportional font here; columns of hex need the real thing.
    if (!QFontInfo(font).fixedPitch()) font.setFamily(QStringLiteral("monospace"));
    font.setStyleHint(QFont::TypeWriter);
    return font;
}

}  // namespace sockstage
