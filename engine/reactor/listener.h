// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include "stagelog.h"

namespace sockstage {

/// The listening socket of a TCP server: accepts in batches until EAGAIN, one at a step, none while
/// held (then the kernel's accept queue fills). Out of descriptors or epoll watches it pauses, says so and
/// tries again when one was closed or after a moment; no client waiting in the queue is dropped. Worker
/// thread only.
class Listener {
public:
    using OnAccepted = std::function<void(std::uint32_t number, FileDescriptor fd)>;
    Listener(Environment environment, FileDescriptor fd, const SocketAddress& local, OnAccepted onAccepted);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    void start(bool held);
    bool isOpen() const { return fd_.isOpen(); }
    bool isHeld() const { return held_ && fd_.isOpen(); }
    void setHeld(bool held);
    /// Accepts exactly one although it is held, now or when a client comes.
    void step();
    /// A descriptor was closed: a paused accept tries again.
    void descriptorFreed();
    void close();

private:
    void updateInterest();
    void acceptBatch();
    bool acceptOne();
    void pause(int error, const std::string& why);
    bool pausedByStarvation();
    void resume();

    Environment env_;
    FileDescriptor fd_;
    const SocketAddress local_;
    OnAccepted onAccepted_;
    Reactor::Id id_ = 0, retryTimer_ = 0;
    bool held_ = false, paused_ = false, announcedPause_ = false;
    int permits_ = 0, retryMs_ = 0;
};

}  // namespace sockstage
