// SPDX-License-Identifier: GPL-3.0-or-later
#include "sockdiag.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "capturestore.h"
#include "tcpinfo.h"

namespace sockstage {
namespace {

constexpr std::size_t bufferBytes = 32768;  // what the kernel fills at most for one read of a dump
constexpr std::uint32_t everyState = ~0U;   // includes TCPF_BOUND_INACTIVE of Linux 6.8

constexpr std::uint8_t extension(int number) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(number - 1));
}

constexpr std::uint8_t allExtensions =
    extension(INET_DIAG_INFO) | extension(INET_DIAG_SKMEMINFO) | extension(INET_DIAG_CONG);

/// Into inet_diag_sockid's notation: network order, IPv4 in the first word.
void put(const SocketAddress& address, __be16& port, __be32 (&words)[4]) {
    port = htons(address.port());
    if (address.family() == AF_INET)
        words[0] = reinterpret_cast<const sockaddr_in*>(address.data())->sin_addr.s_addr;
    else if (address.family() == AF_INET6)
        std::memcpy(words, &reinterpret_cast<const sockaddr_in6*>(address.data())->sin6_addr, sizeof words);
}

SocketAddress addressOf(int family, __be16 port, const __be32 (&words)[4], std::uint32_t interface) {
    if (family == AF_INET) {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_port = port;
        v4.sin_addr.s_addr = words[0];
        return {reinterpret_cast<const sockaddr*>(&v4), sizeof v4};
    }
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = port;
    std::memcpy(&v6.sin6_addr, words, sizeof words);
    if (IN6_IS_ADDR_LINKLOCAL(&v6.sin6_addr)) v6.sin6_scope_id = interface;
    return {reinterpret_cast<const sockaddr*>(&v6), sizeof v6};
}

void putCookie(std::uint64_t cookie, std::uint32_t (&words)[2]) {
    words[0] = static_cast<std::uint32_t>(cookie);
    words[1] = static_cast<std::uint32_t>(cookie >> 32U);
}

/// inet_sk_diag_fill() and inet_twsk_diag_fill() in the kernel's net/ipv4/inet_diag.c.
KernelTimer timerFrom(unsigned number) {
    constexpr std::array timers{KernelTimer::None, KernelTimer::Retransmit, KernelTimer::KeepAlive,
                                KernelTimer::TimeWait, KernelTimer::ZeroWindowProbe};
    return number < timers.size() ? timers[number] : KernelTimer::Unknown;
}

/// The error that a message of the kernel's ends with, as errno; 0: none. At the end of a dump it is also
/// where the kernel says that it has no handler for the request.
int errorIn(std::span<const std::byte> payload) {
    int error = 0;
    if (payload.size() >= sizeof error) std::memcpy(&error, payload.data(), sizeof error);
    return -error;
}

/// TCP_BOUND_INACTIVE (13): bound and nothing else, which the diagram calls CLOSED.
TcpState stateFrom(unsigned number) {
    constexpr unsigned boundInactive = 13;
    return number == boundInactive ? TcpState::Closed : tcpStateFromKernel(number);
}

template <typename T>
std::size_t copyInto(T& value, std::span<const std::byte> bytes) {
    const std::size_t length = std::min(bytes.size(), sizeof value);
    std::memcpy(&value, bytes.data(), length);
    return length;
}

void readAttribute(int type, std::span<const std::byte> bytes, bool tcp, KernelFacts& facts) {
    if (type == INET_DIAG_INFO) {
        TcpInfo info{};
        const std::size_t length = copyInto(info, bytes);
        readTcpInfo(info, length, facts);
    } else if (type == INET_DIAG_SKMEMINFO) {
        SocketMemory memory{};
        const std::size_t length = copyInto(memory, bytes);
        readSocketMemory(memory, length, tcp, facts);
    } else if (type == INET_DIAG_CONG) {
        copyInto(facts.congestionControl, bytes.first(std::min<std::size_t>(bytes.size(), 15)));
    }
}

/// What sock_diag reports of one socket is a fixed message, then attributes.
template <typename Each>
void forEachAttribute(std::span<const std::byte> payload, Each each) {
    std::size_t at = NLMSG_ALIGN(sizeof(inet_diag_msg));
    rtattr attribute{};
    while (at + sizeof attribute <= payload.size()) {
        copyInto(attribute, payload.subspan(at));
        if (attribute.rta_len < sizeof attribute || at + attribute.rta_len > payload.size()) break;
        each(attribute.rta_type,
             payload.subspan(at + sizeof attribute, attribute.rta_len - sizeof attribute));
        at += RTA_ALIGN(attribute.rta_len);
    }
}

void readFacts(std::span<const std::byte> payload, bool tcp, KernelFacts& facts) {
    inet_diag_msg message{};
    copyInto(message, payload);
    facts = {};
    facts.atNs = CaptureStore::nowNs();
    facts.source = FactsSource::SockDiag;
    forEachAttribute(payload, [&](int type, auto bytes) { readAttribute(type, bytes, tcp, facts); });
    if (tcp) facts.state = stateFrom(message.idiag_state);
    facts.timer = timerFrom(message.idiag_timer);
    if (facts.timer != KernelTimer::None) facts.timerMs = message.idiag_expires;
    if (facts.state == TcpState::Listen) return;  // TCP_INFO has a listener's queues
    facts.unreadBytes = message.idiag_rqueue;
    facts.unackedBytes = message.idiag_wqueue;
}

std::uint64_t cookieOf(std::span<const std::byte> payload) {
    inet_diag_msg message{};
    copyInto(message, payload);
    return message.id.idiag_cookie[0] | (std::uint64_t{message.id.idiag_cookie[1]} << 32U);
}

DiagSocket readSocket(std::span<const std::byte> payload, bool tcp) {
    inet_diag_msg message{};
    copyInto(message, payload);
    const inet_diag_sockid& id = message.id;
    DiagSocket socket;
    socket.local = addressOf(message.idiag_family, id.idiag_sport, id.idiag_src, id.idiag_if);
    socket.remote = addressOf(message.idiag_family, id.idiag_dport, id.idiag_dst, id.idiag_if);
    if (tcp) socket.state = stateFrom(message.idiag_state);
    socket.timer = timerFrom(message.idiag_timer);
    if (socket.timer != KernelTimer::None) socket.timerMs = message.idiag_expires;
    socket.uid = message.idiag_uid;
    socket.inode = message.idiag_inode;
    socket.cookie = cookieOf(payload);
    forEachAttribute(payload, [&](int type, auto bytes) {
        if (type == INET_DIAG_SKV6ONLY && !bytes.empty()) socket.v6Only = bytes[0] != std::byte{0};
    });
    return socket;
}

}  // namespace

struct SockDiag::Request {
    Request(bool tcp, int family, bool dump) {
        header.nlmsg_len = sizeof *this;
        header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
        header.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | (dump ? NLM_F_DUMP : 0));
        body.sdiag_family = static_cast<std::uint8_t>(family);
        body.sdiag_protocol = tcp ? IPPROTO_TCP : IPPROTO_UDP;
    }
    nlmsghdr header{};
    inet_diag_req_v2 body{};
};

bool SockDiag::open() {
    if (netlink_.isOpen() || failed_) return netlink_.isOpen();
    buffer_.resize(bufferBytes);  // first: without it nothing could be received
    netlink_ = FileDescriptor(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
    if (!netlink_.isOpen()) {
        failed_ = errno != EMFILE && errno != ENFILE;  // descriptors come free
        return false;
    }
    // The kernel answers within the call that asks; this is against waiting for ever all the same.
    const timeval patience{1, 0};
    ::setsockopt(netlink_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return true;
}

/// Asks and hands over each answer. Returns the kernel's error, or that of the channel; 0: none.
int SockDiag::ask(Request& request, const OnMessage& onMessage) {
    if (!open()) return failed_ ? EPROTONOSUPPORT : EMFILE;
    request.header.nlmsg_seq = ++sequence_;
    if (::send(netlink_.get(), &request, sizeof request, 0) < 0) return errno;
    return receive(sequence_, (request.header.nlmsg_flags & NLM_F_DUMP) != 0, onMessage);
}

int SockDiag::receive(std::uint32_t sequence, bool dump, const OnMessage& onMessage) {
    while (true) {
        const ssize_t got = ::recv(netlink_.get(), buffer_.data(), buffer_.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return got < 0 ? errno : EBADMSG;
        std::span<const std::byte> left(buffer_.data(), static_cast<std::size_t>(got));
        nlmsghdr header{};
        while (left.size() >= sizeof header) {
            copyInto(header, left);
            if (header.nlmsg_len < sizeof header || header.nlmsg_len > left.size()) return EBADMSG;
            const auto payload = left.first(header.nlmsg_len).subspan(NLMSG_HDRLEN);
            left = left.subspan(std::min<std::size_t>(left.size(), NLMSG_ALIGN(header.nlmsg_len)));
            if (header.nlmsg_seq != sequence) continue;  // what came too late for an earlier question
            if (header.nlmsg_type == NLMSG_DONE || header.nlmsg_type == NLMSG_ERROR) return errorIn(payload);
            if (payload.size() < sizeof(inet_diag_msg)) return EBADMSG;
            onMessage(payload);
            if (!dump) return 0;
        }
    }
}

/// "No such entry" is also what a kernel without tcp_diag or udp_diag says to every question. A dump of no
/// state at all tells the two apart.
bool SockDiag::isServed(bool tcp, int family) {
    std::optional<bool>& served = served_[tcp ? 1 : 0];
    if (!served) {
        Request request(tcp, family, true);
        served = ask(request, [](auto) {}) == 0;
    }
    return *served;
}

SockDiag::Answer SockDiag::find(const SocketIdentity& socket, KernelFacts& facts) {
    if (socket.cookie == 0) return Answer::Unavailable;
    if (!socket.local.isValid()) {
        const Answer answer = search(socket, AF_INET, facts);
        return answer == Answer::Gone ? search(socket, AF_INET6, facts) : answer;
    }
    Request request(socket.tcp, socket.local.family(), false);
    request.body.idiag_ext = allExtensions;
    inet_diag_sockid& id = request.body.id;
    put(socket.local, id.idiag_sport, id.idiag_src);
    put(socket.remote, id.idiag_dport, id.idiag_dst);
    if (!socket.tcp) {  // udp_dump_one(): source and destination are swapped for historical reasons
        std::swap(id.idiag_sport, id.idiag_dport);
        std::swap(id.idiag_src, id.idiag_dst);
    }
    id.idiag_if = socket.interface;
    putCookie(socket.cookie, id.idiag_cookie);
    const int error = ask(request, [&](auto payload) { readFacts(payload, socket.tcp, facts); });
    if (error == 0) return Answer::Found;
    if (error == EMFILE) return Answer::NotNow;
    // ESTALE: another socket has these addresses now, and it is not this one.
    if (error == ESTALE) return Answer::Gone;
    return error == ENOENT && isServed(socket.tcp, socket.local.family()) ? Answer::Gone
                                                                          : Answer::Unavailable;
}

/// An exact question needs the local address.
SockDiag::Answer SockDiag::search(const SocketIdentity& socket, int family, KernelFacts& facts) {
    Request request(socket.tcp, family, true);
    request.body.idiag_states = everyState;
    request.body.idiag_ext = allExtensions;
    if (socket.remote.isValid()) request.body.id.idiag_dport = htons(socket.remote.port());
    bool found = false;
    const int error = ask(request, [&](auto payload) {
        if (cookieOf(payload) != socket.cookie) return;
        readFacts(payload, socket.tcp, facts);
        found = true;
    });
    if (error != 0) return error == EMFILE ? Answer::NotNow : Answer::Unavailable;
    return found ? Answer::Found : Answer::Gone;
}

std::optional<std::vector<DiagSocket>> SockDiag::socketsOnPort(bool tcp, int family, std::uint16_t port) {
    Request request(tcp, family, true);
    request.body.idiag_states = everyState;
    request.body.id.idiag_sport = htons(port);
    std::vector<DiagSocket> found;
    const int error = ask(request, [&](auto payload) {
        const DiagSocket socket = readSocket(payload, tcp);
        if (socket.local.port() == port) found.push_back(socket);
    });
    if (error != 0) return std::nullopt;
    return found;
}

}  // namespace sockstage
