#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "portholder.h"

namespace sockstage {

/// The first hundred, and how many more there are.
struct PortHolders {
    std::vector<PortHolder> first;
    std::size_t more = 0;
};

/// The sockets that stand in the way of binding this address, listening ones first, ended ones (TIME-WAIT)
/// last, without the one of that inode (our own, bound already when listen() fails; 0: none). From sock_diag,
/// or /proc/net where that is missing; their processes from /proc/PID/fd, which the system shows for one's
/// own processes and to root. Takes milliseconds: for a failed bind() only.
PortHolders portHolders(const SocketAddress& address, bool tcp, std::uint32_t ownInode = 0);

/// Who it is ("python3, process 812"); empty where the system does not tell.
std::string portOwner(const std::vector<PortHolder>& holders);

}  // namespace sockstage
