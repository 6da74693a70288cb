// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "stage.h"

namespace sockstage {

/// A host and a service as a person writes them: "localhost" and "http", "::1" and "8080".
struct Endpoint {
    std::string host;     ///< empty: the loopback address
    std::string service;  ///< port number or service name
    /// HOST:PORT, [IPV6]:PORT or :PORT, as accepted by parseEndpoint().
    std::string text() const;
    bool operator==(const Endpoint&) const = default;
};

/// What parseEndpoint() made of a text: the endpoint, or a sentence that says what is wrong with it.
struct ParsedEndpoint {
    Endpoint endpoint;
    std::string error;  ///< empty: good
};

/// Reads HOST:PORT, [IPV6]:PORT, :PORT. Numeric ports are checked for 0 to 65535 here, because
/// getaddrinfo() takes larger ones and cuts them. `mayBeZero`: a server's 0 takes any free port.
ParsedEndpoint parseEndpoint(std::string_view text, bool mayBeZero);
/// The sentence for a bad port, empty for a good one (a service name is good here).
std::string portError(std::string_view service, bool mayBeZero);

enum class Family : std::uint8_t { Any, IPv4, IPv6 };
/// What a stream socket does after recv() returned 0.
enum class AfterEof : std::uint8_t { KeepOpen, Close };

/// Everything that is decided before a session opens. Passive; copied into the session.
struct SocketConfig {
    Role role = Role::TcpServer;
    std::string name;                       ///< what people call it, beside its role; may be empty
    Endpoint endpoint;                      ///< to bind (server) or to reach (client)
    std::optional<Endpoint> localEndpoint;  ///< a client's own bind(); absent: the kernel chooses
    Family family = Family::Any;
    bool connectUdp = true;                 ///< a UDP client calls connect()
    int backlog = 128;                      ///< listen()'s argument
    std::optional<bool> reuseAddress;       ///< SO_REUSEADDR; absent: on for a TCP server, else not called
    std::optional<bool> v6Only;             ///< IPV6_V6ONLY; absent: the system's default, not called
    std::optional<bool> noDelay;            ///< TCP_NODELAY
    std::optional<bool> keepAlive;          ///< SO_KEEPALIVE
    std::optional<bool> broadcast;          ///< SO_BROADCAST, for UDP
    std::optional<bool> receiveErrors;      ///< IP_RECVERR, IPV6_RECVERR; absent: on for UDP, else not called
    std::optional<bool> dropCounts;         ///< SO_RXQ_OVFL, for UDP: received by recvmsg(), which reports it
    std::optional<int> sendBufferBytes;     ///< SO_SNDBUF
    std::optional<int> receiveBufferBytes;  ///< SO_RCVBUF
    std::size_t readBytes = 65536;  ///< the size given to each recv; also the longest datagram read whole
    bool echo = false;              ///< a server sends back what it receives
    AfterEof afterEof = AfterEof::KeepOpen;
    StageSet held;                           ///< stages to stop before
    std::size_t captureBytes = 256'000'000;  ///< the capture's limit

    /// "127.0.0.1:8080", as the person gave it.
    std::string addressText() const { return endpoint.text(); }
    /// Errors are read from the error queue, with who sent them and what for.
    bool wantsErrors() const { return receiveErrors.value_or(!isTcp(role)); }
    /// The empty host made explicit: loopback of the wanted family.
    std::string effectiveHost() const;
};

inline constexpr std::size_t smallestRead = 1;
/// udp(7): 65535 less the IP and UDP headers; longer messages are refused with EMSGSIZE.
inline constexpr std::size_t longestDatagram = 65507;
/// A file that is longer than one datagram goes out in datagrams that fit the usual path without fragments.
inline constexpr std::size_t fileDatagramBytes = 1400;
inline constexpr std::size_t largestRead = std::size_t{1} << 20;

}  // namespace sockstage
