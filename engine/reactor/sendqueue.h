// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>

#include "counter.h"
#include "filesource.h"
#include "nextsends.h"
#include "socketaddress.h"

namespace sockstage {

/// Bytes shared by all targets of one message; `owner` keeps them alive.
struct Payload {
    std::shared_ptr<const void> owner;
    std::span<const std::byte> bytes;
    /// A private copy, for bytes that do not outlive the call.
    static Payload copyOf(std::span<const std::byte> bytes);
};

/// One message or file on its way to the kernel.
struct SendItem {
    Payload payload;  ///< empty for a file
    std::shared_ptr<FileSource> file;
    std::uint64_t offset = 0;  ///< taken by the kernel so far
    std::uint64_t size = 0;
    std::uint32_t peer = 0;  ///< UDP: connection number of the addressee

    static SendItem of(Payload payload, std::uint32_t peer = 0);
    static SendItem of(std::shared_ptr<FileSource> file, std::uint32_t peer = 0);
    std::uint64_t left() const { return size - offset; }
};

/// What the next call for this item will be given: `offered` bytes.
NextSend nextSendOf(const SendItem& item, std::uint64_t offered);

/// What one socket still has to hand to the kernel, in order. Keeps the counters of what is queued
/// true, in the connection's slot and in the session's sum. Worker thread only.
class SendQueue {
public:
    /// `slot` may be null: then only the session's sum is kept.
    SendQueue(SessionCounters& sums, Counter* slotQueued, Counter* slotDiscarded)
        : sums_(sums), slotQueued_(slotQueued), slotDiscarded_(slotDiscarded) {}

    bool empty() const { return items_.empty(); }
    std::uint64_t bytes() const { return bytes_; }
    void push(SendItem item);
    SendItem& front() { return items_.front(); }
    /// The kernel took so many bytes of the front item; a finished item leaves the queue.
    void taken(std::uint64_t count);
    /// The front item is given up; what is left of it counts as discarded.
    void discardFront();
    /// Those for which `chosen` says so are given up; it is called once for each. Returns how many bytes
    /// that were.
    std::uint64_t discardWhere(const std::function<bool(const SendItem&)>& chosen);
    /// Everything is given up. Returns how many bytes that were.
    std::uint64_t discardAll();

private:
    void changed(std::uint64_t before);
    SessionCounters& sums_;
    Counter* slotQueued_;
    Counter* slotDiscarded_;
    std::deque<SendItem> items_;
    std::uint64_t bytes_ = 0;
};

}  // namespace sockstage
