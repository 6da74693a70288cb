// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include "chartspec.h"
#include "customplot.h"

namespace sockstage {

/// The line above a chart: its title, and each series with its mark and its value at the moment looked at.
class ChartHeading : public QCPLayoutElement {
public:
    ChartHeading(QCustomPlot* plot, const ChartSpec& spec);
    /// One text for each series; empty ones and those without a name are left out.
    void setValues(const QStringList& values) { values_ = values; }
    void setFont(const QFont& font);

    QSize minimumOuterSizeHint() const override;
    QSize maximumOuterSizeHint() const override;

protected:
    void draw(QCPPainter* painter) override;

private:
    void drawMark(QCPPainter& painter, const ChartSeries& series, const QRect& box) const;

    const ChartSpec spec_;
    QStringList values_;
    QFont font_;
};

}  // namespace sockstage
