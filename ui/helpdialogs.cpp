// SPDX-License-Identifier: GPL-3.0-or-later
#include "helpdialogs.h"

#include <QApplication>
#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QLabel>
#include <QVBoxLayout>

#include "strip.h"

namespace sockstage {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(HelpDialogs)
};

QVBoxLayout* addColumn(QDialog& dialog, const QString& title) {
    dialog.setWindowTitle(title);
    dialog.setAttribute(Qt::WA_DeleteOnClose);
    const int space = dialog.fontMetrics().height();
    auto* column = new QVBoxLayout(&dialog);
    column->setContentsMargins(space * 3 / 2, space * 3 / 2, space * 3 / 2, space);
    column->setSpacing(space * 2 / 3);
    return column;
}

void addClose(QDialog& dialog, QVBoxLayout& column) {
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, &dialog);
    QObject::connect(buttons, &QDialogButtonBox::rejected, &dialog, &QDialog::close);
    column.addStretch();
    column.addWidget(buttons);
    dialog.open();
}

}  // namespace

void showAbout(QWidget* parent) {
    auto* dialog = new QDialog(parent);
    QVBoxLayout* column = addColumn(*dialog, Words::tr("About Sockstage"));
    auto* title = makeLabel(Words::tr("Sockstage %1").arg(QStringLiteral(SOCKSTAGE_VERSION)), dialog);
    QFont font = title->font();
    font.setPointSizeF(font.pointSizeF() * 1.5);
    font.setWeight(QFont::DemiBold);
    title->setFont(font);
    auto* facts =
        makeLabel(Words::tr("A window into what a socket really does.\n\n"
                            "Every call shown was made, with these arguments, this result and this time.\n"
                            "Free software under the GNU General Public License, version 3 or later.\n"
                            "Built with Qt %1, running with Qt %2.")
                      .arg(QStringLiteral(QT_VERSION_STR), QString::fromLatin1(qVersion())),
                  dialog);
    facts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(title);
    column->addWidget(facts);
    addClose(*dialog, *column);
}

}  // namespace sockstage
