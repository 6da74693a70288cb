// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPolygonF>
#include <QRectF>

#include "tcptrace.h"

namespace sockstage {

/// Where the state diagram's boxes lie and how its edges run between them: three columns, four rows, and
/// edges that only use the gutters. Plain arithmetic in device-independent pixels, without a widget.
struct TcpDiagramGeometry {
    /// `label`: the widest name in the diagram's font. Where three boxes for it do not fit, the names become
    /// smaller instead of being cut.
    static TcpDiagramGeometry fit(qreal width, const QSizeF& label);

    std::array<QRectF, tcpNodeCount> boxes{};
    QSizeF size;
    qreal labelScale = 1;  ///< of the names' font
    qreal gapX = 0, gapY = 0;
    qreal ring = 0;  ///< how far outside its box the frame of the other end lies; edges stop there
    qreal head = 0;  ///< length of an arrow head
    qreal tag = 0;   ///< radius of the mark at a box's corner that names the end

    const QRectF& box(TcpNode node) const { return boxes[indexOf(node)]; }
    /// Horizontal and vertical pieces from the one box to the other.
    QPolygonF route(TcpNode from, TcpNode to) const;
    /// Room for one short line under a box of the last row, for the time that remains there.
    QRectF noteBelow(TcpNode node) const;
    QRectF tagOf(TcpNode node, bool otherEnd) const;

private:
    QPointF onSide(TcpNode node, Qt::Edge side, qreal at) const;
    qreal rowLane(TcpNode upper, qreal at) const;
    qreal columnLane(TcpNode left) const;
    QPolygonF straight(TcpNode from, TcpNode to) const;
    QPolygonF down(TcpNode from, qreal fromAt, TcpNode to, qreal toAt, qreal lane = 0.5) const;
    QPolygonF reset(TcpNode from) const;
};

}  // namespace sockstage
