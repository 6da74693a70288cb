// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "kernelfollower.h"

namespace sockstage {

/// Looks at the kernel's side of a session's sockets for those who watch: the table's visible rows (open ten
/// times a second, closed twice, the rest slowly by turns), the one socket that is observed closely, and all
/// of them for a log. A socket that was observed once is followed again when it closes, so that a user who
/// comes back does not find it in a state that the kernel has left. Until a session is watched, accepted
/// connections are not sampled. Worker thread only.
class KernelProbe {
public:
    KernelProbe(Reactor& reactor, SessionRecord& record);
    ~KernelProbe() { stop(); }
    KernelProbe(const KernelProbe&) = delete;
    KernelProbe& operator=(const KernelProbe&) = delete;

    // Who looks.
    void watch(std::vector<std::uint32_t> visible, bool sweep);
    /// Null: no socket is observed.
    void observe(std::shared_ptr<KernelHistory> history, int intervalMs);
    /// Every socket, into the record's KernelLog; 0: none.
    void logAll(int intervalMs);

    // The events in the life of a socket (0: the session's own), each called where it happens.
    void opened(std::uint32_t number, int fd);
    void changed(std::uint32_t number, int fd);  ///< its state may have
    void listening() { view_.listening(); }      ///< right before listen()
    void shuttingDown(std::uint32_t number, int fd) {
        view_.shuttingDown(number, fd);
    }                                            ///< before shutdown()
    void closing(std::uint32_t number, int fd);  ///< right before close()
    void closed(std::uint32_t number);           ///< right after it

    /// One of these numbers is sampled repeatedly, into its slot.
    bool followsAny(std::uint32_t first, std::uint32_t last) const;

    /// Every descriptor is closed. Calls `done` once the kernel has forgotten all followed sockets.
    void whenForgotten(std::function<void()> done);
    void stop();

private:
    void followHistory();
    void leave(std::shared_ptr<KernelHistory> history);
    void add(std::uint32_t number, const KernelFacts& facts);
    bool isOver(const KernelHistory& history) const;
    bool observes(std::uint32_t number) const;
    void tick();
    void sweep();
    void look(std::uint32_t number);
    void lookClosed(std::uint32_t number);
    bool isInKernel(std::uint32_t number) const;
    void endIfForgotten();

    Reactor& reactor_;
    SessionRecord& record_;
    KernelView view_;
    std::shared_ptr<KernelHistory> history_;
    std::map<std::uint32_t, std::shared_ptr<KernelHistory>> left_;  // observed once, by their numbers
    KernelFollower observed_, leftClosed_, all_;
    bool logging_ = false;
    int intervalMs_ = 0;
    std::vector<std::uint32_t> visible_;
    bool sweep_ = false;
    std::uint32_t nextSwept_ = 0;  // 0: from the first
    std::uint32_t ticks_ = 0;
    Reactor::Id timer_ = 0;
    std::function<void()> done_;
};

}  // namespace sockstage
