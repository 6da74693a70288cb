// SPDX-License-Identifier: GPL-3.0-or-later
#include "sharedaddresses.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>
#include <utility>

namespace sockstage {
namespace {

in_addr_t v4Of(const sockaddr* address) {
    return reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr;
}

SocketAddress fromV4(in_addr_t host) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = host;
    return {reinterpret_cast<const sockaddr*>(&address), sizeof address};
}

/// Those of one of an interface's IPv4 addresses. The last one of its network is heard whether it was set up
/// or not, and so is 255.255.255.255.
void addBroadcasts(const ifaddrs& entry, std::vector<LocalAddress>& all) {
    const bool up = (entry.ifa_flags & IFF_UP) != 0;
    const auto add = [&](in_addr_t host) {
        LocalAddress found{fromV4(host), entry.ifa_name, up};
        const bool known = std::any_of(all.begin(), all.end(), [&](const LocalAddress& each) {
            return each.address == found.address && each.interface == found.interface;
        });
        if (!known) all.push_back(std::move(found));
    };
    if (entry.ifa_netmask != nullptr) {
        const in_addr_t others = ~v4Of(entry.ifa_netmask);
        if (ntohl(others) > 1) add(v4Of(entry.ifa_addr) | others);  // a network of one or two has none
    }
    if ((entry.ifa_flags & IFF_BROADCAST) == 0) return;
    if (entry.ifa_broadaddr != nullptr) add(v4Of(entry.ifa_broadaddr));
    add(INADDR_BROADCAST);
}

bool isUp(const ifaddrs* first, const std::string& interface) {
    for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next)
        if (interface == each->ifa_name) return (each->ifa_flags & IFF_UP) != 0;
    return false;
}

/// A line with an interface's name, then one for each of its groups: the word in memory, in hexadecimal.
void addIpv4Groups(const ifaddrs* first, std::vector<LocalAddress>& all) {
    std::ifstream file("/proc/net/igmp");
    std::string line, interface;
    std::getline(file, line);
    while (std::getline(file, line)) {
        std::istringstream words(line);
        std::string word;
        words >> word;
        if (line.front() != '\t') {
            words >> interface;
            interface = interface.substr(0, interface.find(':'));
            continue;
        }
        in_addr_t group = 0;
        std::from_chars(word.data(), word.data() + word.size(), group, 16);
        all.push_back({fromV4(group), interface, isUp(first, interface)});
    }
}

/// "1    lo    ff020000000000000000000000000001    1 0000000C 0"
void addIpv6Groups(const ifaddrs* first, std::vector<LocalAddress>& all) {
    std::ifstream file("/proc/net/igmp6");
    std::string line;
    while (std::getline(file, line)) {
        std::uint32_t index = 0;
        std::string interface, digits;
        std::istringstream(line) >> index >> interface >> digits;
        if (digits.size() != 2 * sizeof(in6_addr)) continue;
        sockaddr_in6 address{};
        address.sin6_family = AF_INET6;
        for (std::size_t i = 0; i < sizeof(in6_addr); ++i)
            std::from_chars(&digits[2 * i], &digits[2 * i] + 2, address.sin6_addr.s6_addr[i], 16);
        if (IN6_IS_ADDR_MC_LINKLOCAL(&address.sin6_addr) || IN6_IS_ADDR_MC_NODELOCAL(&address.sin6_addr))
            address.sin6_scope_id = index;  // as bind() wants it
        all.push_back({SocketAddress(reinterpret_cast<const sockaddr*>(&address), sizeof address), interface,
                       isUp(first, interface)});
    }
}

}  // namespace

std::vector<LocalAddress> sharedAddresses() {
    std::vector<LocalAddress> all;
    ifaddrs* first = nullptr;
    if (getifaddrs(&first) != 0) return all;
    for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next)
        if (each->ifa_addr != nullptr && each->ifa_addr->sa_family == AF_INET) addBroadcasts(*each, all);
    addIpv4Groups(first, all);
    addIpv6Groups(first, all);
    freeifaddrs(first);
    return all;
}

}  // namespace sockstage
