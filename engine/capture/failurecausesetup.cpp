// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cerrno>
#include <string_view>

#include "failurecause.h"
#include "payloadtext.h"
#include "symbolnames.h"

// Why a name was not found and an address not bound; what comes after that is in failurecause.cpp, with the
// same rule about what may be said.

namespace sockstage {
namespace {

// bind() and listen() ------------------------------------------------------------------------------

std::string forbiddenPort(const BindFailure& failure) {
    const int port = failure.wanted.port();
    const std::string first = std::to_string(failure.firstFreePort);
    if (port == 0 || port >= failure.firstFreePort)
        return "The kernel's rules forbid it, and not because of the port: ports from " + first +
               " on are free for all. Possibly a security module or a BPF program of this control group "
               "does.";
    const std::string below = "Port " + std::to_string(port) +
                              " is below net.ipv4.ip_unprivileged_port_start (" + first +
                              "), and this process (user " + std::to_string(failure.uid) + ")";
    return below +
           (failure.mayBindLowPorts
                ? " has CAP_NET_BIND_SERVICE, but possibly not where this network belongs to (a container's "
                  "users); or a security module forbids it."
                : " does not have CAP_NET_BIND_SERVICE.");
}

std::string noHolderFound(const BindFailure& failure) {
    if (failure.wanted.port() == 0)
        return "Port 0 asks for any free port, and the kernel found none" +
               (failure.portRange.empty() ? std::string() : " from " + failure.portRange) +
               " (net.ipv4.ip_local_port_range).";
    return std::string("No socket was found that has the port: possibly it has gone since") +
           (failure.toldOfBound || !failure.tcp
                ? "."
                : ", or it is bound and does not listen, which this kernel does not tell (Linux 6.8 does).");
}

std::string portTaken(const BindFailure& failure) {
    if (failure.holders.first.empty()) return noHolderFound(failure);
    std::string text;
    for (const std::string& line : portHolderLines(failure.holders))
        text += (text.empty() ? "The port is held by " : "; ") + line;
    return text + ". " + portAdvice(failure.holders, failure.reuseWasOn);
}

std::string addressMissing(const BindFailure& failure) {
    using Place = BindFailure::Place;
    const std::string host = failure.wanted.hostText();
    if (!failure.place) return "The address " + host + " cannot be used here.";
    if (*failure.place == Place::Nowhere) return "No interface of this machine has the address " + host + ".";
    const std::string has = "The interface " + escapedText(failure.interface) + " has " + host + ", but ";
    switch (*failure.place) {
        case Place::InterfaceDown:
            return has + "it is down.";
        case Place::Tentative:
            return has + "the address is tentative: its uniqueness is still being checked.";
        case Place::Duplicate:
            return has + "another machine on the link has it too: duplicate address detection failed.";
        default:
            return has + "it cannot be used here.";
    }
}

std::string notAsItStands(const BindFailure& failure) {
    const SocketAddress& wanted = failure.wanted;
    if (wanted.needsScope() && wanted.scope() == 0) return needsInterface(wanted, failure.upInterfaces);
    if (failure.socketFamily != 0 && failure.socketFamily != wanted.family())
        return "The socket is an " + std::string(wanted.isIpv4() ? "IPv6" : "IPv4") +
               " socket, as its peer's address asks for, and " + wanted.hostText() +
               " is not such an address.";
    if (failure.v6Only && wanted.isV4Mapped())
        return wanted.hostText() +
               " is an IPv4 address, and the socket is for IPv6 only (IPV6_V6ONLY is on).";
    if (failure.tcp && wanted.isMulticast() && !wanted.isIpv4())
        return wanted.hostText() + " is a multicast group, and a TCP connection has one peer.";
    return {};
}

// getaddrinfo() ------------------------------------------------------------------------------------

/// A name may be found without them, and whom the C library asked it does not say.
std::string perhapsAsked(const ResolveFailure& failure) {
    if (failure.nameServers.empty()) return " /etc/resolv.conf names no name server.";
    std::string list;
    for (const std::string& server : failure.nameServers)
        list += (list.empty() ? "" : ", ") + escapedText(server);
    return " Name servers that may have been asked (/etc/resolv.conf): " + list + ".";
}

/// "fe80::1%nosuch": what is wrong with the part after %; empty where the host is no such address.
std::string zoneMistake(const ResolveFailure& failure) {
    const std::size_t percent = failure.host.find('%');
    if (percent == std::string::npos) return {};
    const auto address = SocketAddress::fromNumeric(failure.host.substr(0, percent), 0);
    if (!address || address->isIpv4()) return {};
    const std::string zone = failure.host.substr(percent + 1);
    const auto isOne = [&](const std::string& name) {
        return std::find(failure.interfaces.begin(), failure.interfaces.end(), name) !=
               failure.interfaces.end();
    };
    if (isOne(zone))
        return "Only a link-local address (fe80::) can have an interface's name behind it, and " +
               address->hostText() + " is not one.";
    std::string text = "No interface of this machine is called \"" + escapedText(zone) + "\". ";
    if (zone.starts_with("25") && isOne(zone.substr(2)))
        text += "%25 stands for % in a URL; here it is " + address->hostText() + "%" +
                escapedText(zone.substr(2)) + ". ";
    return text + interfacesWords(failure.upInterfaces);
}

}  // namespace

std::string bindCause(const BindFailure& failure) {
    switch (failure.error) {
        case EADDRINUSE:
            return portTaken(failure);
        case EADDRNOTAVAIL:
            return addressMissing(failure);
        case EACCES:
            return forbiddenPort(failure);
        case EINVAL:
        case EAFNOSUPPORT:
            return notAsItStands(failure);
        case ENODEV:
            return failure.wanted.scope() != 0
                       ? "There is no interface " + std::to_string(failure.wanted.scope()) + " here. " +
                             interfacesWords(failure.upInterfaces)
                       : std::string();
        default:
            return {};
    }
}

std::string resolveCause(const ResolveFailure& failure) {
    const std::string after = durationWords(failure.waitedNs);
    const std::string host = "\"" + escapedText(failure.host) + "\"";
    const std::string name = eaiName(failure.code);
    if (name == "EAI_AGAIN")
        return "getaddrinfo() got no usable answer for " + host + " in " + after + "." +
               perhapsAsked(failure);
    if (name == "EAI_NONAME" || name == "EAI_NODATA") {
        if (std::string mistake = zoneMistake(failure); !mistake.empty()) return mistake;
        return "getaddrinfo() knew after " + after + ": there is no address for the name " + host + "." +
               perhapsAsked(failure);
    }
    if (name == "EAI_SERVICE")
        return "The system knows no service \"" + escapedText(failure.service) +
               "\" for this kind of socket (/etc/services).";
    if (name == "EAI_ADDRFAMILY") return host + " has no address of the wanted family (after " + after + ").";
    if (name == "EAI_FAIL")
        return "getaddrinfo() failed for good after " + after + "." + perhapsAsked(failure);
    return {};
}

}  // namespace sockstage
