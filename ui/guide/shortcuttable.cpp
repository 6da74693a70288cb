// SPDX-License-Identifier: GPL-3.0-or-later
#include "shortcuttable.h"

#include <QCoreApplication>
#include <QMenu>
#include <QMenuBar>

namespace sockstage {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(ShortcutTable)
};

/// Without the mark of the access key and the dots of a dialog.
QString plainText(QString text) {
    text.remove(u'&').remove(u'…');
    return text.replace(u'|', QStringLiteral("\\|"));
}

QString keysOf(const QAction& action) {
    QStringList keys;
    for (const QKeySequence& sequence : action.shortcuts())
        keys << QStringLiteral("`%1`").arg(sequence.toString(QKeySequence::NativeText));
    return keys.join(QStringLiteral(", "));
}

void addRows(QStringList& rows, const QMenu& menu, const QString& path) {
    for (const QAction* action : menu.actions()) {
        if (const QMenu* inner = action->menu(); inner != nullptr)
            addRows(rows, *inner, path + QStringLiteral(" › ") + plainText(inner->title()));
        else if (!action->shortcut().isEmpty())
            rows << QStringLiteral("| %1 | %2 › %3 |").arg(keysOf(*action), path, plainText(action->text()));
    }
}

}  // namespace

QString shortcutTable(const QMenuBar& menus) {
    QStringList rows{QStringLiteral("| %1 | %2 |").arg(Words::tr("Keys"), Words::tr("Menu entry")),
                     QStringLiteral("| --- | --- |")};
    for (const QAction* action : menus.actions())
        if (const QMenu* menu = action->menu(); menu != nullptr)
            addRows(rows, *menu, plainText(menu->title()));
    return rows.join(u'\n');
}

}  // namespace sockstage
