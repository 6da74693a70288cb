#pragma once

#include <string>
#include <vector>

namespace sockstage {

/// This machine's addresses other than loopback, with their interface: "192.168.1.5 (eth0)".
/// getifaddrs() asks the kernel through a netlink socket of its own.
std::vector<std::string> localAddresses();

}  // namespace sockstage
