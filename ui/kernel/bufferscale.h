// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sockstage {

/// Bytes along a bar of some pixels. The bar ends at the limit; where more than the limit is there (the
/// kernel lets the charged memory pass it), at that, and the limit is a mark inside. What is there is at
/// least `leastPixels` wide: nothing looks like 0 but 0.
struct BufferScale {
    static constexpr int leastPixels = 2;

    std::int64_t limit = 0;  ///< less than 0: not known
    std::int64_t most = 0;   ///< the largest amount that the bar has to hold
    int width = 0;           ///< pixels

    std::int64_t end() const { return std::max({limit, most, std::int64_t{1}}); }
    int x(std::int64_t bytes) const {
        const double part =
            static_cast<double>(std::clamp<std::int64_t>(bytes, 0, end())) / static_cast<double>(end());
        return static_cast<int>(std::lround(part * width));
    }
    /// Where the limit's mark stands; -1: at the bar's end, or the limit is not known.
    int limitX() const { return limit >= 0 && limit < end() ? x(limit) : -1; }
    /// The length of one amount from the left.
    int length(std::int64_t bytes) const {
        return bytes <= 0 ? 0 : std::max(x(bytes), std::min(leastPixels, width));
    }
    /// The right edges of amounts that stand one behind the other.
    std::vector<int> edges(std::span<const std::int64_t> amounts) const {
        std::vector<int> right;
        std::int64_t sum = 0;
        int left = 0;
        for (std::size_t i = 0; i < amounts.size(); ++i) {
            sum += std::max<std::int64_t>(amounts[i], 0);
            // Those that follow keep their least width too.
            const auto later = std::count_if(amounts.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                             amounts.end(), [](std::int64_t n) { return n > 0; });
            const int room = std::max(left, width - static_cast<int>(later) * leastPixels);
            const int wanted = amounts[i] > 0 ? std::max(x(sum), left + leastPixels) : left;
            left = std::min(wanted, room);
            right.push_back(left);
        }
        return right;
    }
};

}  // namespace sockstage
