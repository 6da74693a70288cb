// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>

#include "listencounters.h"
#include "sessionrecord.h"
#include "sockdiag.h"

namespace sockstage {

/// The kernel's side of one session's sockets by their numbers (0: the session's own): through the descriptor
/// while it is open, through sock_diag once it is closed. Every state that a look finds is noted in the
/// socket's TcpStateHistory. UDP peers share the session's own socket, and so does a TCP client's
/// connection 1. Worker thread only.
///
/// Until the session is watched, a server's connections, which may be many and short, are not sampled, and
/// their state histories begin with the first look. A session has one socket of its own: the states of its
/// set-up are always noted, for a user who looks a moment later.
class KernelView {
public:
    explicit KernelView(SessionRecord& record);

    void setWatched() { watched_ = true; }

    // The events in the life of a socket, each called where it happens.
    void opened(std::uint32_t number, int fd);
    void noteState(std::uint32_t number, int fd);
    /// Right before shutdown() of our sending side. From here on the connection may get to TIME-WAIT while
    /// its descriptor is open: the kernel then keeps it as a socket of its own, which has this one's cookie
    /// only if the cookie was read before. So it is read here, watched or not; a connection that is closed
    /// without shutdown() gets there after close(), and can be named then.
    void shuttingDown(std::uint32_t number, int fd) { name(number, fd); }
    /// Right before listen(): from here on its overflows are counted.
    void listening() { atListen_ = readListenCounters(); }
    /// Right before close(): the name by which the kernel will know it afterwards, for who looks then.
    void closing(std::uint32_t number, int fd);

    /// All that the kernel says now. `source` Gone: it knows no such socket any more; None: it cannot be
    /// queried. nullopt: there is no such socket yet, or no descriptor is left to query with.
    std::optional<KernelFacts> look(std::uint32_t number);
    bool exists(std::uint32_t number) const;
    /// There was one, and its slot has been given up: it cannot be looked at any more.
    bool isRetired(std::uint32_t number) const;
    bool isOpen(std::uint32_t number) const { return exists(number) && descriptor(resolved(number)) >= 0; }
    /// The number under which the socket has its slot, or 0.
    std::uint32_t resolved(std::uint32_t number) const;
    /// The state of an open socket, whose descriptor says `told`: that says CLOSED of one in TIME-WAIT, too.
    TcpState stateOf(std::uint32_t number, TcpState told);
    /// UDP: so many datagrams has the kernel dropped at this socket by now.
    void countDrops(std::uint32_t now);

private:
    struct Name {
        std::uint64_t cookie = 0;  ///< 0: not read yet, or the kernel does not say
        std::uint32_t interface = 0;
    };
    KernelFacts lookOpen(std::uint32_t number, int fd);
    std::optional<KernelFacts> lookClosed(std::uint32_t number);
    void addTimer(std::uint32_t number, int fd, KernelFacts& facts);
    bool addTimeWait(std::uint32_t number, KernelFacts& facts);
    bool isFollowed(std::uint32_t number) const;
    std::uint64_t cookie(std::uint32_t number) const;
    void addListenCounters(KernelFacts& facts) const;
    void name(std::uint32_t number, int fd);
    SocketIdentity identity(std::uint32_t number) const;
    std::int64_t queuedBytes(std::uint32_t number) const;
    int descriptor(std::uint32_t number) const;
    TcpStateHistory& stateHistory(std::uint32_t number);

    SessionRecord& record_;
    const bool tcp_;
    SockDiag diag_;
    ListenCounters atListen_{KernelFacts::absent, KernelFacts::absent, KernelFacts::absent};
    Name ownName_;
    std::uint32_t drops_ = 0;  // as of the last sample
    bool ownOpened_ = false, watched_ = false;
};

}  // namespace sockstage
