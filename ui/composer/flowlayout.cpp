// SPDX-License-Identifier: GPL-3.0-or-later
#include "flowlayout.h"

#include <QWidget>

namespace sockstage {

FlowLayout::FlowLayout(int spacing) {
    setContentsMargins({});
    setSpacing(spacing);
}

FlowLayout::~FlowLayout() {
    qDeleteAll(items_);
}

QLayoutItem* FlowLayout::takeAt(int index) {
    return index >= 0 && index < count() ? items_.takeAt(index) : nullptr;
}

QSize FlowLayout::sizeHint() const {
    QSize all;
    for (const QLayoutItem* item : items_)
        if (!item->isEmpty())
            all = QSize(all.width() + item->sizeHint().width() + spacing(),
                        qMax(all.height(), item->sizeHint().height()));
    return all;
}

QSize FlowLayout::minimumSize() const {
    QSize most;
    for (const QLayoutItem* item : items_)
        most = most.expandedTo(item->minimumSize());
    return most;
}

void FlowLayout::setGeometry(const QRect& rect) {
    QLayout::setGeometry(rect);
    arrange(rect, true);
}

int FlowLayout::arrange(const QRect& rect, bool place) const {
    QPoint at = rect.topLeft();
    qsizetype from = 0;
    int width = 0;
    for (qsizetype i = 0; i < items_.size(); ++i) {
        if (items_[i]->isEmpty()) continue;
        const int wanted = items_[i]->sizeHint().width();
        if (width > 0 && width + wanted > rect.width()) {
            at.ry() += placeRow(from, i, at, rect.width(), place) + spacing();
            from = i;
            width = 0;
        }
        width += wanted + spacing();
    }
    return at.y() + placeRow(from, items_.size(), at, rect.width(), place) - rect.y();
}

int FlowLayout::placeRow(qsizetype from, qsizetype to, QPoint at, int width, bool place) const {
    int height = 0;
    for (qsizetype i = from; i < to; ++i)
        height = qMax(height, items_[i]->isEmpty() ? 0 : items_[i]->sizeHint().height());
    for (qsizetype i = from; i < to; ++i) {
        if (items_[i]->isEmpty()) continue;
        QSize size = items_[i]->sizeHint();
        size.setWidth(qMin(size.width(), qMax(width, items_[i]->minimumSize().width())));
        if (place)
            items_[i]->setGeometry(
                QRect(at.x(), at.y() + (height - size.height()) / 2, size.width(), size.height()));
        at.rx() += size.width() + spacing();
    }
    return height;
}

}  // namespace sockstage
