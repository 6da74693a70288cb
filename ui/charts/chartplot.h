// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <span>
#include <vector>

#include "chartspec.h"
#include "timewindow.h"

class QWidget;

namespace sockstage {

/// Small charts under one time axis, in one column or two. Draws what it is given; who moves it, and why, is
/// TimeCharts' business. Times are seconds since 1970. What draws is QCustomPlot, whose header takes longer
/// to compile than the rest of a file: only PlotCanvas and its parts include it.
class ChartPlot {
public:
    static ChartPlot* make();
    virtual ~ChartPlot() = default;
    /// Belongs to its parent, as every widget; the charts end with it.
    virtual QWidget* widget() = 0;
    virtual void setCharts(const std::vector<ChartSpec>& charts) = 0;
    /// One value for each series of each chart, in their order; NaN: not known. `afterGap`: no line leads
    /// here.
    virtual void append(double seconds, std::span<const double> values, bool afterGap) = 0;
    virtual void dropBefore(double seconds) = 0;
    virtual void clearData() = 0;
    /// Draws everything again.
    virtual void showWindow(const TimeWindow& window) = 0;
    /// Draws only the headings and the cursor again. NaN: no cursor.
    virtual void showCursor(double seconds, const std::vector<QStringList>& values) = 0;

    virtual double secondsAt(int x) const = 0;
    /// Seconds that one pixel is wide.
    virtual double secondsPerPixel() const = 0;
};

}  // namespace sockstage
