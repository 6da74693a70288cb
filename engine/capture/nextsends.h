// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace sockstage {

/// What the next send() of a socket whose sending is held will be given.
struct NextSend {
    std::uint32_t peer = 0;            ///< UDP: connection number of the addressee
    std::uint64_t offered = 0;         ///< the length argument
    std::vector<std::byte> beginning;  ///< enough of the data to show the call; empty for a file
};

/// By connection number; 0: the one queue of a UDP socket. Kept only while sending is held. The worker
/// writes, any thread reads.
class NextSends {
public:
    static constexpr std::size_t shownBytes = 64;

    void set(std::uint32_t connection, NextSend next) {
        const std::lock_guard lock(mutex_);
        sends_[connection] = std::move(next);
    }
    void clear(std::uint32_t connection) {
        const std::lock_guard lock(mutex_);
        sends_.erase(connection);
    }
    std::optional<NextSend> get(std::uint32_t connection) const {
        const std::lock_guard lock(mutex_);
        const auto found = sends_.find(connection);
        return found == sends_.end() ? std::nullopt : std::optional(found->second);
    }

private:
    mutable std::mutex mutex_;
    std::unordered_map<std::uint32_t, NextSend> sends_;
};

}  // namespace sockstage
