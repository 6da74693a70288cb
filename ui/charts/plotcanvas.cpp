// SPDX-License-Identifier: GPL-3.0-or-later
#include "plotcanvas.h"

#include <algorithm>
#include <limits>

#include "areagraph.h"
#include "chartheading.h"
#include "nicescale.h"
#include "seriesstyle.h"
#include "theme.h"

namespace sockstage {
namespace {

/// Three marks, 0, the half and the top, in the chart's own words.
class ValueTicker : public QCPAxisTicker {
public:
    explicit ValueTicker(QString (*format)(double)) : format_(format) {}

protected:
    QVector<double> createTickVector(double, const QCPRange& range) override {
        return {0, range.upper / 2, range.upper};
    }
    QVector<double> createSubTickVector(int, const QVector<double>&) override { return {}; }
    QString getTickLabel(double tick, const QLocale&, QChar, int) override { return format_(tick); }

private:
    QString (*format_)(double);
};

bool fillsToNeighbour(const ChartSeries& series) {
    return series.look == SeriesLook::Band || series.look == SeriesLook::Shade;
}

QColor faint(QColor color) {
    color.setAlphaF(0.25F);
    return color;
}

}  // namespace

ChartPlot* ChartPlot::make() {
    return new PlotCanvas;
}

PlotCanvas::PlotCanvas(QWidget* parent) : QCustomPlot(parent) {
    setFocusPolicy(Qt::NoFocus);
    setInteractions({});
    setAutoAddPlottableToLegend(false);
    // A jagged line wider than a device pixel takes a hundred times as long in one stroke.
    setPlottingHint(QCP::phFastPolylines);
    plotLayout()->clear();
    margins_ = new QCPMarginGroup(this);
    addLayer(QStringLiteral("cursor"), layer(QStringLiteral("axes")));
    cursorLayer_ = layer(QStringLiteral("cursor"));
    // A buffer of its own: the cursor moves without drawing the lines again.
    cursorLayer_->setMode(QCPLayer::lmBuffered);
}

void PlotCanvas::setCharts(const std::vector<ChartSpec>& charts) {
    clearPlottables();
    clearItems();
    plotLayout()->clear();
    charts_.clear();
    specs_ = charts;
    for (const ChartSpec& spec : specs_)
        charts_.push_back(makeChart(spec));
    columns_ = 0;
    arrange();
    // Items belong to a chart that is in the layout already.
    for (Chart& chart : charts_)
        makeCursor(chart);
    restyle();
}

PlotCanvas::Chart PlotCanvas::makeChart(const ChartSpec& spec) {
    Chart chart;
    chart.heading = new ChartHeading(this, spec);
    chart.heading->setLayer(cursorLayer_);
    chart.rect = new QCPAxisRect(this);
    QCPAxis* value = chart.rect->axis(QCPAxis::atLeft);
    value->setTicker(QSharedPointer<QCPAxisTicker>(new ValueTicker(spec.format)));
    value->setSubTicks(false);
    value->setPadding(0);
    const QSharedPointer<QCPAxisTickerDateTime> clock(new QCPAxisTickerDateTime);
    clock->setDateTimeFormat(QStringLiteral("HH:mm:ss"));
    QCPAxis* time = chart.rect->axis(QCPAxis::atBottom);
    time->setTicker(clock);
    time->setSubTicks(false);
    time->setPadding(0);
    for (QCPAxis* axis : {value, time}) {
        axis->setLayer(QStringLiteral("axes"));
        axis->grid()->setLayer(QStringLiteral("grid"));
        axis->setTickLength(0, 0);
    }
    for (const ChartSeries& series : spec.series)
        chart.graphs.push_back(makeGraph(chart, series));
    return chart;
}

void PlotCanvas::makeCursor(Chart& chart) {
    chart.cursor = new QCPItemStraightLine(this);
    chart.cursor->setLayer(cursorLayer_);
    chart.cursor->setAntialiased(false);
    chart.cursor->setClipAxisRect(chart.rect);
    for (QCPItemPosition* point : {chart.cursor->point1, chart.cursor->point2}) {
        point->setAxisRect(chart.rect);
        point->setAxes(chart.rect->axis(QCPAxis::atBottom), chart.rect->axis(QCPAxis::atLeft));
        point->setTypeX(QCPItemPosition::ptPlotCoords);
        point->setTypeY(QCPItemPosition::ptAxisRectRatio);
    }
    chart.cursor->setVisible(false);
}

QCPGraph* PlotCanvas::makeGraph(const Chart& chart, const ChartSeries& series) {
    auto* graph = new AreaGraph(chart.rect->axis(QCPAxis::atBottom), chart.rect->axis(QCPAxis::atLeft));
    graph->setSelectable(QCP::stNone);
    graph->setLineStyle(series.look == SeriesLook::Step ? QCPGraph::lsStepLeft : QCPGraph::lsLine);
    if (fillsToNeighbour(series) && !chart.graphs.empty()) graph->setChannelFillGraph(chart.graphs.back());
    return graph;
}

int PlotCanvas::chartHeight() const {
    return fontMetrics().height() * 9 / 2;
}

int PlotCanvas::columnsFor(const QSize& size) const {
    const int count = static_cast<int>(charts_.size());
    const bool tooLow = size.height() < count * chartHeight();
    const bool wide = size.width() >= fontMetrics().averageCharWidth() * 90;
    return count > 2 && tooLow && wide ? 2 : 1;
}

int PlotCanvas::leastHeight() const {
    const int rows = (static_cast<int>(charts_.size()) + columns_ - 1) / std::max(1, columns_);
    return rows * chartHeight() + fontMetrics().height();
}

// One column while there is height for it, else two: each column has its time axis below, and all are the
// same.
void PlotCanvas::arrange() {
    const int columns = columnsFor(parentWidget() != nullptr ? parentWidget()->size() : size());
    if (columns == columns_ || charts_.empty()) return;
    columns_ = columns;
    QCPLayoutGrid* grid = plotLayout();
    for (int i = grid->elementCount() - 1; i >= 0; --i)
        if (grid->elementAt(i) != nullptr) grid->takeAt(i);
    grid->simplify();
    const int count = static_cast<int>(charts_.size()), rows = (count + columns - 1) / columns;
    for (int column = 0; column < columns; ++column) {
        for (int row = 0; row < rows && column * rows + row < count; ++row) {
            const int index = column * rows + row;
            const Chart& chart = charts_[static_cast<std::size_t>(index)];
            grid->addElement(row * 2, column, chart.heading);
            grid->addElement(row * 2 + 1, column, chart.rect);
            chart.rect->setMarginGroup(QCP::msLeft | QCP::msRight, margins_);
            const bool last = row == rows - 1 || index == count - 1;
            chart.rect->axis(QCPAxis::atBottom)->setTickLabels(last);
        }
    }
    for (int row = 0; row < rows; ++row) {
        grid->setRowStretchFactor(row * 2, 0.001);
        grid->setRowStretchFactor(row * 2 + 1, 1);
    }
    grid->setRowSpacing(0);
    grid->setColumnSpacing(fontMetrics().height());
    setMinimumHeight(leastHeight());
}

void PlotCanvas::append(double seconds, std::span<const double> values, bool afterGap) {
    std::size_t next = 0;
    for (Chart& chart : charts_)
        for (QCPGraph* graph : chart.graphs) {
            // In the middle, where it is alone on its pixel when many samples share one.
            if (afterGap)
                graph->addData((lastSeconds_ + seconds) / 2, std::numeric_limits<double>::quiet_NaN());
            graph->addData(seconds, values[next++]);
        }
    lastSeconds_ = seconds;
}

void PlotCanvas::dropBefore(double seconds) {
    for (Chart& chart : charts_)
        for (QCPGraph* graph : chart.graphs)
            graph->data()->removeBefore(seconds);
}

void PlotCanvas::clearData() {
    for (Chart& chart : charts_)
        for (QCPGraph* graph : chart.graphs)
            graph->data()->clear();
}

void PlotCanvas::showWindow(const TimeWindow& window) {
    for (Chart& chart : charts_)
        chart.rect->axis(QCPAxis::atBottom)->setRange(window.begin(), window.end);
    fitValues(window);
    replot(QCustomPlot::rpQueuedRefresh);
}

void PlotCanvas::fitValues(const TimeWindow& window) {
    for (std::size_t i = 0; i < charts_.size(); ++i) {
        double most = 0;
        for (const QCPGraph* graph : charts_[i].graphs) {
            bool found = false;
            const QCPRange range =
                graph->getValueRange(found, QCP::sdBoth, QCPRange(window.begin(), window.end));
            if (found) most = std::max(most, range.upper);
        }
        charts_[i].rect->axis(QCPAxis::atLeft)->setRange(0, NiceScale::top(most, specs_[i].whole));
    }
}

void PlotCanvas::showCursor(double seconds, const std::vector<QStringList>& values) {
    for (std::size_t i = 0; i < charts_.size(); ++i) {
        QCPItemStraightLine& line = *charts_[i].cursor;
        line.setVisible(!qIsNaN(seconds));
        if (line.visible()) {
            line.point1->setCoords(seconds, 0);
            line.point2->setCoords(seconds, 1);
        }
        if (i < values.size()) charts_[i].heading->setValues(values[i]);
    }
    cursorLayer_->replot();
}

double PlotCanvas::secondsAt(int x) const {
    // Charts of one column have the same edges; beside them the nearest one counts.
    const auto away = [x](const Chart& chart) {
        return std::max({0, chart.rect->left() - x, x - chart.rect->right()});
    };
    const auto nearest = std::min_element(
        charts_.begin(), charts_.end(), [away](const Chart& a, const Chart& b) { return away(a) < away(b); });
    if (nearest == charts_.end()) return 0;
    const QCPAxisRect& rect = *nearest->rect;
    return rect.axis(QCPAxis::atBottom)->pixelToCoord(std::clamp(x, rect.left(), rect.right()));
}

double PlotCanvas::secondsPerPixel() const {
    if (charts_.empty()) return 1;
    const QCPAxisRect& rect = *charts_.front().rect;
    return rect.axis(QCPAxis::atBottom)->range().size() / std::max(1, rect.width());
}

void PlotCanvas::resizeEvent(QResizeEvent* event) {
    arrange();
    QCustomPlot::resizeEvent(event);
}

void PlotCanvas::changeEvent(QEvent* event) {
    QCustomPlot::changeEvent(event);
    if (event->type() != QEvent::StyleChange && event->type() != QEvent::PaletteChange &&
        event->type() != QEvent::FontChange)
        return;
    columns_ = 0;
    arrange();
    restyle();
}

void PlotCanvas::styleGraph(QCPGraph& graph, const ChartSeries& series) const {
    graph.setPen(seriesPen(series));
    graph.setAntialiased(series.look != SeriesLook::Step);
    const bool filled = series.look == SeriesLook::Filled || fillsToNeighbour(series);
    graph.setBrush(filled ? QBrush(faint(seriesColor(series.ink))) : QBrush(Qt::NoBrush));
}

void PlotCanvas::restyle() {
    const RoleColors& colors = roleColors();
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.85);
    setBackground(QBrush(palette().color(QPalette::Base)));
    const QFontMetrics metrics(small);
    const int space = metrics.height() / 2;
    plotLayout()->setAutoMargins(QCP::msNone);
    plotLayout()->setMargins({space, 0, space, space / 2});
    for (std::size_t i = 0; i < charts_.size(); ++i) {
        Chart& chart = charts_[i];
        chart.heading->setFont(small);
        // Half of a label stands beyond the end of its axis; the upper one keeps away from the heading.
        chart.rect->setMinimumMargins({0, space + 1 + space / 2, 2, space + 1});
        for (QCPAxis* axis : chart.rect->axes()) {
            axis->setBasePen(QPen(colors.line));
            axis->setTickLabelColor(colors.dimmed);
            axis->setTickLabelFont(small);
            axis->grid()->setPen(QPen(colors.line, 1, Qt::DotLine));
            axis->grid()->setZeroLinePen(Qt::NoPen);
        }
        if (chart.cursor != nullptr) chart.cursor->setPen(QPen(palette().color(QPalette::Text), 1));
        for (std::size_t n = 0; n < chart.graphs.size(); ++n)
            styleGraph(*chart.graphs[n], specs_[i].series[n]);
    }
    if (!charts_.empty()) replot(QCustomPlot::rpQueuedReplot);
}

}  // namespace sockstage
