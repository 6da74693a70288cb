// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "customplot.h"

namespace sockstage {

/// A graph that fills its area column by column; see FillColumns.
class AreaGraph : public QCPGraph {
public:
    using QCPGraph::QCPGraph;

protected:
    void drawFill(QCPPainter* painter, QVector<QPointF>* lines) const override;

private:
    /// The other side of the area: the neighbour's line, or none for the axis.
    const AreaGraph* neighbour() const { return static_cast<const AreaGraph*>(channelFillGraph()); }
};

}  // namespace sockstage
