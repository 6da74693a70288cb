#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "portholder.h"
#include "queuederror.h"
#include "socketaddress.h"

namespace sockstage {

/// What TCP_INFO said of a socket after it had failed; absent where the kernel does not tell.
struct TcpTrace {
    static constexpr std::int64_t absent = -1;
    std::int64_t segmentsIn = absent, segmentsOut = absent;
    std::int64_t retransmitted = absent;    ///< segments sent again, SYNs among them
    std::int64_t timeouts = absent;         ///< of the retransmission timer since anything was acknowledged
    std::int64_t probes = absent;           ///< window or keep-alive probes without an answer
    std::int64_t unacknowledged = absent;   ///< bytes of data that the peer has not acknowledged
    std::int64_t receivedBytes = absent;    ///< from the peer, over all
    std::int64_t sinceReceivedMs = absent;  ///< since data came from the peer
    std::int64_t sinceAcknowledgedMs = absent;  ///< since the peer acknowledged anything
};

/// An ICMP message about the socket, and whether an address of this machine sent it.
struct ToldByIcmp {
    QueuedError error;
    bool fromHere = false;
};

/// A connect() that failed, as far as it was measured.
struct ConnectFailure {
    bool tcp = true;
    int error = 0;
    bool atOnce = false;          ///< connect() itself returned it
    std::int64_t waitedNs = 0;    ///< from connect() until the error was known
    SocketAddress target, local;  ///< local: not valid unless bound by us
    TcpTrace trace;
    std::vector<ToldByIcmp> told;
    bool sendersTold = false;  ///< the kernel keeps ICMP messages for us to read: told is all there was
};
std::string connectCause(const ConnectFailure& failure);

/// A bind() or listen() that failed.
struct BindFailure {
    int error = 0;
    SocketAddress wanted;
    std::vector<PortHolder> holders;  ///< EADDRINUSE
    std::size_t moreHolders = 0;      ///< that are not among them
    bool reuseWasOn = false;
    int firstFreePort = 1024;  ///< net.ipv4.ip_unprivileged_port_start
    std::uint32_t uid = 0;
    bool mayBindLowPorts = false;     ///< CAP_NET_BIND_SERVICE
    std::optional<bool> addressHere;  ///< an interface of this machine has the address; nothing: not looked
};
std::string bindCause(const BindFailure& failure);

/// A getaddrinfo() that failed.
struct ResolveFailure {
    int code = 0;   ///< EAI_ code
    int error = 0;  ///< errno, for EAI_SYSTEM
    std::int64_t waitedNs = 0;
    std::string host, service;
    std::vector<std::string> nameServers;  ///< that the system's configuration names
};
std::string resolveCause(const ResolveFailure& failure);

/// A connection that was there and then failed.
struct TransferFailure {
    int error = 0;
    bool sending = false;      ///< send() reported it
    std::int64_t livedNs = 0;  ///< from the connection's beginning until a call of ours reported it
    TcpTrace trace;
};
std::string transferCause(const TransferFailure& failure);

/// "0.09 ms", "3.06 s", "127 s"
std::string durationWords(std::int64_t nanoseconds);

}  // namespace sockstage
