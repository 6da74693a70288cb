// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "connectiontable.h"
#include "kernelfacts.h"
#include "reachability.h"
#include "tcpinfo.h"

namespace sockstage {

// The instrument's own looks at an open socket: what the kernel knows of it, read without changing it.
// They are no part of the socket's life, so nothing is recorded. Worker thread only.

/// SIOCINQ: bytes waiting to be received; 0 when the kernel does not say.
std::uint32_t unreadBytes(int fd);
/// What lies in a datagram socket's receive buffer; the kernel does not say how many datagrams.
struct UnreadDatagrams {
    bool any = false;
    std::uint32_t nextBytes = 0;  ///< the length of the next one
    std::int64_t charged = -1;    ///< memory that is charged for all of them; -1: not known
};
UnreadDatagrams lookForDatagrams(int fd);
/// Fills in what the table of clients shows of a TCP socket, but for its state, which is returned; Unknown
/// when the kernel says nothing.
TcpState sampleTcp(int fd, KernelSample& sample);
/// SO_MEMINFO: datagrams that the kernel threw away at this socket since it was made; 0 when it does not say.
std::uint32_t droppedDatagrams(int fd);
/// TCP_INFO as the kernel fills it; how many bytes of it, 0: it says nothing.
std::size_t tcpInfoOf(int fd, TcpInfo& info);
/// Longer than any option's value: who looks at our calls from outside knows these by it.
using OptionRoom = std::array<std::byte, 256>;
/// Any option, as getsockopt() gives it; `length` becomes that of the value. Returns errno, 0: good.
int lookAtOption(int fd, int level, int name, OptionRoom& value, std::size_t& length);
/// IP_RECVERR or IPV6_RECVERR is on.
bool hasErrorQueue(int fd);
/// Seconds of SO_LINGER; -1: it is off, or the kernel does not say.
int lingerSeconds(int fd);
/// Its state alone; Unknown when the kernel says nothing.
TcpState tcpStateOf(int fd);
/// All that the descriptor reports; what lies with us (our queue, the listen counters) and the timer are
/// left.
KernelFacts lookAtSocket(int fd, bool tcp);

/// What beside its address decides who can reach it.
BoundSocket lookAtBinding(int fd, const SocketAddress& local, bool tcp);

/// The kernel's name of a socket, never used twice (SO_COOKIE); 0 when it does not say.
std::uint64_t socketCookie(int fd);
/// The interface that the socket is bound to, as link-local ones are; 0: none. sock_diag wants to know.
std::uint32_t boundInterface(int fd);

}  // namespace sockstage
