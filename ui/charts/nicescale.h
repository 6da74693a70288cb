// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cmath>

namespace sockstage {

/// The upper end of a value axis that begins at 0: a round number whose half is round too, so that the axis
/// stands still while the values move a little.
struct NiceScale {
    /// `whole`: only whole numbers mean something (segments, connections).
    static double top(double most, bool whole) {
        const double least = whole ? 2 : 1e-9;
        if (!(most > least)) return whole ? 2 : 1;
        constexpr std::array<double, 6> steps{1, 2, 4, 6, 8, 10};
        const double decade = std::pow(10.0, std::floor(std::log10(most)));
        for (const double step : steps)
            // A little less: 0.3 / 0.1 is more than 3.
            if (step * decade >= most * (1 - 1e-9)) return whole ? evened(step * decade) : step * decade;
        return 10 * decade;
    }

private:
    static double evened(double value) { return std::ceil(value / 2) * 2; }
};

}  // namespace sockstage
