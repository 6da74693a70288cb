#pragma once

#include <span>
#include <vector>

#include "chartspec.h"
#include "customplot.h"
#include "timewindow.h"

namespace sockstage {

class ChartHeading;

/// Small charts under one time axis, in one column or two. Draws what it is given; who moves it, and why, is
/// TimeCharts' business. Times are seconds since 1970.
class ChartPlot : public QCustomPlot {
    Q_OBJECT

public:
    explicit ChartPlot(QWidget* parent = nullptr);
    void setCharts(const std::vector<ChartSpec>& charts);
    /// One value for each series of each chart, in their order; NaN: not told. `afterGap`: no line leads
    /// here.
    void append(double seconds, std::span<const double> values, bool afterGap);
    void dropBefore(double seconds);
    void clearData();
    /// Draws everything again.
    void showWindow(const TimeWindow& window);
    /// Draws only the headings and the cursor again. NaN: no cursor.
    void showCursor(double seconds, const std::vector<QStringList>& values);

    double secondsAt(int x) const;
    /// Seconds that one pixel is wide.
    double secondsPerPixel() const;
    int leastHeight() const;

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    struct Chart {
        QCPAxisRect* rect = nullptr;
        ChartHeading* heading = nullptr;
        QCPItemStraightLine* cursor = nullptr;
        std::vector<QCPGraph*> graphs;
    };
    Chart makeChart(const ChartSpec& spec);
    void makeCursor(Chart& chart);
    QCPGraph* makeGraph(const Chart& chart, const ChartSeries& series);
    void arrange();
    void restyle();
    void styleGraph(QCPGraph& graph, const ChartSeries& series) const;
    void fitValues(const TimeWindow& window);
    int columnsFor(const QSize& size) const;
    int chartHeight() const;

    std::vector<ChartSpec> specs_;
    std::vector<Chart> charts_;
    QCPLayer* cursorLayer_ = nullptr;
    QCPMarginGroup* margins_ = nullptr;
    int columns_ = 0;
    double lastSeconds_ = 0;
};

}  // namespace sockstage
