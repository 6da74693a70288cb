// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>

namespace sockstage {

/// Lines numbered with 64 bits under a scroll bar that counts with an int. Up to `limit` lines the
/// bar counts lines; beyond, it counts parts of the whole.
struct LineScroll {
    static constexpr std::int64_t limit = 1 << 24;

    std::uint64_t first = 0, end = 0;  ///< the lines there are
    std::uint64_t page = 1;            ///< whole lines on screen

    std::uint64_t lastTop() const { return end - first > page ? end - page : first; }
    std::uint64_t clamped(std::uint64_t top) const { return std::clamp(top, first, lastTop()); }
    /// `top` moved by some lines, kept in range.
    std::uint64_t moved(std::uint64_t top, std::int64_t by) const {
        const auto down = static_cast<std::uint64_t>(by < 0 ? -by : by);
        if (by < 0) return clamped(top - std::min(down, top - std::min(first, top)));
        return clamped(top + std::min(down, ~std::uint64_t{0} - top));
    }
    int barMaximum() const { return static_cast<int>(std::min<std::uint64_t>(lastTop() - first, limit)); }
    int barFor(std::uint64_t top) const {
        const std::uint64_t span = lastTop() - first, offset = clamped(top) - first;
        if (span <= limit) return static_cast<int>(offset);
        return static_cast<int>(static_cast<double>(offset) / static_cast<double>(span) * limit);
    }
    std::uint64_t topFor(int bar) const {
        const std::uint64_t span = lastTop() - first;
        const auto value = static_cast<std::uint64_t>(std::max(bar, 0));
        if (span <= limit) return clamped(first + value);
        if (value >= limit) return lastTop();
        return clamped(first + static_cast<std::uint64_t>(static_cast<double>(value) / limit *
                                                          static_cast<double>(span)));
    }
    bool atEnd(std::uint64_t top) const { return top >= lastTop(); }
};

}  // namespace sockstage
