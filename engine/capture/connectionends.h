// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>

#include "connectiontable.h"
#include "socketaddress.h"

namespace sockstage {

/// The same host and port; an IPv4 address mapped into IPv6 (::ffff:127.0.0.1) is that IPv4 address.
bool isSameAddress(const SocketAddress& a, const SocketAddress& b);

/// The two ends of one connection, or of a UDP conversation: each has the other's local address as its peer.
/// A UDP socket that is bound to a wildcard address has any of this machine's addresses; then the ports
/// decide, and that the addresses are of this machine. False where a local address is not known.
bool areTwoEnds(const ConnectionSlot& a, const ConnectionSlot& b);

/// The other end of `slot` among these connections, from `first` on. Addresses are used again with time: of
/// several the one that began nearest to it.
std::optional<std::uint32_t> otherEnd(const ConnectionSlot& slot, const ConnectionTable& among,
                                      std::uint32_t first = 1);

}  // namespace sockstage
