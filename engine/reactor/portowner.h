#pragma once

#include <string>

#include "socketaddress.h"

namespace sockstage {

/// Who holds the port of this address ("python3, process 812"), from /proc/net and /proc/PID/fd; empty
/// where the system does not tell, as for other people's processes. Takes milliseconds: for a failed
/// bind() only.
std::string portOwner(const SocketAddress& address, bool tcp);

}  // namespace sockstage
