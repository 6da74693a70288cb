// SPDX-License-Identifier: GPL-3.0-or-later
#include "reachability.h"

#include <algorithm>
#include <utility>

#include "payloadtext.h"

namespace sockstage {
namespace {

using Audience = Reachability::Audience;

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
    if (!socket.interface.empty()) return "What comes in by " + escapedText(socket.interface) + " only.";
    if (address.address.isLinkLocal())
        return "Machines on the same link, which add their own interface to the address (%eth0).";
    return "This machine, and others that have a route to this address.";
}

/// Empty: nothing stands in the way.
std::string whyNot(const LocalAddress& address, const BoundSocket& socket) {
    const SocketAddress& local = socket.local;
    const bool v4 = isIpv4(address.address);
    if (!address.up) return "The interface " + escapedText(address.interface) + " is down.";
    if (local.isIpv4() && !v4) return "The socket is an IPv4 socket.";
    if (!local.isIpv4() && v4 && socket.v6Only) return "The socket is for IPv6 only (IPV6_V6ONLY is on).";
    if (!local.isIpv4() && v4 && !local.isWildcard() && !local.isV4Mapped())
        return "Bound to " + local.hostText() + " only, an IPv6 address.";
    if (!local.isIpv4() && !v4 && local.isV4Mapped()) return "Bound to an IPv4 address.";
    if (!local.isWildcard() && !sameHost(local, address.address)) {
        const bool loopback = local.isLoopback() && !address.address.isLoopback();
        return "Bound to " + local.hostText() +
               (loopback ? " only: other machines cannot reach it." : " only.");
    }
    if (!socket.interface.empty() && address.interface != socket.interface)
        return "Bound to the interface " + escapedText(socket.interface) + " only (SO_BINDTODEVICE).";
    return {};
}

std::string whyNotShared(const LocalAddress& shared, const BoundSocket& socket) {
    const bool group = shared.address.isMulticast();
    if (socket.stream)
        return std::string("Nobody can connect to a ") + (group ? "multicast group." : "broadcast address.");
    if (!shared.up) return "The interface " + escapedText(shared.interface) + " is down.";
    if (!socket.interface.empty() && shared.interface != socket.interface)
        return "Bound to the interface " + escapedText(socket.interface) + " only (SO_BINDTODEVICE).";
    if (group && !socket.everyGroup)
        return "The socket has joined no group, and does not hear those of others (IP_MULTICAST_ALL is off).";
    return {};
}

std::string whoCanShare(const LocalAddress& shared) {
    if (shared.address.isLoopback()) return "Programs on this machine only.";
    if (shared.address.isMulticast())
        return "Who sends to this group by " + escapedText(shared.interface) + ", which has joined it.";
    return "Who broadcasts on the network of " + escapedText(shared.interface) + ".";
}

Audience audienceOf(const LocalAddress& address, bool shared) {
    if (address.address.isLoopback()) return Audience::ThisMachine;
    if (!shared) return Audience::Machines;
    return address.address.isMulticast() ? Audience::Senders : Audience::Broadcasters;
}

/// One address by which nothing but `obstacle` keeps others away; empty: nothing does.
Reachability judged(const LocalAddress& address, const BoundSocket& socket, bool shared,
                    const std::string& obstacle) {
    Reachability made{address.address.hostText(), address.interface, false, obstacle, Audience::Nobody};
    if (!obstacle.empty()) return made;
    const std::string who = shared ? whoCanShare(address) : whoCan(address, socket);
    made.audience = audienceOf(address, shared);
    made.reachable = !socket.stream || socket.listening;
    made.why = made.reachable ? who : "Not before listen(). Then: " + who;
    return made;
}

// In one sentence ----------------------------------------------------------------------------------

/// "192.0.2.5 (eth0), fd00::5 (eth0) and 3 more" of those with this audience, or their interfaces alone.
std::string listed(std::span<const Reachability> all, Audience audience, bool withAddress) {
    constexpr std::size_t most = 4;
    std::vector<std::string> names;
    for (const Reachability& each : all) {
        if (each.audience != audience) continue;
        const std::string interface = escapedText(each.interface);
        const std::string name = withAddress ? each.address + " (" + interface + ')' : interface;
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    std::string text;
    for (std::size_t i = 0; i < std::min(most, names.size()); ++i)
        text += (i == 0 ? "" : ", ") + names[i];
    return names.size() > most ? text + " and " + std::to_string(names.size() - most) + " more" : text;
}

bool anyOf(std::span<const Reachability> all, Audience audience) {
    return std::any_of(all.begin(), all.end(), [&](const auto& each) { return each.audience == audience; });
}

/// Begins with a small letter and has no full stop.
std::string whoReaches(const BoundSocket& socket, std::span<const Reachability> all) {
    if (anyOf(all, Audience::Machines))
        return "every machine that has a way to " + listed(all, Audience::Machines, true) +
               " can reach it, unless a firewall forbids it";
    if (anyOf(all, Audience::Senders))
        return "whoever sends to " + socket.local.hostText() + " by " +
               listed(all, Audience::Senders, false) + " can reach it, unless a firewall forbids it";
    if (anyOf(all, Audience::Broadcasters))
        return "whoever broadcasts on the network of " + listed(all, Audience::Broadcasters, false) +
               " can reach it, unless a firewall forbids it";
    if (anyOf(all, Audience::ThisMachine)) return "only this machine can reach it";
    const auto own = std::find_if(all.begin(), all.end(), [&](const Reachability& each) {
        return each.address == socket.local.hostText();
    });
    if (own == all.end()) return "nobody can reach it: no interface with a fitting address is up";
    std::string why = own->why.substr(0, own->why.size() - 1);
    why.front() = static_cast<char>(why.front() - 'A' + 'a');
    return "nobody can reach it: " + why;
}

}  // namespace

std::vector<Reachability> reachabilityOf(const BoundSocket& socket, std::span<const LocalAddress> addresses,
                                         std::span<const LocalAddress> shared) {
    std::vector<Reachability> all;
    if (!socket.local.isValid()) return all;
    const auto add = [&](const LocalAddress& address) {
        all.push_back(judged(address, socket, false, whyNot(address, socket)));
    };
    std::for_each(addresses.begin(), addresses.end(), add);
    const bool listed = std::any_of(addresses.begin(), addresses.end(), [&](const LocalAddress& each) {
        return sameHost(each.address, socket.local);
    });
    if (listed || socket.local.isWildcard()) return all;
    const std::size_t own = all.size();
    for (const LocalAddress& each : shared)
        if (sameHost(each.address, socket.local))
            all.push_back(judged(each, socket, true, whyNotShared(each, socket)));
    if (all.size() != own) return all;
    const auto nobody = [&](const char* why) {
        all.push_back({socket.local.hostText(), "", false, why, Audience::Nobody});
    };
    if (socket.local.isLoopback())
        add({socket.local, "lo", true});  // all of 127.0.0.0/8 is here, one address of it is listed
    else if (socket.local.isMulticast())
        nobody("No interface of this machine has joined this group.");
    else
        nobody("No interface of this machine has this address.");
    return all;
}

ReachAnswer reachAnswer(const BoundSocket& socket, std::span<const LocalAddress> addresses,
                        std::span<const LocalAddress> shared) {
    ReachAnswer answer;
    answer.addresses = reachabilityOf(socket, addresses, shared);
    if (answer.addresses.empty()) return answer;
    std::string who = whoReaches(socket, answer.addresses);
    answer.openToOthers = anyOf(answer.addresses, Audience::Machines) ||
                          anyOf(answer.addresses, Audience::Senders) ||
                          anyOf(answer.addresses, Audience::Broadcasters);
    if (socket.stream && !socket.listening) who = "nobody can connect before listen(); then " + who;
    who.front() = static_cast<char>(who.front() - 'a' + 'A');
    answer.sentence = who + '.';
    return answer;
}

}  // namespace sockstage
