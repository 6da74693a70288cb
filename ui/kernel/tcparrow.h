// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPolygonF>

class QColor;
class QPainter;

namespace sockstage {

/// How an edge of the state diagram is drawn.
struct TcpArrow {
    enum class Kind : std::uint8_t {
        Thin,   ///< not taken
        Solid,  ///< our end took it
        Hollow  ///< the other end took it: two lines, so that both kinds can lie on one edge
    };
    Kind kind = Kind::Thin;
    bool dashed = false;    ///< taken unseen
    bool headOnly = false;  ///< another arrow already draws the line
    double width = 1, head = 7;
};

/// Along `route`, its head at the last point. The painter's antialiasing is the caller's.
void paintArrow(QPainter& painter, const QPolygonF& route, const TcpArrow& arrow, const QColor& color,
                const QColor& base);

}  // namespace sockstage
