// SPDX-License-Identifier: GPL-3.0-or-later
#include "areagraph.h"

#include "fillcolumns.h"

namespace sockstage {
namespace {

std::vector<double> edgeOf(const QVector<QPointF>& lines, const QRect& box, bool upper) {
    FillColumns columns(box.left(), box.width(), upper);
    for (qsizetype i = 1; i < lines.size(); ++i)
        columns.addLine(lines[i - 1].x(), lines[i - 1].y(), lines[i].x(), lines[i].y());
    return columns.edge();
}

}  // namespace

// Each column is filled once: half transparent rectangles that overlap would show.
void AreaGraph::drawFill(QCPPainter* painter, QVector<QPointF>* lines) const {
    const QRect box = clipRect();
    const std::vector<double> top = edgeOf(*lines, box, true);
    std::vector<double> bottom;
    if (const AreaGraph* other = neighbour()) {
        QVector<QPointF> theirs;
        other->getLines(&theirs, QCPDataRange(0, other->dataCount()));
        bottom = edgeOf(theirs, box, false);
    } else {
        bottom.assign(top.size(), valueAxis()->coordToPixel(0));
    }
    painter->setAntialiasing(false);
    for (std::size_t i = 0; i < top.size(); ++i)
        if (top[i] < bottom[i])
            painter->fillRect(QRectF(box.left() + static_cast<int>(i), top[i], 1, bottom[i] - top[i]),
                              brush());
}

}  // namespace sockstage
