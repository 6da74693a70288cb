// SPDX-License-Identifier: GPL-3.0-or-later
#include "choicebutton.h"

#include <QActionGroup>
#include <QMenu>
#include <QStyleOptionButton>
#include <QStylePainter>

namespace sockstage {

ChoiceButton::ChoiceButton(const QString& what, QWidget* parent)
    : QPushButton(parent), group_(new QActionGroup(this)) {
    // Enter belongs to the dialog's own button; Space opens the menu.
    setAutoDefault(false);
    setAccessibleName(what);
    setToolTip(what);
    setMenu(new QMenu(this));
    connect(group_, &QActionGroup::triggered, this, [this](QAction* action) {
        setText(action->iconText());
        Q_EMIT chosen();
    });
}

void ChoiceButton::addChoice(const QString& text, const QVariant& value, const QString& shortText) {
    QAction* action = menu()->addAction(text);
    action->setIconText(shortText.isEmpty() ? text : shortText);
    action->setData(value);
    action->setCheckable(true);
    group_->addAction(action);
    if (group_->actions().size() > 1) return;
    action->setChecked(true);
    setText(action->iconText());
}

void ChoiceButton::setFieldLike() {
    fieldLike_ = true;
    setProperty("field", true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void ChoiceButton::paintEvent(QPaintEvent* event) {
    if (!fieldLike_) return QPushButton::paintEvent(event);
    // The style sheet's text-align works, but forgets the padding.
    QStylePainter painter(this);
    QStyleOptionButton option;
    initStyleOption(&option);
    option.text.clear();
    painter.drawControl(QStyle::CE_PushButton, option);
    const int space = fontMetrics().height() / 2;
    painter.drawItemText(rect().adjusted(space, 0, -space, 0), Qt::AlignLeft | Qt::AlignVCenter, palette(),
                         isEnabled(), text(), QPalette::ButtonText);
}

QVariant ChoiceButton::value() const {
    const QAction* checked = group_->checkedAction();
    return checked != nullptr ? checked->data() : QVariant();
}

void ChoiceButton::choose(const QVariant& value) {
    const auto choices = group_->actions();
    for (QAction* action : choices)
        if (action->data() == value && !action->isChecked()) action->trigger();
}

}  // namespace sockstage
