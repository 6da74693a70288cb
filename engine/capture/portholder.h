#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "socketaddress.h"
#include "tcpstate.h"

namespace sockstage {

/// A socket that has the port that somebody wants to bind.
struct PortHolder {
    SocketAddress local, remote;  ///< remote: not valid when there is none
    bool tcp = true;
    TcpState state = TcpState::Unknown;  ///< Closed: bound, neither listening nor connected; Unknown for UDP
    std::int64_t timeWaitMs = -1;        ///< that TIME-WAIT lasts still; -1: it is in another state
    std::uint32_t uid = 0;               ///< the owner's user id; of no meaning in TIME-WAIT
    int pid = 0;                         ///< 0: not told, as for other users' processes, or no process has it
    std::string process;                 ///< its name, as the kernel has it
};

/// "127.0.0.1:8080 LISTEN, python3, process 812, user 1000"; what is not known is left out.
std::string portHolderText(const PortHolder& holder);

/// A listening socket lets nobody else have its port, whatever options are set.
bool anyListens(std::span<const PortHolder> holders);
/// One sentence: would SO_REUSEADDR let bind() have the port? `reuseWasOn`: it was set when bind() failed.
std::string reuseAdvice(std::span<const PortHolder> holders, bool reuseWasOn);

}  // namespace sockstage
