// SPDX-License-Identifier: GPL-3.0-or-later
#include "shorteningbutton.h"

namespace sockstage {

ShorteningButton::ShorteningButton(QWidget* parent) : QPushButton(parent) {
    // A button's own policy lets it never be narrower than its hint.
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void ShorteningButton::setTexts(const QString& whole, const QString& brief) {
    if (whole == whole_ && brief == brief_) return;
    whole_ = whole;
    brief_ = brief;
    choose();
    updateGeometry();
}

// Whatever it shows at the moment: the room that it asks for must not hang on the room that it has.
QSize ShorteningButton::sizeWith(const QString& text) const {
    const QSize now = QPushButton::sizeHint();
    const QFontMetrics metrics = fontMetrics();
    return {now.width() - metrics.horizontalAdvance(this->text()) + metrics.horizontalAdvance(text),
            now.height()};
}

QSize ShorteningButton::sizeHint() const {
    return sizeWith(whole_);
}

QSize ShorteningButton::minimumSizeHint() const {
    return sizeWith(brief_);
}

void ShorteningButton::choose() {
    const QString fitting = width() < sizeHint().width() ? brief_ : whole_;
    if (text() != fitting) setText(fitting);
}

void ShorteningButton::resizeEvent(QResizeEvent* event) {
    choose();
    QPushButton::resizeEvent(event);
}

}  // namespace sockstage
