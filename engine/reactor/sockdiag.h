// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "filedescriptor.h"
#include "kernelfacts.h"
#include "socketaddress.h"

namespace sockstage {

/// By which sock_diag finds one socket, open or closed.
struct SocketIdentity {
    bool tcp = true;
    SocketAddress local;          ///< not valid where it is not known: then all sockets are searched
    SocketAddress remote;         ///< not valid for a listener or an unconnected UDP socket
    std::uint64_t cookie = 0;     ///< SO_COOKIE: distinguishes it from a later socket with the same addresses
    std::uint32_t interface = 0;  ///< that it is bound to; 0: none
};

/// One socket of this machine as a sock_diag dump reports it.
struct DiagSocket {
    SocketAddress local, remote;  ///< remote: the wildcard address with port 0 when there is none
    TcpState state = TcpState::Unknown;
    KernelTimer timer = KernelTimer::None;
    std::int64_t timerMs = KernelFacts::absent;  ///< until it fires; in TIME-WAIT the time that remains
    std::uint32_t uid = 0;                       ///< of no meaning in TIME-WAIT
    std::uint32_t inode = 0;                     ///< as in /proc/PID/fd; 0: no process has it open
    std::uint64_t cookie = 0;
    bool v6Only = false;  ///< IPV6_V6ONLY; reported for sockets that listen or are bound only
};

/// Asks the kernel about sockets over netlink (sock_diag(7)), as ss does: the instrument's own channel, not
/// a socket that is shown; nothing is recorded. Needs no privilege. Opened at the first question. Used by one
/// thread.
class SockDiag {
public:
    enum class Answer : std::uint8_t {
        Found,
        Gone,        ///< the kernel knows no such socket (any more)
        NotNow,      ///< no descriptor is left for the channel: ask again
        Unavailable  ///< no such channel here, or it failed: nothing is known
    };
    /// Fills `facts` (source, state, timer, queues, memory, TCP_INFO) when the socket was found.
    Answer find(const SocketIdentity& socket, KernelFacts& facts);

    /// All sockets of one protocol and family (AF_INET, AF_INET6) whose local port this is, of all users and
    /// in every state, TIME-WAIT and bound but idle ones (Linux 6.8) included. nullopt: unavailable.
    std::optional<std::vector<DiagSocket>> socketsOnPort(bool tcp, int family, std::uint16_t port);

private:
    struct Request;
    using OnMessage = std::function<void(std::span<const std::byte> payload)>;
    bool open();
    int ask(Request& request, const OnMessage& onMessage);
    int receive(std::uint32_t sequence, bool dump, const OnMessage& onMessage);
    Answer search(const SocketIdentity& socket, int family, KernelFacts& facts);
    bool isServed(bool tcp, int family);

    FileDescriptor netlink_;
    std::vector<std::byte> buffer_;
    std::uint32_t sequence_ = 0;
    bool failed_ = false;                        // no channel could be opened: not tried again
    std::array<std::optional<bool>, 2> served_;  // UDP, TCP: does this kernel answer about them?
};

}  // namespace sockstage
