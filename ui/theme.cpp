#include "theme.h"

#include <QApplication>
#include <QFontDatabase>
#include <QFontInfo>
#include <QPalette>
#include <QStyle>
#include <QStyleFactory>
#include <QWidget>

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

/// Lengths are in em, so that large fonts grow the controls with them. Only what Fusion draws in
/// relief is replaced; item views, menus and scroll bars stay its own.
QString flatSheet(const BaseColors& base, const RoleColors& role) {
    QString sheet = QStringLiteral(R"(
QToolTip { color: @text; background: @tip; border: 1px solid @line; padding: 0.25em; }
QMenuBar { background: @window; border: none; }
QMenuBar::item { padding: 0.35em 0.7em; background: transparent; border-radius: 3px; }
QMenuBar::item:selected { background: @selection; color: @text; }
QMenu { background: @base; border: 1px solid @line; padding: 0.25em 0; }
QMenu::item { padding: 0.35em 1.6em 0.35em 2em; }
QMenu::item:selected { background: @selection; color: @text; }
QMenu::item:disabled { color: @disabled; background: transparent; }
QMenu::separator { height: 1px; background: @line; margin: 0.25em 0; }
QToolBar { background: @window; border: none; border-bottom: 1px solid @line; padding: 0.35em 0.5em; spacing: 0.55em; }
QToolBar::separator { width: 1px; background: @line; margin: 0.35em 0.3em; }
QLabel[tone="1"] { color: @dimmed; }
QLabel[tone="2"] { color: @received; }
QLabel[tone="3"] { color: @sent; }
QLabel[tone="4"] { color: @done; }
QLabel[tone="5"] { color: @active; }
QLabel[tone="6"] { color: @failed; }
QLabel[tone="7"] { color: @held; }
QPushButton, QToolButton {
  background: @button; color: @text; border: 1px solid @line; border-radius: 0.3em; padding: 0.3em 0.7em; }
QPushButton:hover, QToolButton:hover { border-color: @active; }
QPushButton:pressed, QToolButton:pressed, QPushButton:checked, QToolButton:checked { background: @selection; }
QToolButton:checked { border-color: @active; }
QPushButton:focus, QToolButton:focus { border-color: @active; }
QPushButton:disabled, QToolButton:disabled { color: @disabled; background: @panel; }
QPushButton[primary="true"], QToolButton[primary="true"] {
  background: @primary; color: @primaryText; border-color: @primary; font-weight: 600; }
QPushButton[primary="true"]:hover, QToolButton[primary="true"]:hover { background: @primaryHover; }
QPushButton[primary="true"]:focus, QToolButton[primary="true"]:focus { border: 1px solid @text; }
QPushButton[primary="true"]:disabled, QToolButton[primary="true"]:disabled {
  background: @line; color: @dimmed; border-color: @line; }
QToolBar QToolButton { padding: 0.35em 0.4em 0.35em 0.6em; }
QPushButton[quiet="true"], QToolButton[quiet="true"] { background: transparent; border-color: transparent; }
QPushButton[quiet="true"]:hover, QPushButton[quiet="true"]:focus,
QToolButton[quiet="true"]:hover, QToolButton[quiet="true"]:focus { border-color: @line; }
QToolButton[quiet="true"]:checked { color: @active; background: transparent; border-color: transparent; }
QToolButton[quiet="true"]:checked:focus { border-color: @line; }
QToolButton[popupMode="2"] { padding-right: 1.3em; }
QPushButton[field="true"] { padding: 0.25em 0.4em; }
QPushButton::menu-indicator, QToolButton::menu-indicator { subcontrol-origin: padding; subcontrol-position: center right; right: 0.5em; }
QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox {
  background: @base; color: @text; border: 1px solid @line; border-radius: 0.3em; padding: 0.25em 0.4em;
  selection-background-color: @primary; selection-color: @primaryText; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus { border-color: @active; }
QLineEdit[wrong="true"], QPlainTextEdit[wrong="true"] { border-color: @failed; }
QSplitter::handle { background: @line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 0.85em; }
QScrollBar:horizontal { height: 0.85em; }
QScrollBar::handle { background: @handle; border: none; margin: 2px; border-radius: 0.25em; }
QScrollBar::handle:vertical { min-height: 2em; }
QScrollBar::handle:horizontal { min-width: 2em; }
QScrollBar::handle:hover { background: @dimmed; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: none; }
QStatusBar { background: @window; border-top: 1px solid @line; }
QStatusBar::item { border: none; }
QHeaderView::section { background: @panel; color: @dimmed; border: none; border-bottom: 1px solid @line;
  padding: 0.3em 0.5em; font-weight: 600; }
QTabBar::tab { background: transparent; color: @dimmed; border: 1px solid transparent; border-bottom: none;
  border-top-left-radius: 0.3em; border-top-right-radius: 0.3em; padding: 0.4em 1em; }
QTabBar::tab:selected { background: @base; color: @text; border-color: @line; }
QTabBar::tab:hover, QTabBar::tab:focus { color: @active; }
)");
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
