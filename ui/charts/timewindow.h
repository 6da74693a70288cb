// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>

namespace sockstage {

/// The stretch of time that charts show, in seconds of any clock. Its right edge follows the newest sample
/// until the user moves it away; then it keeps its place.
struct TimeWindow {
    static constexpr double shortest = 2, longest = 3600;

    double span = 60;
    double end = 0;  ///< the right edge
    bool follow = true;

    double begin() const { return end - span; }
    bool holds(double moment) const { return moment >= begin() && moment <= end; }

    /// There are samples from `oldest` to `newest` now.
    void advance(double oldest, double newest) {
        end = follow ? newest : std::clamp(end, earliestEnd(oldest, newest), newest);
    }
    void setFollow(bool on, double newest) {
        follow = on;
        if (on) end = newest;
    }
    /// Later (positive) or earlier. The newest moment ends it and, on the way forward, follows again.
    void pan(double by, double oldest, double newest) {
        end = std::clamp(end + by, earliestEnd(oldest, newest), newest);
        follow = end >= newest && (follow || by > 0);
    }
    /// More or less time, around a moment that keeps its place; while following the newest one does.
    void zoom(double factor, double around, double oldest, double newest) {
        const double wanted = std::clamp(span * factor, shortest, longest);
        const double scale = wanted / span;
        if (!follow) end = around + (end - around) * scale;
        span = wanted;
        advance(oldest, newest);
    }
    /// Moves as little as needed to show the moment.
    void reveal(double moment, double oldest, double newest) {
        if (holds(moment)) return;
        end = moment < begin() ? moment + span : moment;
        end = std::clamp(end, earliestEnd(oldest, newest), newest);
        follow = follow && end >= newest;
    }

private:
    // The first page begins at the oldest sample.
    double earliestEnd(double oldest, double newest) const { return std::min(oldest + span, newest); }
};

}  // namespace sockstage
