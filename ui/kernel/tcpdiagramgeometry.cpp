// SPDX-License-Identifier: GPL-3.0-or-later
#include "tcpdiagramgeometry.h"

#include <algorithm>
#include <cmath>

namespace sockstage {
namespace {

constexpr std::size_t columns = 3;
constexpr qreal largest = 0.92;  ///< of the font: the names are a drawing's, not running text

std::size_t columnOf(TcpNode node) {
    return indexOf(node) % columns;
}
std::size_t rowOf(TcpNode node) {
    return indexOf(node) / columns;
}

}  // namespace

TcpDiagramGeometry TcpDiagramGeometry::fit(qreal width, const QSizeF& label) {
    TcpDiagramGeometry made;
    // All distances follow the font, and give way to the names in a narrow column.
    const qreal unit = std::min(label.height(), width / 18);
    const qreal margin = unit * 0.6, padding = unit * 0.3;
    made.gapX = unit * 1.5;
    made.gapY = unit * 1.45;
    made.ring = std::clamp(unit * 0.18, 2.5, 5.0);
    made.head = unit * 0.42;
    made.tag = unit * 0.38;
    const qreal inside = width - 2 * margin;
    const qreal room = (inside - 2 * made.gapX) / 3;
    const qreal boxWidth = std::min(room, label.width() * largest * 1.1 + 2 * padding);
    made.labelScale = std::min(largest, (boxWidth - 2 * padding) / label.width());
    const qreal boxHeight = std::max(label.height() * made.labelScale * 1.6, unit * 1.3);
    made.gapX = std::min((inside - 3 * boxWidth) / 2, boxWidth * 0.9);
    const qreal left = (width - 3 * boxWidth - 2 * made.gapX) / 2;
    for (std::size_t i = 0; i < tcpNodeCount; ++i) {
        const std::size_t row = i / columns, column = i % columns;
        made.boxes[i] = {left + static_cast<qreal>(column) * (boxWidth + made.gapX),
                         margin + static_cast<qreal>(row) * (boxHeight + made.gapY), boxWidth, boxHeight};
    }
    made.size = {width, made.boxes.back().bottom() + made.ring + label.height() * 1.2};
    return made;
}

QPointF TcpDiagramGeometry::onSide(TcpNode node, Qt::Edge side, qreal at) const {
    const QRectF out = box(node).adjusted(-ring, -ring, ring, ring);
    const qreal x = box(node).left() + box(node).width() * at, y = box(node).top() + box(node).height() * at;
    switch (side) {
        case Qt::TopEdge:
            return {x, out.top()};
        case Qt::BottomEdge:
            return {x, out.bottom()};
        case Qt::LeftEdge:
            return {out.left(), y};
        case Qt::RightEdge:
            break;
    }
    return {out.right(), y};
}

qreal TcpDiagramGeometry::rowLane(TcpNode upper, qreal at) const {
    return box(upper).bottom() + gapY * at;
}

qreal TcpDiagramGeometry::columnLane(TcpNode left) const {
    return box(left).right() + gapX / 2;
}

QPolygonF TcpDiagramGeometry::straight(TcpNode from, TcpNode to) const {
    if (rowOf(from) != rowOf(to)) {
        const bool downwards = rowOf(from) < rowOf(to);
        return {{onSide(from, downwards ? Qt::BottomEdge : Qt::TopEdge, 0.5),
                 onSide(to, downwards ? Qt::TopEdge : Qt::BottomEdge, 0.5)}};
    }
    const bool right = columnOf(from) < columnOf(to);
    return {{onSide(from, right ? Qt::RightEdge : Qt::LeftEdge, 0.5),
             onSide(to, right ? Qt::LeftEdge : Qt::RightEdge, 0.5)}};
}

QPolygonF TcpDiagramGeometry::down(TcpNode from, qreal fromAt, TcpNode to, qreal toAt, qreal lane) const {
    const QPointF begin = onSide(from, Qt::BottomEdge, fromAt), end = onSide(to, Qt::TopEdge, toAt);
    const qreal y = rowLane(from, lane);
    return {{begin, {begin.x(), y}, {end.x(), y}, end}};
}

// Every reset runs down beside the middle column and into the last row's gutter.
QPolygonF TcpDiagramGeometry::reset(TcpNode from) const {
    const QPointF end = onSide(TcpNode::Ended, Qt::TopEdge, 0.2);
    const qreal y = rowLane(TcpNode::Closing, 0.5);
    if (columnOf(from) == 0) {
        const bool above = rowOf(from) < rowOf(TcpNode::Ended);
        const QPointF begin = onSide(from, above ? Qt::BottomEdge : Qt::TopEdge, 0.8);
        return {{begin, {begin.x(), y}, {end.x(), y}, end}};
    }
    const QPointF begin = onSide(from, columnOf(from) == 1 ? Qt::RightEdge : Qt::LeftEdge, 0.8);
    const qreal x = columnLane(TcpNode::Established);
    return {{begin, {x, begin.y()}, {x, y}, {end.x(), y}, end}};
}

QPolygonF TcpDiagramGeometry::route(TcpNode from, TcpNode to) const {
    using enum TcpNode;
    const auto apart = [](std::size_t a, std::size_t b) { return a > b ? a - b : b - a; };
    if (apart(rowOf(from), rowOf(to)) + apart(columnOf(from), columnOf(to)) == 1) return straight(from, to);
    if (to == Ended) return reset(from);
    if (from == FinWait1) return down(from, 0.8, to, 0.2);
    if (from == Listen) return down(from, 0.2, to, 0.8, 0.2);
    if (from == SynReceived && to == FinWait1) {
        const QPointF begin = onSide(from, Qt::BottomEdge, 0.2), end = onSide(to, Qt::TopEdge, 0.8);
        const qreal x = columnLane(Closed), upper = rowLane(from, 0.2), lower = rowLane(SynSent, 0.2);
        return {{begin, {begin.x(), upper}, {x, upper}, {x, lower}, {end.x(), lower}, end}};
    }
    if (from == SynSent) {
        const QPointF begin = onSide(from, Qt::TopEdge, 0.8), end = onSide(to, Qt::BottomEdge, 0.8);
        const qreal y = rowLane(Closed, 0.62);
        return {{begin, {begin.x(), y}, {end.x(), y}, end}};
    }
    return down(from, 0.5, to, 0.5, 0.4);
}

QRectF TcpDiagramGeometry::noteBelow(TcpNode node) const {
    const QRectF& above = box(node);
    const qreal top = above.bottom() + ring, spread = std::min(gapX / 2, box(TcpNode::FinWait2).left());
    return {above.left() - spread, top, above.width() + 2 * spread, size.height() - top};
}

// A little outside its corner: inside it would come too near to the name.
QRectF TcpDiagramGeometry::tagOf(TcpNode node, bool otherEnd) const {
    const qreal out = ring * 0.6;
    const QRectF around = box(node).adjusted(-out, -out, out, out);
    const QPointF corner = otherEnd ? around.topRight() : around.topLeft();
    return {corner.x() - tag, corner.y() - tag, 2 * tag, 2 * tag};
}

}  // namespace sockstage
