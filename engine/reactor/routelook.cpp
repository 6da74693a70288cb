// SPDX-License-Identifier: GPL-3.0-or-later
#include "routelook.h"

#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <span>
#include <vector>

#include "filedescriptor.h"

namespace sockstage {
namespace {

using Bytes = std::span<const std::byte>;

/// The address alone, in network order; of a mapped one the IPv4 address that it stands for.
Bytes hostBytes(const SocketAddress& address) {
    if (address.isIpv4()) return address.bytes().subspan(offsetof(sockaddr_in, sin_addr), sizeof(in_addr));
    const Bytes all = address.bytes().subspan(offsetof(sockaddr_in6, sin6_addr), sizeof(in6_addr));
    return address.isV4Mapped() ? all.last(sizeof(in_addr)) : all;
}

/// One question and its only answer.
class Question {
public:
    template <typename Body>
    Question(int type, const Body& body) {
        nlmsghdr header{};
        header.nlmsg_type = static_cast<std::uint16_t>(type);
        header.nlmsg_flags = NLM_F_REQUEST;
        append(std::as_bytes(std::span(&header, 1)));
        append(std::as_bytes(std::span(&body, 1)));
    }

    void add(int type, Bytes value) {
        rtattr attribute{};
        attribute.rta_type = static_cast<std::uint16_t>(type);
        attribute.rta_len = static_cast<std::uint16_t>(RTA_LENGTH(value.size()));
        append(std::as_bytes(std::span(&attribute, 1)));
        append(value);
    }
    void add(int type, std::uint32_t value) { add(type, std::as_bytes(std::span(&value, 1))); }

    /// What came back behind the header; errno where the kernel refused, nullopt where it could not be
    /// queried.
    std::optional<int> ask(std::vector<std::byte>& answer) {
        const FileDescriptor netlink(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
        if (!netlink.isOpen()) return std::nullopt;
        const timeval patience{1, 0};  // it answers within the call; this is against waiting for ever
        ::setsockopt(netlink.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        nlmsghdr header{};
        std::memcpy(&header, bytes_.data(), sizeof header);
        header.nlmsg_len = static_cast<std::uint32_t>(bytes_.size());
        std::memcpy(bytes_.data(), &header, sizeof header);
        if (::send(netlink.get(), bytes_.data(), bytes_.size(), 0) < 0) return std::nullopt;
        answer.resize(8192);
        const ssize_t got = ::recv(netlink.get(), answer.data(), answer.size(), 0);
        if (got < static_cast<ssize_t>(sizeof header)) return std::nullopt;
        answer.resize(static_cast<std::size_t>(got));
        std::memcpy(&header, answer.data(), sizeof header);
        answer.erase(answer.begin(), answer.begin() + NLMSG_HDRLEN);
        if (header.nlmsg_type != NLMSG_ERROR) return 0;
        int error = 0;
        if (answer.size() >= sizeof error) std::memcpy(&error, answer.data(), sizeof error);
        return -error;
    }

private:
    void append(Bytes more) {
        bytes_.insert(bytes_.end(), more.begin(), more.end());
        bytes_.resize(NLMSG_ALIGN(bytes_.size()));
    }
    std::vector<std::byte> bytes_;
};

void forEachAttribute(Bytes bytes, const std::function<void(int type, Bytes value)>& each) {
    rtattr attribute{};
    while (bytes.size() >= sizeof attribute) {
        std::memcpy(&attribute, bytes.data(), sizeof attribute);
        if (attribute.rta_len < sizeof attribute || attribute.rta_len > bytes.size()) return;
        each(attribute.rta_type, bytes.subspan(sizeof attribute, attribute.rta_len - sizeof attribute));
        bytes = bytes.subspan(std::min<std::size_t>(bytes.size(), RTA_ALIGN(attribute.rta_len)));
    }
}

SocketAddress fromHost(Bytes host) {
    auto address = *SocketAddress::fromNumeric(host.size() == sizeof(in_addr) ? "0.0.0.0" : "::", 0);
    std::vector<std::byte> bytes(address.bytes().begin(), address.bytes().end());
    const std::size_t at =
        host.size() == sizeof(in_addr) ? offsetof(sockaddr_in, sin_addr) : offsetof(sockaddr_in6, sin6_addr);
    std::memcpy(&bytes[at], host.data(), host.size());
    return SocketAddress::fromBytes(bytes);
}

int familyOf(Bytes host) {
    return host.size() == sizeof(in_addr) ? AF_INET : AF_INET6;
}

}  // namespace

std::optional<RouteLook> lookAtRoute(const SocketAddress& target, const SocketAddress& from,
                                     std::uint32_t interface) {
    const Bytes host = hostBytes(target);
    rtmsg body{};
    body.rtm_family = static_cast<unsigned char>(familyOf(host));
    body.rtm_dst_len = static_cast<unsigned char>(host.size() * 8);
    Question question(RTM_GETROUTE, body);
    question.add(RTA_DST, host);
    if (from.isValid() && !from.isWildcard() && hostBytes(from).size() == host.size())
        question.add(RTA_SRC, hostBytes(from));
    if (interface == 0) interface = target.scope();
    if (interface != 0) question.add(RTA_OIF, interface);
    std::vector<std::byte> answer;
    const auto error = question.ask(answer);
    if (!error) return std::nullopt;
    RouteLook look;
    look.answer.error = *error;
    if (*error != 0 || answer.size() < sizeof body) return look;
    std::memcpy(&body, answer.data(), sizeof body);
    look.answer.broadcast = body.rtm_type == RTN_BROADCAST;
    look.nextHop = fromHost(host);
    forEachAttribute(Bytes(answer).subspan(NLMSG_ALIGN(sizeof body)), [&](int type, Bytes value) {
        if (type == RTA_OIF && value.size() == sizeof look.interface)
            std::memcpy(&look.interface, value.data(), sizeof look.interface);
        if (type == RTA_GATEWAY && value.size() == host.size()) look.nextHop = fromHost(value);
    });
    return look;
}

Neighbour lookAtNeighbour(const RouteLook& route) {
    if (route.interface == 0) return Neighbour::NotTold;
    const Bytes host = hostBytes(route.nextHop);
    ndmsg body{};
    body.ndm_family = static_cast<unsigned char>(familyOf(host));
    body.ndm_ifindex = static_cast<int>(route.interface);
    Question question(RTM_GETNEIGH, body);
    question.add(NDA_DST, host);
    std::vector<std::byte> answer;
    if (question.ask(answer) != 0 || answer.size() < sizeof body) return Neighbour::NotTold;
    std::memcpy(&body, answer.data(), sizeof body);
    constexpr int silent = NUD_FAILED | NUD_INCOMPLETE;
    if ((body.ndm_state & silent) != 0) return Neighbour::Silent;
    return (body.ndm_state & (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE)) != 0 ? Neighbour::Answers
                                                                                       : Neighbour::NotTold;
}

}  // namespace sockstage
