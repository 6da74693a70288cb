// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "capturestore.h"
#include "connectiontable.h"
#include "counter.h"
#include "kernelhistory.h"
#include "nextsends.h"
#include "optionreadings.h"
#include "portholder.h"
#include "reachability.h"
#include "socketconfig.h"
#include "socketoptions.h"
#include "stage.h"
#include "tcpstate.h"

namespace sockstage {

/// A value that changes a few times in a session's life and is too large for an atomic.
template <typename T>
class Shared {
public:
    void set(T value) {
        const std::lock_guard lock(mutex_);
        value_ = std::move(value);
    }
    T get() const {
        const std::lock_guard lock(mutex_);
        return value_;
    }

private:
    mutable std::mutex mutex_;
    T value_{};
};

/// Why connections (0: the session as a whole) failed, in words. Of the newest few thousand.
class FailureCauses {
public:
    void set(std::uint32_t connection, std::string text) {
        const std::lock_guard lock(mutex_);
        if (!texts_.contains(connection)) order_.push_back(connection);
        texts_[connection] = std::move(text);
        if (order_.size() <= most) return;
        texts_.erase(order_.front());
        order_.pop_front();
    }
    std::string get(std::uint32_t connection) const {
        const std::lock_guard lock(mutex_);
        const auto found = texts_.find(connection);
        return found == texts_.end() ? std::string() : found->second;
    }

private:
    static constexpr std::size_t most = 4096;
    mutable std::mutex mutex_;
    std::unordered_map<std::uint32_t, std::string> texts_;
    std::deque<std::uint32_t> order_;
};

/// SessionRecord::failure of a session for which there was no memory; reported also where there is none to
/// keep it.
inline constexpr std::string_view memoryRanOut =
    "Memory ran out: the session was closed in order. A smaller capture limit leaves more for the rest.";

/// An option that was requested before there was a socket: set on each that is made.
struct WantedOption {
    std::uint32_t connection = 0;
    const OptionFact* fact = nullptr;
    std::vector<std::byte> value;
    std::uint64_t requestId = 0;  ///< that the first socket answers; 0: none
};

/// All that is known of one session: the worker writes, any thread reads, also after the worker has gone.
struct SessionRecord {
    explicit SessionRecord(SocketConfig socketConfig)
        : config(std::move(socketConfig)), capture(config.captureBytes), readBytes(config.readBytes) {}

    const SocketConfig config;
    CaptureStore capture;
    ConnectionTable connections;
    StageTable stages;
    SessionCounters counters;
    Shared<SocketAddress> local, remote;
    Shared<SocketAddress> target;  ///< of getaddrinfo's addresses the one that is tried; invalid before
    NextSends nextSends;
    std::atomic<std::size_t> readBytes;  ///< given to each recv; SocketConfig::readBytes to begin with
    Shared<std::string> failure, portOwner;
    Shared<std::string> trouble;  ///< what is wrong now: a failure that is not over
    FailureCauses causes;
    Shared<PortHolders> portHolders;  ///< after EADDRINUSE
    OptionReadings options;
    Shared<std::vector<WantedOption>> optionsWanted;
    OptionAnswers optionAnswers;
    Shared<BoundSocket> bound;
    Shared<ReachAnswer> reach;  ///< the last result of lookAtReach()
    TcpStateHistory
        ownStateHistory;  ///< of the session's own socket, until a client's connection has its number
    KernelHistories kernelHistories;
    KernelLog kernelLog;
    std::atomic<int> fd{-1};
    std::atomic<int> madeFd{-1};              ///< that socket() returned last, also when it is closed by now
    std::atomic<std::uint32_t> addresses{0};  ///< that getaddrinfo() gave
    std::atomic<int> workerThreadId{0};
    std::atomic<std::int64_t> openedNs{0};
    std::atomic<bool> closing{false}, finished{false}, forgotten{false};
    std::atomic<bool> machineryFailed{false};  ///< memory ran out, or epoll failed; see `failure`
    std::atomic<bool> dropCounts{false};       ///< SO_RXQ_OVFL is on: datagrams are received by recvmsg()
    std::atomic<bool> errorQueued{false};      ///< the error queue has something, and recv is held

    /// A TCP client's own socket is its connection 1 from then on. Null: there is no such connection.
    const TcpStateHistory* tcpStateHistory(std::uint32_t connection) const {
        const std::uint32_t count = connections.count();
        if (connection == 0 && config.role == Role::TcpClient && count != 0) connection = 1;
        if (connection > count) return nullptr;
        return connection == 0 ? &ownStateHistory : &connections.at(connection).stateHistory;
    }
};

}  // namespace sockstage
