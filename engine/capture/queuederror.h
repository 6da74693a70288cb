// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "callrecord.h"
#include "socketaddress.h"

namespace sockstage {

/// One entry of a socket's error queue (IP_RECVERR and IPV6_RECVERR in ip(7) and ipv6(7)): what became of
/// something sent earlier, who says so, and where that was going.
struct QueuedError {
    enum class Origin : std::uint8_t { Other, Local, Icmp, Icmp6 };

    int error = 0;  ///< ee_errno: what a call returns for it, once
    Origin origin = Origin::Other;
    int type = 0, code = 0;     ///< of the ICMP message
    std::uint32_t mtu = 0;      ///< of the path, where the error is EMSGSIZE
    SocketAddress offender;     ///< who sent the ICMP message; not valid for a local error
    SocketAddress destination;  ///< of what was sent; the port may be 0 (not known)
    /// The beginning of the datagram, as much of it as the message brought back (may be nothing); for a
    /// TCP socket of the segment. Lies in the record's bytes.
    std::span<const std::byte> quoted;
};

/// What a recorded recvmsg() took from the error queue; nothing when it is another call, or took no such
/// error.
std::optional<QueuedError> queuedError(const CallRecord& record, std::span<const std::byte> bytes);

/// "port unreachable (ICMP type 3 code 3)"; for a local error "longer than the path allows (MTU 1300)" or
/// the system's words for it.
std::string queuedErrorReason(const QueuedError& error);
/// "127.0.0.1 says port unreachable (ICMP type 3 code 3) for the datagram "x" sent to 127.0.0.1:9"; with
/// `stream` it is no datagram that was sent but the beginning of a connection.
std::string queuedErrorText(const QueuedError& error, bool stream);

/// The control messages of a recorded recvmsg() as strace prints them: "[{cmsg_len=48, cmsg_level=SOL_IP,
/// cmsg_type=IP_RECVERR, cmsg_data={...}}]". strace has no name for SO_RXQ_OVFL; with `named` it is printed
/// by its own, with the number.
std::string controlText(std::span<const std::byte> control, bool named);

}  // namespace sockstage
