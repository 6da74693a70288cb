// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace sockstage {

/// The recent rates of one connection, oldest first: what its sparkline shows.
class RateHistory {
public:
    static constexpr std::size_t capacity = 32;
    static constexpr std::int64_t spacingNs = 500'000'000;

    /// `total`: bytes moved so far. Readings closer together than spacingNs are
    /// left out: false.
    bool sample(std::int64_t nowNs, std::uint64_t total) {
        if (atNs_ != 0 && nowNs - atNs_ < spacingNs) return false;
        if (atNs_ != 0)
            push(static_cast<float>(static_cast<double>(total - total_) * 1e9 /
                                    static_cast<double>(nowNs - atNs_)));
        atNs_ = nowNs;
        total_ = total;
        return true;
    }
    std::size_t size() const { return count_ < capacity ? count_ : capacity; }
    float at(std::size_t i) const { return rates_[(count_ - size() + i) % capacity]; }
    float latest() const { return count_ == 0 ? 0 : at(size() - 1); }

private:
    void push(float rate) { rates_[count_++ % capacity] = rate; }

    std::array<float, capacity> rates_{};
    std::size_t count_ = 0;
    std::int64_t atNs_ = 0;
    std::uint64_t total_ = 0;
};

}  // namespace sockstage
