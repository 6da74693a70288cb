// SPDX-License-Identifier: GPL-3.0-or-later
#include "socketaddress.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "stracequote.h"
#include "symbolnames.h"

namespace sockstage {
namespace {

const sockaddr_in& asV4(const sockaddr_in6& storage) {
    return reinterpret_cast<const sockaddr_in&>(storage);
}

const sockaddr_in6& asV6(const sockaddr_in6& storage) {
    return reinterpret_cast<const sockaddr_in6&>(storage);
}

std::optional<std::uint32_t> scopeFromText(const std::string& scope) {
    if (scope.empty()) return std::nullopt;
    if (const unsigned index = if_nametoindex(scope.c_str()); index != 0) return index;
    std::uint32_t value = 0;
    for (const char c : scope) {
        if (c < '0' || c > '9' || value > 99'999'999) return std::nullopt;
        value = value * 10 + static_cast<std::uint32_t>(c - '0');
    }
    return value;
}

/// strace names the interface of a link-local scope. The kernel is queried: /sys may be that of another
/// network namespace.
std::string scopeText(const sockaddr_in6& address) {
    const std::string index = std::to_string(address.sin6_scope_id);
    const in6_addr& host = address.sin6_addr;
    std::array<char, IF_NAMESIZE> name{};
    if (!IN6_IS_ADDR_LINKLOCAL(&host) && !IN6_IS_ADDR_MC_LINKLOCAL(&host)) return index;
    if (if_indextoname(address.sin6_scope_id, name.data()) == nullptr) return index;
    const std::string_view text(name.data());
    return "if_nametoindex(" + straceQuoted(std::as_bytes(std::span(text)), text.size()) + ')';
}

}  // namespace

SocketAddress::SocketAddress(const sockaddr* address, socklen_t length)
    : length_(std::min<socklen_t>(length, sizeof storage_)) {
    std::memcpy(&storage_, address, length_);
}

SocketAddress SocketAddress::fromBytes(std::span<const std::byte> bytes) {
    SocketAddress address;
    address.length_ = static_cast<socklen_t>(std::min(bytes.size(), sizeof address.storage_));
    std::memcpy(&address.storage_, bytes.data(), address.length_);
    return address;
}

std::optional<SocketAddress> SocketAddress::fromNumeric(std::string_view host, std::uint16_t port) {
    sockaddr_in v4{};
    if (inet_pton(AF_INET, std::string(host).c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        return SocketAddress(reinterpret_cast<const sockaddr*>(&v4), sizeof v4);
    }
    sockaddr_in6 v6{};
    const std::size_t percent = host.find('%');
    if (percent != std::string_view::npos) {
        const auto scope = scopeFromText(std::string(host.substr(percent + 1)));
        if (!scope) return std::nullopt;
        v6.sin6_scope_id = *scope;
    }
    if (inet_pton(AF_INET6, std::string(host.substr(0, percent)).c_str(), &v6.sin6_addr) != 1)
        return std::nullopt;
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    return SocketAddress(reinterpret_cast<const sockaddr*>(&v6), sizeof v6);
}

std::uint16_t SocketAddress::port() const {
    if (family() == AF_INET) return ntohs(asV4(storage_).sin_port);
    if (family() == AF_INET6) return ntohs(asV6(storage_).sin6_port);
    return 0;
}

bool SocketAddress::isLoopback() const {
    if (family() == AF_INET) return (ntohl(asV4(storage_).sin_addr.s_addr) >> 24) == 127;
    if (family() != AF_INET6) return false;
    const in6_addr& address = asV6(storage_).sin6_addr;
    return IN6_IS_ADDR_LOOPBACK(&address) || (IN6_IS_ADDR_V4MAPPED(&address) && address.s6_addr[12] == 127);
}

bool SocketAddress::isIpv4() const {
    return family() == AF_INET;
}

bool SocketAddress::isLinkLocal() const {
    return family() == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&asV6(storage_).sin6_addr);
}

bool SocketAddress::needsScope() const {
    if (family() != AF_INET6) return false;
    const in6_addr& address = asV6(storage_).sin6_addr;
    return IN6_IS_ADDR_LINKLOCAL(&address) || IN6_IS_ADDR_MC_LINKLOCAL(&address) ||
           IN6_IS_ADDR_MC_NODELOCAL(&address);
}

bool SocketAddress::isV4Mapped() const {
    return family() == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&asV6(storage_).sin6_addr);
}

bool SocketAddress::isMulticast() const {
    if (family() == AF_INET) return IN_MULTICAST(ntohl(asV4(storage_).sin_addr.s_addr));
    if (family() != AF_INET6) return false;
    const in6_addr& address = asV6(storage_).sin6_addr;
    return IN6_IS_ADDR_MULTICAST(&address) ||
           (IN6_IS_ADDR_V4MAPPED(&address) && (address.s6_addr[12] & 0xf0U) == 0xe0U);
}

bool SocketAddress::isWildcard() const {
    if (family() == AF_INET) return asV4(storage_).sin_addr.s_addr == INADDR_ANY;
    if (family() != AF_INET6) return false;
    const in6_addr& address = asV6(storage_).sin6_addr;
    std::uint32_t last = 0;
    std::memcpy(&last, &address.s6_addr[12], sizeof last);
    return IN6_IS_ADDR_UNSPECIFIED(&address) || (IN6_IS_ADDR_V4MAPPED(&address) && last == INADDR_ANY);
}

std::uint32_t SocketAddress::scope() const {
    return family() == AF_INET6 ? asV6(storage_).sin6_scope_id : 0;
}

std::string SocketAddress::hostText() const {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (family() == AF_INET) {
        inet_ntop(AF_INET, &asV4(storage_).sin_addr, text.data(), text.size());
        return text.data();
    }
    if (family() != AF_INET6) return {};
    const sockaddr_in6& v6 = asV6(storage_);
    inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    if (v6.sin6_scope_id == 0) return text.data();
    return std::string(text.data()) + '%' + std::to_string(v6.sin6_scope_id);
}

std::string SocketAddress::text() const {
    if (!isValid()) return {};
    const std::string port = ':' + std::to_string(this->port());
    return family() == AF_INET6 ? '[' + hostText() + ']' + port : hostText() + port;
}

std::string SocketAddress::structText() const {
    const std::string port = std::to_string(this->port());
    if (family() == AF_INET)
        return "{sa_family=AF_INET, sin_port=htons(" + port + "), sin_addr=inet_addr(\"" + hostText() +
               "\")}";
    if (family() != AF_INET6) return "{sa_family=" + familyName(family()) + "}";
    const sockaddr_in6& v6 = asV6(storage_);
    const std::string host = hostText();
    return "{sa_family=AF_INET6, sin6_port=htons(" + port + "), sin6_flowinfo=htonl(" +
           std::to_string(ntohl(v6.sin6_flowinfo)) + "), inet_pton(AF_INET6, \"" +
           host.substr(0, host.find('%')) + "\", &sin6_addr), sin6_scope_id=" + scopeText(v6) + "}";
}

bool SocketAddress::operator==(const SocketAddress& other) const {
    return length_ == other.length_ && std::memcmp(&storage_, &other.storage_, length_) == 0;
}

std::size_t SocketAddressHash::operator()(const SocketAddress& address) const {
    const auto bytes = address.bytes();
    return std::hash<std::string_view>{}({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace sockstage
