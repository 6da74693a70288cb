// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace sockstage {

/// Turns a counter that is read now and then into a rate over about the last second.
class RateMeter {
public:
    static constexpr std::int64_t spacingNs = 200'000'000;

    /// Readings closer together than spacingNs are left out.
    void sample(std::int64_t nowNs, std::uint64_t total) {
        if (count_ > 0 && nowNs - newest().atNs < spacingNs) return;
        readings_[count_++ % readings_.size()] = {nowNs, total};
    }
    double perSecond() const {
        if (count_ < 2) return 0;
        const Reading& oldest =
            count_ < readings_.size() ? readings_[0] : readings_[count_ % readings_.size()];
        const double seconds = static_cast<double>(newest().atNs - oldest.atNs) / 1e9;
        return static_cast<double>(newest().total - oldest.total) / seconds;
    }

private:
    struct Reading {
        std::int64_t atNs = 0;
        std::uint64_t total = 0;
    };
    const Reading& newest() const { return readings_[(count_ - 1) % readings_.size()]; }
    std::array<Reading, 6> readings_;
    std::size_t count_ = 0;
};

}  // namespace sockstage
