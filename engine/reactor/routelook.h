// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>

#include "failurecause.h"

namespace sockstage {

/// The way to an address as the kernel's routing answers now, without a socket and its options.
struct RouteLook {
    RouteAnswer answer;
    std::uint32_t interface = 0;  ///< by which it goes; 0: there is no way
    SocketAddress nextHop;        ///< the gateway, or the target itself
};

/// Asks the kernel over netlink (rtnetlink(7)), as `ip route get` does. `from`: not valid to leave the choice
/// to the kernel; `interface`: that it must go by, 0: any. nullopt: it cannot be queried here. Worker thread
/// only.
std::optional<RouteLook> lookAtRoute(const SocketAddress& target, const SocketAddress& from,
                                     std::uint32_t interface);
/// Whether the next machine of that way answers, as `ip neigh` shows it.
Neighbour lookAtNeighbour(const RouteLook& route);

}  // namespace sockstage
