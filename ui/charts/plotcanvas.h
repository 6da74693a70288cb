// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "chartplot.h"
#include "customplot.h"

namespace sockstage {

class ChartHeading;

/// The charts as QCustomPlot draws them.
class PlotCanvas : public QCustomPlot, public ChartPlot {
public:
    explicit PlotCanvas(QWidget* parent = nullptr);
    QWidget* widget() override { return this; }
    void setCharts(const std::vector<ChartSpec>& charts) override;
    void append(double seconds, std::span<const double> values, bool afterGap) override;
    void dropBefore(double seconds) override;
    void clearData() override;
    void showWindow(const TimeWindow& window) override;
    void showCursor(double seconds, const std::vector<QStringList>& values) override;
    double secondsAt(int x) const override;
    double secondsPerPixel() const override;

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
    int leastHeight() const;

    std::vector<ChartSpec> specs_;
    std::vector<Chart> charts_;
    QCPLayer* cursorLayer_ = nullptr;
    QCPMarginGroup* margins_ = nullptr;
    int columns_ = 0;
    double lastSeconds_ = 0;
};

}  // namespace sockstage
