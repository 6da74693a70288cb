// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "chartspec.h"
#include "kernelfacts.h"
#include "kernelwords.h"

namespace sockstage {

/// One line of a chart of the kernel's facts: what is drawn, and its words where they differ from the drawn
/// value (a stacked area is drawn as a sum, a band as an edge).
struct KernelSeries {
    ChartSeries look;
    double (*drawn)(const KernelFacts&);  ///< NaN: not known
    QString (*words)(const KernelFacts&);
};
struct KernelChart {
    QString title;
    QString (*format)(double);
    bool whole = false;
    std::vector<KernelSeries> series;
};

/// The charts that mean something for such a socket.
std::vector<KernelChart> kernelCharts(SocketKind kind);
std::vector<ChartSpec> chartSpecs(const std::vector<KernelChart>& charts);

}  // namespace sockstage
