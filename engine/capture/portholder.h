// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "socketaddress.h"
#include "tcpstate.h"

namespace sockstage {

/// A socket that has the port that is to be bound.
struct PortHolder {
    SocketAddress local, remote;  ///< remote: not valid when there is none
    bool tcp = true;
    TcpState state = TcpState::Unknown;  ///< Closed: bound, neither listening nor connected; Unknown for UDP
    std::int64_t timeWaitMs = -1;        ///< that TIME-WAIT lasts still; -1: it is in another state
    std::uint32_t uid = 0;               ///< the owner's user id; of no meaning in TIME-WAIT
    int pid = 0;          ///< 0: not known, as for other users' processes, or no process has it
    std::string process;  ///< its name, as the kernel has it
    bool v6Only = false;  ///< an IPv6 socket that leaves IPv4 alone (IPV6_V6ONLY)
};

/// All sockets that have a port: the first hundred, those that listen before the others, and of the rest how
/// many are in which state.
struct PortHolders {
    SocketAddress wanted;  ///< the address that they stand in the way of
    std::vector<PortHolder> first;
    std::map<TcpState, std::size_t> rest;
    std::size_t more() const;  ///< that are not among the first
};

/// "127.0.0.1:8080 LISTEN, python3, process 812, user 1000"; what is not known is left out.
std::string portHolderText(const PortHolder& holder);

/// The same of all: a few one by one, the others counted: "and 502 connections on it (400 ESTABLISHED, 102
/// TIME-WAIT)".
std::vector<std::string> portHolderLines(const PortHolders& holders);

/// While a socket listens on a port, no other can bind it, whatever options are set.
bool anyListens(std::span<const PortHolder> holders);
/// One sentence: would SO_REUSEADDR let bind() have the port? `reuseWasOn`: it was set when bind() failed.
std::string reuseAdvice(std::span<const PortHolder> holders, bool reuseWasOn);
/// The same, and the cure where an IPv4 and an IPv6 socket are in each other's way.
std::string portAdvice(const PortHolders& holders, bool reuseWasOn);

}  // namespace sockstage
