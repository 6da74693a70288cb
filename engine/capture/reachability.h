// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "socketaddress.h"

namespace sockstage {

/// How a socket that waits for others is bound, as the kernel says.
struct BoundSocket {
    SocketAddress local;
    bool v6Only = false;     ///< IPV6_V6ONLY
    std::string interface;   ///< SO_BINDTODEVICE; empty: none
    bool stream = true;      ///< TCP
    bool everyGroup = true;  ///< IP_MULTICAST_ALL: it hears groups that others have joined
    bool listening = true;   ///< a stream: listen() was called
};

/// One address of this machine.
struct LocalAddress {
    SocketAddress address;
    std::string interface;  ///< "eth0"
    bool up = true;         ///< the interface is up
};

/// Whether the socket can be reached by this address of the machine. What a firewall does is not known here.
struct Reachability {
    enum class Audience : std::uint8_t { Nobody, ThisMachine, Machines, Senders, Broadcasters };
    std::string address, interface;
    bool reachable = false;
    std::string why;                       ///< a sentence: who can, or why no peer can
    Audience audience = Audience::Nobody;  ///< who can; of a stream that does not listen yet, who then can
};

/// The same of all addresses at one moment, and in one sentence.
struct ReachAnswer {
    std::vector<Reachability> addresses;
    std::string sentence;       ///< empty: not bound, or not meant to be reached
    bool openToOthers = false;  ///< to other machines
};

/// One for each address, those of the interfaces first; one that is bound and belongs to no interface by
/// itself is added: 127.0.0.2, or a broadcast address or multicast group, once for each interface by which
/// this machine hears it (`shared`).
std::vector<Reachability> reachabilityOf(const BoundSocket& socket, std::span<const LocalAddress> addresses,
                                         std::span<const LocalAddress> shared = {});
/// Both; every view that says who can reach a socket takes its words from here.
ReachAnswer reachAnswer(const BoundSocket& socket, std::span<const LocalAddress> addresses,
                        std::span<const LocalAddress> shared);

}  // namespace sockstage
