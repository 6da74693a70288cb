// SPDX-License-Identifier: GPL-3.0-or-later
#include "steadylabel.h"

#include <algorithm>

namespace sockstage {

SteadyLabel::SteadyLabel(QWidget* parent) : QLabel(parent) {
    setTextFormat(Qt::PlainText);
    setWordWrap(true);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void SteadyLabel::setTexts(const QStringList& texts) {
    texts_ = texts;
    updateGeometry();
}

QSize SteadyLabel::sizeHint() const {
    int width = 0;
    for (const QString& each : texts_)
        width = std::max(width, fontMetrics().horizontalAdvance(each));
    // A pixel for the fractions that are lost.
    return {width + 1, fontMetrics().height()};
}

QSize SteadyLabel::minimumSizeHint() const {
    return {fontMetrics().averageCharWidth() * 24, fontMetrics().height()};
}

int SteadyLabel::heightForWidth(int width) const {
    const auto heightOf = [&](const QString& shown) {
        return fontMetrics().boundingRect(QRect(0, 0, width, 0), Qt::TextWordWrap, shown).height();
    };
    int height = std::max(fontMetrics().height(), heightOf(text()));
    for (const QString& each : texts_)
        height = std::max(height, heightOf(each));
    return height;
}

}  // namespace sockstage
