#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <utility>

#include "capturestore.h"
#include "connectiontable.h"
#include "counter.h"
#include "socketconfig.h"
#include "stage.h"

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

/// All that is known of one session: the worker writes, anybody reads, also after the worker has gone.
struct SessionRecord {
    explicit SessionRecord(SocketConfig socketConfig)
        : config(std::move(socketConfig)), capture(config.captureBytes) {}

    const SocketConfig config;
    CaptureStore capture;
    ConnectionTable connections;
    StageTable stages;
    SessionCounters counters;
    Shared<SocketAddress> local, remote;
    Shared<std::string> failure, portOwner;
    std::atomic<int> fd{-1};
    std::atomic<int> workerThreadId{0};
    std::atomic<std::int64_t> openedNs{0};
    std::atomic<bool> closing{false}, finished{false};
};

}  // namespace sockstage
