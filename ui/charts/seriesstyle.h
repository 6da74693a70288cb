// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QPen>

#include "chartspec.h"

namespace sockstage {

/// The theme's colour of what a series or a stretch of a bar stands for: the same everywhere.
QColor seriesColor(SeriesInk ink);
QPen seriesPen(const ChartSeries& series);

}  // namespace sockstage
