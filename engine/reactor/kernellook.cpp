// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernellook.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "capturestore.h"
#include "tcpinfo.h"

namespace sockstage {
namespace {

// Newer than some C library's headers (asm-generic/socket.h; the same numbers on all but parisc and sparc).
#ifndef SO_MEMINFO
constexpr int SO_MEMINFO = 55;
#endif
#ifndef SO_COOKIE
constexpr int SO_COOKIE = 57;
#endif
#ifndef SO_BINDTOIFINDEX
constexpr int SO_BINDTOIFINDEX = 62;
#endif

/// Bytes that the kernel filled in; 0 when it says nothing.
template <typename T>
std::size_t option(int fd, int level, int name, T& value) {
    socklen_t length = sizeof value;
    return ::getsockopt(fd, level, name, &value, &length) == 0 ? length : 0;
}

std::int64_t queue(int fd, unsigned long request) {
    int bytes = 0;
    return ::ioctl(fd, request, &bytes) == 0 ? bytes : KernelFacts::absent;
}

}  // namespace

std::uint32_t unreadBytes(int fd) {
    const std::int64_t unread = queue(fd, SIOCINQ);
    return unread == KernelFacts::absent ? 0 : static_cast<std::uint32_t>(unread);
}

UnreadDatagrams lookForDatagrams(int fd) {
    UnreadDatagrams unread;
    pollfd asked{fd, POLLIN, 0};
    unread.any = ::poll(&asked, 1, 0) == 1 && (asked.revents & POLLIN) != 0;
    if (!unread.any) return unread;
    unread.nextBytes = unreadBytes(fd);
    SocketMemory memory{};
    KernelFacts facts;
    const std::size_t length = option(fd, SOL_SOCKET, SO_MEMINFO, memory);
    readSocketMemory(memory, length, false, facts);
    unread.charged = facts.receiveChargedBytes;
    return unread;
}

TcpState sampleTcp(int fd, KernelSample& sample) {
    TcpInfo info{};
    if (option(fd, IPPROTO_TCP, TCP_INFO, info) == 0) return TcpState::Unknown;
    const std::int64_t unacknowledged = queue(fd, SIOCOUTQ);
    sample.rttUs.store(info.rtt, std::memory_order_relaxed);
    sample.sendQueueBytes.store(
        unacknowledged == KernelFacts::absent ? 0 : static_cast<std::uint32_t>(unacknowledged),
        std::memory_order_relaxed);
    sample.receiveQueueBytes.store(unreadBytes(fd), std::memory_order_relaxed);
    return tcpStateFromKernel(info.state);
}

std::uint32_t droppedDatagrams(int fd) {
    SocketMemory memory{};
    return option(fd, SOL_SOCKET, SO_MEMINFO, memory) == sizeof memory ? memory.drops : 0;
}

std::size_t tcpInfoOf(int fd, TcpInfo& info) {
    return option(fd, IPPROTO_TCP, TCP_INFO, info);
}

int lookAtOption(int fd, int level, int name, OptionRoom& value, std::size_t& length) {
    auto given = static_cast<socklen_t>(value.size());
    if (::getsockopt(fd, level, name, value.data(), &given) != 0) return errno;
    length = given;
    return 0;
}

bool hasErrorQueue(int fd) {
    const auto isOn = [fd](int level, int name) {
        OptionRoom value{};
        std::size_t length = 0;
        return lookAtOption(fd, level, name, value, length) == 0 && std::to_integer<int>(value[0]) != 0;
    };
    return isOn(IPPROTO_IP, IP_RECVERR) || isOn(IPPROTO_IPV6, IPV6_RECVERR);
}

int lingerSeconds(int fd) {
    OptionRoom room{};
    std::size_t length = 0;
    linger value{};
    if (lookAtOption(fd, SOL_SOCKET, SO_LINGER, room, length) != 0 || length != sizeof value) return -1;
    std::memcpy(&value, room.data(), sizeof value);
    return value.l_onoff == 0 ? -1 : value.l_linger;
}

TcpState tcpStateOf(int fd) {
    TcpInfo info{};
    return option(fd, IPPROTO_TCP, TCP_INFO, info) == 0 ? TcpState::Unknown : tcpStateFromKernel(info.state);
}

KernelFacts lookAtSocket(int fd, bool tcp) {
    KernelFacts facts;
    facts.atNs = CaptureStore::nowNs();
    facts.source = FactsSource::Descriptor;
    facts.timer = KernelTimer::Unknown;
    // In this order: acknowledgements that come in between never make "not sent" exceed "not acknowledged".
    facts.unackedBytes = queue(fd, SIOCOUTQ);
    facts.unreadBytes = queue(fd, SIOCINQ);
    SocketMemory memory{};
    readSocketMemory(memory, option(fd, SOL_SOCKET, SO_MEMINFO, memory), tcp, facts);
    if (!tcp) return facts;
    TcpInfo info{};
    readTcpInfo(info, option(fd, IPPROTO_TCP, TCP_INFO, info), facts);
    if (facts.state == TcpState::Listen) return facts;
    facts.notSentBytes = queue(fd, SIOCOUTQNSD);
    option(fd, IPPROTO_TCP, TCP_CONGESTION, facts.congestionControl);
    return facts;
}

BoundSocket lookAtBinding(int fd, const SocketAddress& local, bool tcp) {
    BoundSocket bound{local, false, {}};
    bound.stream = tcp;
    OptionRoom room{};
    std::size_t length = 0;
    if (!local.isIpv4() && lookAtOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, room, length) == 0)
        bound.v6Only = std::to_integer<int>(room[0]) != 0;
    room = {};
    if (lookAtOption(fd, SOL_SOCKET, SO_BINDTODEVICE, room, length) == 0)
        bound.interface = reinterpret_cast<const char*>(room.data());  // with its NUL; empty: none
    const bool v4 = local.isIpv4();
    const int level = v4 ? IPPROTO_IP : IPPROTO_IPV6, everyGroup = v4 ? IP_MULTICAST_ALL : IPV6_MULTICAST_ALL;
    if (!tcp && lookAtOption(fd, level, everyGroup, room, length) == 0)
        bound.everyGroup = std::to_integer<int>(room[0]) != 0;
    return bound;
}

std::uint64_t socketCookie(int fd) {
    std::uint64_t cookie = 0;
    option(fd, SOL_SOCKET, SO_COOKIE, cookie);
    return cookie;
}

std::uint32_t boundInterface(int fd) {
    int interface = 0;
    option(fd, SOL_SOCKET, SO_BINDTOIFINDEX, interface);
    return static_cast<std::uint32_t>(interface);
}

}  // namespace sockstage
