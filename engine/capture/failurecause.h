// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "portholder.h"
#include "queuederror.h"
#include "socketaddress.h"

namespace sockstage {

/// What TCP_INFO said of a socket after it had failed; absent where the kernel does not report it.
struct TcpTrace {
    static constexpr std::int64_t absent = -1;
    std::int64_t segmentsIn = absent, segmentsOut = absent;
    std::int64_t retransmitted = absent;   ///< segments sent again, SYNs among them
    std::int64_t timeouts = absent;        ///< of the retransmission timer since anything was acknowledged
    std::int64_t probes = absent;          ///< window or keep-alive probes without an answer
    std::int64_t unacknowledged = absent;  ///< bytes of data that the peer has not acknowledged
    std::int64_t receivedBytes = absent;   ///< from the peer, over all
    /// The kernel counts these two in its ticks: each may be a tick more or less than is said.
    std::int64_t sinceReceivedMs = absent;      ///< since data came from the peer
    std::int64_t sinceAcknowledgedMs = absent;  ///< since the peer acknowledged anything
    std::int64_t tickMs = absent;
};

/// An ICMP message about the socket, and whether an address of this machine sent it.
struct ToldByIcmp {
    QueuedError error;
    bool fromHere = false;
};

/// The answer of the kernel's routing to a query for the way to an address.
struct RouteAnswer {
    int error = 0;  ///< errno; 0: there is a way
    bool broadcast = false;
};

/// Does the next machine on the way answer ARP or neighbour discovery?
enum class Neighbour : std::uint8_t { NotTold, Answers, Silent };

/// A connect() that failed, as far as it was measured.
struct ConnectFailure {
    bool tcp = true;
    int error = 0;
    bool atOnce = false;          ///< connect() itself returned it
    std::int64_t waitedNs = 0;    ///< from connect() until the error was known
    SocketAddress target, local;  ///< local: not valid unless bound by us
    TcpTrace trace;
    std::vector<ToldByIcmp> told;
    std::optional<RouteAnswer> route;      ///< to the target; nothing: not queried
    std::optional<RouteAnswer> routeFrom;  ///< the same from the address that the socket is bound to
    Neighbour neighbour = Neighbour::NotTold;
    std::optional<bool> targetHere;         ///< an address of this machine; nothing: not looked
    std::vector<PortHolder> holders;        ///< where the target is here: who listens there
    std::vector<PortHolder> samePair;       ///< sockets that have this local end and this peer
    std::vector<std::string> upInterfaces;  ///< but for the loopback
};
std::string connectCause(const ConnectFailure& failure);

/// A bind() or listen() that failed.
struct BindFailure {
    int error = 0;
    SocketAddress wanted;
    bool tcp = true;
    PortHolders holders;  ///< EADDRINUSE
    bool reuseWasOn = false;
    bool toldOfBound = true;   ///< the kernel reports TCP sockets that are bound and no more (Linux 6.8)
    std::string portRange;     ///< "32768 to 60999": from which the kernel takes free ports
    int socketFamily = 0;      ///< AF_ constant; 0: not known
    bool v6Only = false;       ///< IPV6_V6ONLY of the socket
    int firstFreePort = 1024;  ///< net.ipv4.ip_unprivileged_port_start
    std::uint32_t uid = 0;
    bool mayBindLowPorts = false;  ///< CAP_NET_BIND_SERVICE
    /// Whether an interface of this machine has the address, and what becomes of it; nothing: not looked.
    enum class Place : std::uint8_t { Nowhere, Here, InterfaceDown, Tentative, Duplicate };
    std::optional<Place> place;
    std::string interface;  ///< that has it
    std::vector<std::string> upInterfaces;
};
std::string bindCause(const BindFailure& failure);

/// A getaddrinfo() that failed.
struct ResolveFailure {
    int code = 0;   ///< EAI_ code
    int error = 0;  ///< errno, for EAI_SYSTEM
    std::int64_t waitedNs = 0;
    std::string host, service;
    std::vector<std::string> nameServers;               ///< that the system's configuration names
    std::vector<std::string> interfaces, upInterfaces;  ///< all of this machine; those that are up
};
std::string resolveCause(const ResolveFailure& failure);

/// A connection that was there and then failed.
struct TransferFailure {
    int error = 0;
    bool sending = false;      ///< send() reported it
    bool accepted = false;     ///< a server's: the connection was there before accept() took it
    std::int64_t livedNs = 0;  ///< from then, or from the end of the handshake, until a call reported it
    TcpTrace trace;
};
std::string transferCause(const TransferFailure& failure);

/// A time that was counted in ticks, as what it is: "less than 4 ms", "4 to 12 ms", "about 2.00 s".
std::string tickedWords(std::int64_t milliseconds, std::int64_t tickMs);
/// A link-local address without its interface: what to write, and the interfaces that there are.
std::string needsInterface(const SocketAddress& address, const std::vector<std::string>& upInterfaces);
/// "Interfaces that are up: eth0, wlan0."; their names come from outside and are escaped.
std::string interfacesWords(const std::vector<std::string>& upInterfaces);

/// "0.09 ms", "3.06 s", "127 s"
std::string durationWords(std::int64_t nanoseconds);

}  // namespace sockstage
