// SPDX-License-Identifier: GPL-3.0-or-later
#include "strip.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include "theme.h"

namespace sockstage {

Strip::Strip(const QString& title, QWidget* parent)
    : QWidget(parent), title_(makeLabel(title, this)), fact_(makeLabel({}, this)) {
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::AlternateBase);
    QFont bold = title_->font();
    bold.setWeight(QFont::DemiBold);
    title_->setFont(bold);
    setTone(fact_, Tone::Dimmed);
    const int space = fontMetrics().height() / 2;
    auto* row = new QHBoxLayout;
    row->setContentsMargins(space, space * 2 / 3, space, space * 2 / 3);
    row->addWidget(title_);
    row->addStretch();
    row->addWidget(fact_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addLayout(row);
    column->addWidget(makeLine(Qt::Horizontal, this));
}

void Strip::setTitle(const QString& title) {
    if (title_->text() != title) title_->setText(title);
}

void Strip::setFact(const QString& fact) {
    if (fact_->text() != fact) fact_->setText(fact);
}

QWidget* makeLine(Qt::Orientation orientation, QWidget* parent) {
    auto* line = new QWidget(parent);
    if (orientation == Qt::Horizontal)
        line->setFixedHeight(1);
    else
        line->setFixedWidth(1);
    line->setAutoFillBackground(true);
    line->setBackgroundRole(QPalette::Mid);
    return line;
}

QLabel* makeLabel(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    return label;
}

QLabel* makeTextLabel(QWidget* parent) {
    QLabel* label = makeLabel({}, parent);
    label->setWordWrap(true);
    // Left to itself, a label that breaks lines asks for the width of its favourite shape.
    label->setMinimumWidth(1);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    label->setFocusPolicy(Qt::ClickFocus);
    return label;
}

QString plainToolTip(const QString& text) {
    return QStringLiteral("<qt>") + text.toHtmlEscaped().replace(QLatin1Char('\n'), QStringLiteral("<br>")) +
           QStringLiteral("</qt>");
}

}  // namespace sockstage
