// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "kernelfacts.h"

namespace sockstage {

/// What the kernel said of one socket over the last minutes. The worker adds ten times a second, the window
/// copies what is new: rare and small enough for a mutex.
class KernelHistory {
public:
    /// Five minutes at ten a second; the oldest go first.
    static constexpr std::size_t capacity = 3000;

    explicit KernelHistory(std::uint32_t connection) : connection_(connection) {}

    /// 0: the session's own socket.
    std::uint32_t connection() const { return connection_; }
    void add(const KernelFacts& facts);
    std::optional<KernelFacts> latest() const;
    /// The latest sample; none when it is so old that sampling must have ended. May be shown as the present.
    std::optional<KernelFacts> present() const;
    /// Appends what was added after the first `seen` samples and is still kept; returns how many were ever
    /// added.
    std::uint64_t copySince(std::uint64_t seen, std::vector<KernelFacts>& into) const;

private:
    const std::uint32_t connection_;
    mutable std::mutex mutex_;
    std::deque<KernelFacts> facts_;
    std::uint64_t added_ = 0;
};

/// The histories of the sockets of one session that were looked at last.
class KernelHistories {
public:
    static constexpr std::size_t kept = 4;

    /// The socket's history, made where there is none; the one that was requested longest ago is evicted.
    std::shared_ptr<KernelHistory> ensure(std::uint32_t connection);
    /// Null when there is none (any more).
    std::shared_ptr<const KernelHistory> find(std::uint32_t connection) const;

private:
    mutable std::mutex mutex_;
    std::vector<std::shared_ptr<KernelHistory>> histories_;  // the latest last
};

/// What the kernel said of all sockets of a session, in order, for one reader that takes it away. When it
/// does not come, the oldest are dropped and counted.
class KernelLog {
public:
    static constexpr std::size_t capacity = 20000;

    struct Entry {
        std::uint32_t connection = 0;
        KernelFacts facts;
    };
    void add(std::uint32_t connection, const KernelFacts& facts);
    /// Appends what came since the last time; returns how many were dropped since then.
    std::uint64_t take(std::deque<Entry>& into);

private:
    std::mutex mutex_;
    std::deque<Entry> entries_;
    std::uint64_t dropped_ = 0;
};

}  // namespace sockstage
