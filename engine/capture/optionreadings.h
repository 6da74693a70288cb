// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <iterator>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "socketoptions.h"

namespace sockstage {

/// The options of a session's sockets by connection number (0: the session's own socket), as they were last
/// looked at. The worker writes, any thread reads.
class OptionReadings {
public:
    void set(std::uint32_t connection, std::vector<OptionValue> values) {
        const std::lock_guard lock(mutex_);
        Reading& reading = sockets_[connection];
        ++reading.count;
        reading.values = std::move(values);
        if (sockets_.size() <= mostSockets) return;
        const auto first = sockets_.begin();
        sockets_.erase(first->first == connection ? std::next(first) : first);
    }
    std::vector<OptionValue> values(std::uint32_t connection) const {
        const std::lock_guard lock(mutex_);
        const auto found = sockets_.find(connection);
        return found == sockets_.end() ? std::vector<OptionValue>() : found->second.values;
    }
    /// How often that socket was looked at.
    std::uint64_t count(std::uint32_t connection) const {
        const std::lock_guard lock(mutex_);
        const auto found = sockets_.find(connection);
        return found == sockets_.end() ? 0 : found->second.count;
    }

private:
    /// A server may have very many connections; a reader requests an evicted reading anew.
    static constexpr std::size_t mostSockets = 64;
    struct Reading {
        std::vector<OptionValue> values;
        std::uint64_t count = 0;
    };
    mutable std::mutex mutex_;
    std::map<std::uint32_t, Reading> sockets_;
};

/// The answer to one request to set or to read options.
struct OptionAnswer {
    std::uint64_t requestId = 0;
    std::uint32_t connection = 0;
    std::int64_t atNs = 0;            ///< on the capture's clock
    std::vector<OptionValue> values;  ///< none: there was no such open socket
};

/// The answers of a session, in order, for one reader that takes them away. Who requests them takes them,
/// too.
class OptionAnswers {
public:
    void add(OptionAnswer answer) {
        const std::lock_guard lock(mutex_);
        answers_.push_back(std::move(answer));
    }
    /// Appends what came since the last time.
    void take(std::deque<OptionAnswer>& into) {
        const std::lock_guard lock(mutex_);
        std::move(answers_.begin(), answers_.end(), std::back_inserter(into));
        answers_.clear();
    }

private:
    std::mutex mutex_;
    std::deque<OptionAnswer> answers_;
};

}  // namespace sockstage
