// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <set>

#include "kernelview.h"
#include "reactor.h"

namespace sockstage {

/// Samples sockets at an interval, each until the kernel has forgotten it. Worker thread only.
class KernelFollower {
public:
    using Sink = std::function<void(std::uint32_t number, const KernelFacts& facts)>;
    /// `idle`: the last one that was followed is gone.
    KernelFollower(Reactor& reactor, KernelView& view, Sink sink, std::function<void()> idle);
    ~KernelFollower() { stop(); }
    KernelFollower(const KernelFollower&) = delete;
    KernelFollower& operator=(const KernelFollower&) = delete;

    void setInterval(int milliseconds);
    /// Samples it now and from now on; one that does not exist yet, as soon as it does.
    void follow(std::uint32_t number);
    /// Samples it now, if it is followed.
    void sample(std::uint32_t number);
    void forget(std::uint32_t number) { numbers_.erase(number); }
    /// What does not exist yet never will.
    void dropNeverOpened();
    void stop();
    /// One of these numbers.
    bool followsAny(std::uint32_t first, std::uint32_t last) const;
    bool isIdle() const { return numbers_.empty(); }

private:
    bool isOver(std::uint32_t number);
    void tick();

    Reactor& reactor_;
    KernelView& view_;
    const Sink sink_;
    const std::function<void()> idle_;
    std::set<std::uint32_t> numbers_;
    int intervalMs_ = 100;
    Reactor::Id timer_ = 0;
};

}  // namespace sockstage
