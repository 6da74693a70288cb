// SPDX-License-Identifier: GPL-3.0-or-later
#include "tcparrow.h"

#include <QLineF>
#include <QPainter>
#include <QPainterPath>
#include <QPainterPathStroker>
#include <algorithm>

namespace sockstage {
namespace {

QPointF towards(const QPointF& from, const QPointF& to, double distance) {
    QLineF line(from, to);
    line.setLength(std::min(distance, line.length()));
    return line.p2();
}

/// The route with its corners rounded, up to where the head begins.
QPainterPath shaft(const QPolygonF& route, double head) {
    constexpr double radius = 4;
    QPainterPath path(route.front());
    for (qsizetype i = 1; i + 1 < route.size(); ++i) {
        const double before = QLineF(route[i - 1], route[i]).length() / 2,
                     after = QLineF(route[i], route[i + 1]).length() / 2;
        const double cut = std::min({radius, before, after});
        path.lineTo(towards(route[i], route[i - 1], cut));
        path.quadTo(route[i], towards(route[i], route[i + 1], cut));
    }
    path.lineTo(towards(route.back(), route[route.size() - 2], head));
    return path;
}

QPolygonF headShape(const QPolygonF& route, double length, double halfWidth) {
    const QPointF tip = route.back();
    const QLineF back(tip, towards(tip, route[route.size() - 2], length));
    QLineF side = back.normalVector();
    side.setLength(halfWidth);
    const QPointF across = side.p2() - side.p1();
    return {{tip, back.p2() + across, back.p2() - across}};
}

void paintHollow(QPainter& painter, const QPolygonF& route, const TcpArrow& arrow, const QColor& color,
                 const QColor& base) {
    QPainterPath head;
    head.addPolygon(headShape(route, arrow.head, arrow.head * 0.75));
    head.closeSubpath();
    if (arrow.dashed) {
        // Two dashed lines side by side are hard to read: one, and the head stays hollow.
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(color, 1.5, Qt::DashLine, Qt::FlatCap));
        painter.drawPath(shaft(route, arrow.head));
    } else {
        QPainterPathStroker stroker;
        stroker.setWidth(arrow.width);
        stroker.setCapStyle(Qt::FlatCap);
        stroker.setJoinStyle(Qt::RoundJoin);
        head = stroker.createStroke(shaft(route, arrow.head * 0.9)).united(head);
    }
    painter.setPen(QPen(color, 1.2));
    painter.setBrush(base);
    painter.drawPath(head);
}

}  // namespace

void paintArrow(QPainter& painter, const QPolygonF& route, const TcpArrow& arrow, const QColor& color,
                const QColor& base) {
    if (arrow.kind == TcpArrow::Kind::Hollow) return paintHollow(painter, route, arrow, color, base);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(color, arrow.width, arrow.dashed ? Qt::DashLine : Qt::SolidLine, Qt::FlatCap));
    if (!arrow.headOnly) painter.drawPath(shaft(route, arrow.head * 0.8));
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawPolygon(headShape(route, arrow.head, arrow.head * 0.5));
}

}  // namespace sockstage
