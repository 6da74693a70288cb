// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sessionevents.h"

namespace sockstage {

class OutputStream;

/// Merges the rows of all sessions by time into the output. While the output is full nothing is
/// read: the capture is the queue, and what it evicts meanwhile is reported as evicted. Main thread.
class EventPump {
public:
    explicit EventPump(OutputStream& output) : output_(output) {}

    void add(SessionEvents* events) { sessions_.push_back(events); }
    /// Writes rows for a few milliseconds at most. Afterwards idle() or more() say how it went.
    void run();
    /// Nothing was there to write.
    bool idle() const { return written_ == 0; }
    /// The time was over before the rows were.
    bool more() const { return more_; }

    /// Rows by all runs, also those that ended for lack of memory.
    std::uint64_t writtenEver() const { return writtenEver_; }

private:
    bool writeBatch(std::int64_t limitNs);

    OutputStream& output_;
    std::vector<SessionEvents*> sessions_;
    std::uint64_t written_ = 0, writtenEver_ = 0;
    bool more_ = false;
};

}  // namespace sockstage
