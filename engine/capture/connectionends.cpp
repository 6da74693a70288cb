// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectionends.h"

#include <netinet/in.h>

#include <cstdlib>
#include <string>

namespace sockstage {
namespace {

std::string plainHost(const SocketAddress& address) {
    std::string host = address.hostText();
    constexpr std::string_view mapped = "::ffff:";
    if (host.starts_with(mapped) && host.find('.') != std::string::npos) host.erase(0, mapped.size());
    return host;
}

/// `local` is an own address, `peer` is what the other end sees. `otherLocal` is the other end's own.
bool reaches(const SocketAddress& peer, const SocketAddress& local, const SocketAddress& otherLocal) {
    if (!peer.isValid() || !local.isValid() || peer.port() != local.port()) return false;
    if (!local.isWildcard()) return plainHost(peer) == plainHost(local);
    return peer.isLoopback() || plainHost(peer) == plainHost(otherLocal);
}

}  // namespace

bool isSameAddress(const SocketAddress& a, const SocketAddress& b) {
    return a.isValid() && b.isValid() && a.port() == b.port() && plainHost(a) == plainHost(b);
}

bool areTwoEnds(const ConnectionSlot& a, const ConnectionSlot& b) {
    return reaches(a.peer, b.local, a.local) && reaches(b.peer, a.local, b.local);
}

std::optional<std::uint32_t> otherEnd(const ConnectionSlot& slot, const ConnectionTable& among,
                                      std::uint32_t first) {
    std::optional<std::uint32_t> nearest;
    std::int64_t distance = 0;
    for (std::uint32_t number = among.keptFrom(first); number != 0; number = among.keptFrom(number + 1)) {
        const ConnectionSlot& other = among.at(number);
        if (&other == &slot || !areTwoEnds(slot, other)) continue;
        const std::int64_t apart = std::abs(other.openedNs - slot.openedNs);
        if (nearest && apart >= distance) continue;
        nearest = number;
        distance = apart;
    }
    return nearest;
}

}  // namespace sockstage
