// SPDX-License-Identifier: GPL-3.0-or-later
#include "wordsandparts.h"

#include <QWidget>
#include <algorithm>

namespace sockstage {
namespace {

int heightOf(const QLayoutItem& item, int width) {
    return item.hasHeightForWidth() ? item.heightForWidth(width) : item.sizeHint().height();
}

}  // namespace

WordsAndParts::WordsAndParts(QWidget* words, QWidget* parts, int spacing) {
    setContentsMargins({});
    setSpacing(spacing);
    addWidget(words);
    addWidget(parts);
}

WordsAndParts::~WordsAndParts() {
    qDeleteAll(items_);
}

void WordsAndParts::setWidestParts(int width) {
    widestParts_ = width;
    invalidate();
}

QLayoutItem* WordsAndParts::takeAt(int index) {
    return index >= 0 && index < count() ? items_.takeAt(index) : nullptr;
}

bool WordsAndParts::areBeside(int width) const {
    return count() == 2 && items_[0]->sizeHint().width() + spacing() + widestParts_ <= width;
}

int WordsAndParts::heightForWidth(int width) const {
    int most = 0, all = 0;
    for (const QLayoutItem* item : items_) {
        const int height = heightOf(*item, width);
        most = std::max(most, height);
        all += height + (all == 0 ? 0 : spacing() / 2);
    }
    return areBeside(width) ? most : all;
}

QSize WordsAndParts::sizeHint() const {
    const int width = count() == 2 ? items_[0]->sizeHint().width() + spacing() + widestParts_ : 0;
    return {width, heightForWidth(width)};
}

QSize WordsAndParts::minimumSize() const {
    QSize most;
    for (const QLayoutItem* item : items_)
        most = most.expandedTo(item->minimumSize());
    return most;
}

void WordsAndParts::setGeometry(const QRect& rect) {
    QLayout::setGeometry(rect);
    if (count() != 2) return;
    QLayoutItem &words = *items_[0], &parts = *items_[1];
    const int wide = std::min(parts.sizeHint().width(), rect.width());
    if (areBeside(rect.width())) {
        words.setGeometry(rect.adjusted(0, 0, -wide - spacing(), 0));
        return parts.setGeometry(rect.adjusted(rect.width() - wide, 0, 0, 0));
    }
    const int top = heightOf(words, rect.width());
    words.setGeometry(QRect(rect.topLeft(), QSize(rect.width(), top)));
    parts.setGeometry(rect.adjusted(rect.width() - wide, top + spacing() / 2, 0, 0));
}

}  // namespace sockstage
