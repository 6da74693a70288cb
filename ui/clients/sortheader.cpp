// SPDX-License-Identifier: GPL-3.0-or-later
#include "sortheader.h"

#include <QPainter>

#include "theme.h"

namespace sockstage {

SortHeader::SortHeader(QWidget* parent) : QHeaderView(Qt::Horizontal, parent) {
    setSectionsClickable(true);
    setHighlightSections(false);
}

void SortHeader::paintSection(QPainter* painter, const QRect& rect, int column) const {
    painter->save();
    QHeaderView::paintSection(painter, rect, column);
    painter->restore();
    if (!isSortIndicatorShown() || column != sortIndicatorSection()) return;
    const qreal high = fontMetrics().height() * 0.25, half = high * 1.2;
    const QPointF top(rect.center().x() + 0.5, rect.top() + fontMetrics().height() * 0.12);
    const qreal base = sortIndicatorOrder() == Qt::AscendingOrder ? high : 0;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(roleColors().active);
    painter->drawPolygon(
        QPolygonF({top + QPointF(-half, base), top + QPointF(half, base), top + QPointF(0, high - base)}));
    painter->restore();
}

}  // namespace sockstage
