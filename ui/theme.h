// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFont>
#include <QString>

class QApplication;
class QWidget;

namespace sockstage {

enum class Theme { System, Light, Dark };

/// Fusion, a palette by hand and the flat look on top of it. System follows the palette that the
/// platform offers: dark when its window colour is dark. May be called again at any time.
void applyTheme(QApplication& application, Theme theme);

/// "system", "light", "dark": the words of the settings and of the command line.
QString themeName(Theme theme);
Theme themeFromName(const QString& name);

/// The colours that a palette has no role for. Every one that is used for text keeps a contrast of
/// at least 4.5 to the base, the panel, the selection and the two background tints.
struct RoleColors {
    QColor received, sent;  ///< the colour pair of the two directions; blue and orange for everybody's eyes
    QColor receivedBackground, sentBackground;
    QColor done, active, failed, held;
    QColor dimmed;     ///< secondary text
    QColor line;       ///< 1 px separators
    QColor panel;      ///< header strips, tool bar, composer
    QColor selection;  ///< behind a selected row, with normal text on it
    QColor primary;    ///< behind the one button that matters, with primaryText on it
    QColor primaryText;
};
const RoleColors& roleColors();
bool isDark();

/// What a label's colour says; see RoleColors. Follows a change of the theme by itself.
enum class Tone { Normal, Dimmed, Received, Sent, Done, Active, Failed, Held };
void setTone(QWidget* label, Tone tone);

/// A field whose content is wrong gets a frame in the colour of a failure.
void setWrong(QWidget* field, bool wrong);

/// The system's fixed font at the application's size.
QFont monospaceFont();

}  // namespace sockstage
