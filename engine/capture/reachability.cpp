#include "reachability.h"

#include <algorithm>

namespace sockstage {
namespace {

bool isIpv4(const SocketAddress& address) {
    return address.isIpv4() || address.isV4Mapped();
}

/// The same host, whatever the port; ::ffff:10.0.0.1 is 10.0.0.1.
bool sameHost(const SocketAddress& a, const SocketAddress& b) {
    const auto host = [](const SocketAddress& address) {
        const std::string text = address.hostText();
        return address.isV4Mapped() ? text.substr(text.rfind(':') + 1) : text;
    };
    return host(a) == host(b);
}

std::string whoCan(const LocalAddress& address, const BoundSocket& socket) {
    if (address.address.isLoopback()) return "Programs on this machine only.";
    if (!socket.interface.empty()) return "What comes in by " + socket.interface + " only.";
    if (address.address.isLinkLocal())
        return "Machines on the same link, which add their own interface to the address (%eth0).";
    return "This machine, and others that have a route to this address.";
}

/// Empty: nothing stands in the way.
std::string whyNot(const LocalAddress& address, const BoundSocket& socket) {
    const SocketAddress& local = socket.local;
    const bool v4 = isIpv4(address.address);
    if (!address.up) return "The interface " + address.interface + " is down.";
    if (local.isIpv4() && !v4) return "The socket is an IPv4 socket.";
    if (!local.isIpv4() && v4 && socket.v6Only) return "The socket is for IPv6 only (IPV6_V6ONLY is on).";
    if (!local.isIpv4() && v4 && !local.isWildcard() && !local.isV4Mapped())
        return "Bound to " + local.hostText() + " only, an IPv6 address.";
    if (!local.isIpv4() && !v4 && local.isV4Mapped()) return "Bound to an IPv4 address.";
    const bool mappedWildcard =
        local.isV4Mapped() && sameHost(local, *SocketAddress::fromNumeric("0.0.0.0", 0));
    if (!local.isWildcard() && !mappedWildcard && !sameHost(local, address.address)) {
        const bool loopback = local.isLoopback() && !address.address.isLoopback();
        return "Bound to " + local.hostText() +
               (loopback ? " only: other machines cannot reach it." : " only.");
    }
    if (!socket.interface.empty() && address.interface != socket.interface)
        return "Bound to the interface " + socket.interface + " only (SO_BINDTODEVICE).";
    return {};
}

std::string whyNotShared(const LocalAddress& shared, const BoundSocket& socket) {
    const bool group = shared.address.isMulticast();
    if (socket.stream)
        return std::string("Nobody can connect to a ") + (group ? "multicast group." : "broadcast address.");
    if (!shared.up) return "The interface " + shared.interface + " is down.";
    if (!socket.interface.empty() && shared.interface != socket.interface)
        return "Bound to the interface " + socket.interface + " only (SO_BINDTODEVICE).";
    if (group && !socket.everyGroup)
        return "The socket has joined no group, and does not hear those of others (IP_MULTICAST_ALL is off).";
    return {};
}

std::string whoCanShare(const LocalAddress& shared) {
    if (shared.address.isLoopback()) return "Programs on this machine only.";
    if (shared.address.isMulticast())
        return "Who sends to this group by " + shared.interface + ", which has joined it.";
    return "Who broadcasts on the network of " + shared.interface + ".";
}

}  // namespace

std::vector<Reachability> reachabilityOf(const BoundSocket& socket, std::span<const LocalAddress> addresses,
                                         std::span<const LocalAddress> shared) {
    std::vector<Reachability> all;
    if (!socket.local.isValid()) return all;
    const auto add = [&](const LocalAddress& address) {
        const std::string obstacle = whyNot(address, socket);
        all.push_back({address.address.hostText(), address.interface, obstacle.empty(),
                       obstacle.empty() ? whoCan(address, socket) : obstacle});
    };
    std::for_each(addresses.begin(), addresses.end(), add);
    const bool listed = std::any_of(addresses.begin(), addresses.end(), [&](const LocalAddress& each) {
        return sameHost(each.address, socket.local);
    });
    if (listed || socket.local.isWildcard()) return all;
    const std::size_t own = all.size();
    for (const LocalAddress& each : shared) {
        if (!sameHost(each.address, socket.local)) continue;
        const std::string obstacle = whyNotShared(each, socket);
        all.push_back({each.address.hostText(), each.interface, obstacle.empty(),
                       obstacle.empty() ? whoCanShare(each) : obstacle});
    }
    if (all.size() != own) return all;
    const std::string host = socket.local.hostText();
    if (socket.local.isLoopback())
        add({socket.local, "lo", true});  // all of 127.0.0.0/8 is here, one address of it is listed
    else if (socket.local.isMulticast())
        all.push_back({host, "", false, "No interface of this machine has joined this group."});
    else
        all.push_back({host, "", false, "No interface of this machine has this address."});
    return all;
}

}  // namespace sockstage
