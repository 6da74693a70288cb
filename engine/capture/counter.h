// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>

namespace sockstage {

/// A quantity with one writer (the session's worker) and any number of readers. Relaxed: a reader
/// sees a value that was true a moment ago, never a torn one.
class Counter {
public:
    void add(std::uint64_t amount) { set(get() + amount); }
    void subtract(std::uint64_t amount) { set(get() - amount); }
    void set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }
    std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

/// The sums of one session. A message is one successful call of the recv or send family.
struct SessionCounters {
    Counter receivedBytes, receivedMessages;
    Counter sentBytes, sentMessages;
    Counter connections;  ///< ever made (TCP) or peers ever seen (UDP)
    Counter openConnections;
    Counter endedByPeer;         ///< of the open ones, those whose peer has sent EOF
    Counter holdingConnections;  ///< of the open ones, those that stop before some stage
    Counter errors;              ///< calls that failed, EAGAIN and EINPROGRESS excepted
    Counter wouldBlock;          ///< calls that returned EAGAIN; counted, not recorded
    Counter queuedBytes;         ///< in our send queues, not yet taken by the kernel
    Counter discardedBytes;  ///< were queued and never reached the kernel: closed, reset or cancelled first
    Counter truncatedBytes;  ///< of datagrams longer than the read size
    /// UDP: datagrams that the kernel threw away at this socket, as of the last sample. Sampled while
    /// the session is watched or its socket is observed, and before close().
    Counter kernelDrops;
};

}  // namespace sockstage
