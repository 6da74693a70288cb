// SPDX-License-Identifier: GPL-3.0-or-later
#include "elidinglabel.h"

#include <QHelpEvent>
#include <QPainter>
#include <QStyle>
#include <QToolTip>

#include "strip.h"

namespace sockstage {

ElidingLabel::ElidingLabel(QWidget* parent) : QLabel(parent) {
    setTextFormat(Qt::PlainText);
}

QSize ElidingLabel::minimumSizeHint() const {
    const int least = shortText_.isEmpty() ? fontMetrics().averageCharWidth() * 3
                                           : fontMetrics().horizontalAdvance(shortText_);
    return {least, QLabel::minimumSizeHint().height()};
}

void ElidingLabel::setShortText(const QString& text) {
    if (text == shortText_) return;
    shortText_ = text;
    updateGeometry();
    update();
}

bool ElidingLabel::hasRoomFor(const QString& text) const {
    return fontMetrics().horizontalAdvance(text) <= contentsRect().width();
}

QString ElidingLabel::shownText() const {
    return shortText_.isEmpty() || hasRoomFor(text()) ? text() : shortText_;
}

void ElidingLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QString shown = fontMetrics().elidedText(shownText(), Qt::ElideRight, contentsRect().width());
    style()->drawItemText(&painter, contentsRect(), static_cast<int>(alignment()) | Qt::TextSingleLine,
                          palette(), isEnabled(), shown, foregroundRole());
}

bool ElidingLabel::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip || hasRoomFor(text())) return QLabel::event(event);
    QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), plainToolTip(text()), this);
    return true;
}

}  // namespace sockstage
