#include "helpdialogs.h"

#include <QApplication>
#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QGridLayout>
#include <QKeySequence>
#include <QLabel>
#include <QVBoxLayout>

#include "strip.h"
#include "theme.h"

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

QList<std::pair<QString, QString>> keys() {
    return {{QStringLiteral("Ctrl+N"), Words::tr("New socket")},
            {QStringLiteral("F5"), Words::tr("Run: release every hold")},
            {QStringLiteral("F10"), Words::tr("Step: carry out one held stage")},
            {QStringLiteral("H"), Words::tr("Hold or release the stage that has the focus")},
            {QStringLiteral("Ctrl+Shift+D"), Words::tr("Shut down sending")},
            {QStringLiteral("Ctrl+W"), Words::tr("Close")},
            {QStringLiteral("Ctrl+Shift+R"), Words::tr("Reset (RST)")},
            {QStringLiteral("Ctrl+R"), Words::tr("Run again with the same settings")},
            {QStringLiteral("Del"), Words::tr("In the list: remove the finished socket")},
            {QStringLiteral("Ctrl+L"), Words::tr("Write a message")},
            {QStringLiteral("Ctrl+Enter"), Words::tr("Send the message")},
            {QStringLiteral("Up, Down"), Words::tr("In the message: earlier and later ones")},
            {QStringLiteral("Ctrl+F"), Words::tr("Find in traffic and calls")},
            {QStringLiteral("F3, Shift+F3"), Words::tr("Next match, match before")},
            {QStringLiteral("Ctrl+Q"), Words::tr("Close every socket in order and quit")}};
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

void showShortcuts(QWidget* parent) {
    auto* dialog = new QDialog(parent);
    QVBoxLayout* column = addColumn(*dialog, Words::tr("Keyboard shortcuts"));
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(dialog->fontMetrics().height() * 2);
    int row = 0;
    for (const auto& [key, meaning] : keys()) {
        auto* label = makeLabel(key, dialog);
        label->setFont(monospaceFont());
        grid->addWidget(label, row, 0);
        grid->addWidget(makeLabel(meaning, dialog), row++, 1);
    }
    column->addLayout(grid);
    addClose(*dialog, *column);
}

}  // namespace sockstage
