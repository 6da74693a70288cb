// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sockstage {

/// An IPv4 or IPv6 socket address as a value: what bind() is given and accept() gives back.
class SocketAddress {
public:
    SocketAddress() = default;
    /// The first `length` bytes of a sockaddr, as a socket call returned it.
    SocketAddress(const sockaddr* address, socklen_t length);
    /// The same from raw bytes, for example those kept by the capture.
    static SocketAddress fromBytes(std::span<const std::byte> bytes);
    /// A numeric address ("127.0.0.1", "fe80::1%eth0") and a port; nothing when it is not numeric.
    static std::optional<SocketAddress> fromNumeric(std::string_view host, std::uint16_t port);

    bool isValid() const { return length_ != 0; }
    int family() const { return storage_.sin6_family; }
    std::uint16_t port() const;
    bool isLoopback() const;      ///< 127.0.0.0/8, ::1, or 127/8 mapped into IPv6
    bool isIpv4() const;          ///< not as IPv4-mapped IPv6
    bool isLinkLocal() const;     ///< fe80::/10
    bool needsScope() const;      ///< fe80::/10, ff01::/16 and ff02::/16 mean nothing without an interface
    bool isV4Mapped() const;      ///< ::ffff:127.0.0.1: IPv4 on an IPv6 socket
    bool isMulticast() const;     ///< 224.0.0.0/4, also mapped into IPv6, or ff00::/8
    bool isWildcard() const;      ///< 0.0.0.0, also mapped into IPv6, or ::, every address of this machine
    std::uint32_t scope() const;  ///< the interface's number behind an IPv6 address; 0: none

    /// "127.0.0.1", "::1", "fe80::1%2": without the port.
    std::string hostText() const;
    /// "127.0.0.1:8080", "[::1]:8080": what a person can type back. Empty when not valid.
    std::string text() const;
    /// As strace writes it: "{sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("127.0.0.1")}".
    std::string structText() const;

    const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(&storage_); }
    socklen_t length() const { return length_; }
    std::span<const std::byte> bytes() const {
        return {reinterpret_cast<const std::byte*>(&storage_), length_};
    }
    bool operator==(const SocketAddress& other) const;

private:
    sockaddr_in6 storage_{};  // the larger of the two: a table of many connections has two for each
    socklen_t length_ = 0;
};

/// For unordered containers keyed by peer.
struct SocketAddressHash {
    std::size_t operator()(const SocketAddress& address) const;
};

}  // namespace sockstage
