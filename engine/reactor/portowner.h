// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "portholder.h"

namespace sockstage {

/// The sockets that stand in the way of binding this address, of both families, listening ones first, ended
/// ones (TIME-WAIT) last, without the one of that inode (our own, bound already when listen() fails; 0:
/// none). `v6Only`: the socket that wants it has IPV6_V6ONLY on, and IPv4 is not in its way. From sock_diag,
/// or /proc/net where that is missing; their processes from /proc/PID/fd, which the system shows for one's
/// own processes and to root. Takes milliseconds: for a failed bind() only.
PortHolders portHolders(const SocketAddress& address, bool tcp, std::uint32_t ownInode = 0,
                        bool v6Only = false);

/// Who it is ("python3, process 812"); empty where the system does not report it.
std::string portOwner(const std::vector<PortHolder>& holders);

}  // namespace sockstage
