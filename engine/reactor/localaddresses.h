// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "reachability.h"

namespace sockstage {

/// This machine's addresses with their interfaces, loopback and those of interfaces that are down among them.
/// getifaddrs() asks the kernel through a netlink socket of its own.
std::vector<LocalAddress> interfaceAddresses();
/// The names of all interfaces, and of those that are up and no loopback.
struct InterfaceNames {
    std::vector<std::string> all, up;
};
InterfaceNames interfaceNames();
/// Is it an address of this machine (all of 127.0.0.0/8 is)? The port does not matter.
bool isLocalAddress(const SocketAddress& address);

}  // namespace sockstage
