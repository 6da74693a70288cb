#pragma once

#include <string>
#include <vector>

#include "portholder.h"

namespace sockstage {

/// The sockets that stand in the way of binding this address, listening ones first, ended ones (TIME-WAIT)
/// last; at most a hundred. From sock_diag, or /proc/net where that is missing; their processes from
/// /proc/PID/fd, which the system shows for one's own processes and to root. Takes milliseconds: for a failed
/// bind() only.
std::vector<PortHolder> portHolders(const SocketAddress& address, bool tcp);

/// Who it is ("python3, process 812"); empty where the system does not tell.
std::string portOwner(const std::vector<PortHolder>& holders);

}  // namespace sockstage
