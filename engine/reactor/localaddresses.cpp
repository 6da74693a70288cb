#include "localaddresses.h"

#include <ifaddrs.h>
#include <net/if.h>

#include "socketaddress.h"

namespace sockstage {
namespace {

socklen_t lengthOf(int family) {
    return family == AF_INET ? 16 : family == AF_INET6 ? 28 : 0;
}

}  // namespace

std::vector<std::string> localAddresses() {
    std::vector<std::string> addresses;
    ifaddrs* first = nullptr;
    if (getifaddrs(&first) != 0) return addresses;
    for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next) {
        if (each->ifa_addr == nullptr || (each->ifa_flags & IFF_UP) == 0) continue;
        const socklen_t length = lengthOf(each->ifa_addr->sa_family);
        if (length == 0) continue;
        const SocketAddress address(each->ifa_addr, length);
        if (!address.isLoopback()) addresses.push_back(address.hostText() + " (" + each->ifa_name + ")");
    }
    freeifaddrs(first);
    return addresses;
}

}  // namespace sockstage
