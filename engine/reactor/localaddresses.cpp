// SPDX-License-Identifier: GPL-3.0-or-later
#include "localaddresses.h"

#include <ifaddrs.h>
#include <net/if.h>

#include <algorithm>

#include "socketaddress.h"

namespace sockstage {
namespace {

socklen_t lengthOf(int family) {
    return family == AF_INET ? 16 : family == AF_INET6 ? 28 : 0;
}

}  // namespace

std::vector<LocalAddress> interfaceAddresses() {
    std::vector<LocalAddress> addresses;
    ifaddrs* first = nullptr;
    if (getifaddrs(&first) != 0) return addresses;
    for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next) {
        const socklen_t length = each->ifa_addr == nullptr ? 0 : lengthOf(each->ifa_addr->sa_family);
        if (length == 0) continue;
        addresses.push_back(
            {SocketAddress(each->ifa_addr, length), each->ifa_name, (each->ifa_flags & IFF_UP) != 0});
    }
    freeifaddrs(first);
    return addresses;
}

InterfaceNames interfaceNames() {
    InterfaceNames names;
    ifaddrs* first = nullptr;
    if (getifaddrs(&first) != 0) return names;
    const auto add = [](std::vector<std::string>& list, const char* name) {
        if (std::find(list.begin(), list.end(), name) == list.end()) list.emplace_back(name);
    };
    for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next) {
        add(names.all, each->ifa_name);
        if ((each->ifa_flags & IFF_UP) != 0 && (each->ifa_flags & IFF_LOOPBACK) == 0)
            add(names.up, each->ifa_name);
    }
    freeifaddrs(first);
    return names;
}

bool isLocalAddress(const SocketAddress& address) {
    // All of 127.0.0.0/8 is here, whatever the interfaces are called; ::1 only where there is IPv6.
    if (address.isIpv4() && address.isLoopback()) return true;
    const auto all = interfaceAddresses();
    return std::any_of(all.begin(), all.end(), [&](const LocalAddress& each) {
        return each.address.hostText() == address.hostText();
    });
}

}  // namespace sockstage
