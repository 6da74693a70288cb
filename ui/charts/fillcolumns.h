// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace sockstage {

/// One edge of a filled area, pixel column by pixel column. Filling a jagged line of thousands of points as
/// one polygon takes a hundred times as long.
class FillColumns {
public:
    /// `upper`: where several points share a column the topmost counts, else the lowest.
    FillColumns(int left, int width, bool upper)
        : left_(left),
          upper_(upper),
          edge_(static_cast<std::size_t>(std::max(0, width)), std::numeric_limits<double>::quiet_NaN()) {}

    /// The line from one point to the next, in pixels. NaN at either end: a gap.
    void addLine(double fromX, double fromY, double toX, double toY) {
        if (std::isnan(fromY) || std::isnan(toY) || std::isnan(fromX) || std::isnan(toX)) return;
        const double slope = toX > fromX ? (toY - fromY) / (toX - fromX) : 0;
        const int first = std::max(column(fromX), 0);
        const int last = std::min(column(toX), static_cast<int>(edge_.size()) - 1);
        for (int i = first; i <= last; ++i) {
            const double x = std::clamp(left_ + i + 0.5, fromX, std::max(fromX, toX));
            add(i, fromY + (x - fromX) * slope);
        }
        add(column(fromX), fromY);
        add(column(toX), toY);
    }
    /// NaN where nothing is.
    const std::vector<double>& edge() const { return edge_; }

private:
    int column(double x) const {
        // Far outside is only outside: an int must hold it.
        return static_cast<int>(std::floor(std::clamp(x - left_, -1.0, static_cast<double>(edge_.size()))));
    }
    void add(int column, double y) {
        if (column < 0 || column >= static_cast<int>(edge_.size())) return;
        double& at = edge_[static_cast<std::size_t>(column)];
        at = std::isnan(at) ? y : upper_ ? std::min(at, y) : std::max(at, y);
    }

    int left_;
    bool upper_;
    std::vector<double> edge_;
};

}  // namespace sockstage
