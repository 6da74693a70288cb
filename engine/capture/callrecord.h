// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <type_traits>

#include "stage.h"

namespace sockstage {

/// The libc function that was called. Mark is not a call: it notes that a stage changed its state.
enum class Call : std::uint8_t {
    Mark,
    Getaddrinfo,
    Socket,
    Setsockopt,
    Getsockopt,
    Bind,
    Getsockname,
    Getpeername,  ///< where the address given to connect() does not say who the peer is
    Listen,
    Accept4,
    Connect,
    Recv,
    Recvfrom,
    Send,
    Sendto,
    Shutdown,
    Close,
    Recvmsg,         ///< of the error queue only
    RecvmsgDatagram  ///< recvmsg() of a datagram, for its control messages
};
inline constexpr std::size_t callCount = 19;

/// One call that was made, or one mark. Fixed size; what varies in length (the data, a sockaddr, an
/// option's value) lies in the same chunk of the capture and is reached by CaptureStore::Pin::bytes().
///
///   call         args                          asked        bytes
///   Mark         StageState                    -            a sentence, UTF-8
///   Getaddrinfo  flags, family, socktype       -            node NUL service NUL, then each sockaddr as
///                                                           one length byte and its bytes
///   Socket       domain, type, protocol        -            -
///   Set/Getsockopt level, name                 -            the option's value
///   Bind Connect -                             sockaddr len the sockaddr
///   Getsockname Getpeername -                  sockaddr len the sockaddr
///   Listen       backlog                       -            -
///   Accept4      flags                         -            the peer's sockaddr
///   Recv Send    flags                         buffer size  the data
///   Recvfrom Sendto flags                      buffer size  the data, then the peer's sockaddr
///   Shutdown     how                           -            -
///   Recvmsg, RecvmsgDatagram
///                flags, msg_flags, control len buffer size  the data, the control messages, the sockaddr;
///                                                           controlmessages.h reads them
///
/// Where the kernel wrote nothing (a failed recv, recvfrom, accept4, getsockname, getpeername), strace shows
/// the pointers that were given; then the bytes are these pointers, 8 bytes each.
struct CallRecord {
    std::int64_t beginNs = 0;       ///< the capture's clock (CLOCK_MONOTONIC) before the call
    std::int64_t durationNs = 0;    ///< inside the call
    std::int64_t result = 0;        ///< what it returned
    std::uint32_t bytesOffset = 0;  ///< set by the capture
    std::uint32_t bytesLength = 0;  ///< data and sockaddr together
    std::uint32_t asked = 0;        ///< the length argument
    std::uint32_t connection = 0;   ///< 0: the session's own socket
    std::int32_t fd = -1;
    std::int32_t error = 0;  ///< errno after the call, 0 on success
    std::array<std::int32_t, 3> args{};
    std::uint16_t addressLength = 0;  ///< the last so many bytes are the peer's sockaddr
    Call call = Call::Mark;
    Stage stage = Stage::Getaddrinfo;

    bool failed() const { return call == Call::Getaddrinfo ? result != 0 : result < 0; }
    /// Of recvmsg()'s control messages, which lie between the data and the sockaddr.
    std::uint32_t controlLength() const {
        const bool message = call == Call::Recvmsg || call == Call::RecvmsgDatagram;
        return message && !failed() ? static_cast<std::uint32_t>(args[2]) : 0;
    }
    /// Bytes of data that this call moved; for a truncated datagram what was kept of it.
    std::uint32_t dataLength() const {
        const auto kept = static_cast<std::int64_t>(bytesLength - addressLength - controlLength());
        return static_cast<std::uint32_t>(std::clamp<std::int64_t>(result, 0, kept));
    }
    /// A datagram that was longer than the buffer: its rest is gone.
    bool truncated() const {
        const bool datagram = call == Call::Recvfrom || call == Call::RecvmsgDatagram;
        return datagram && result > static_cast<std::int64_t>(asked);
    }
    StageState markState() const { return static_cast<StageState>(args[0]); }
};
static_assert(sizeof(CallRecord) == 64 && std::is_trivially_copyable_v<CallRecord>);

constexpr bool isReceive(Call call) {
    return call == Call::Recv || call == Call::Recvfrom || call == Call::RecvmsgDatagram;
}
constexpr bool isSend(Call call) {
    return call == Call::Send || call == Call::Sendto;
}
constexpr bool isTransfer(Call call) {
    return isReceive(call) || isSend(call);
}
/// recv() on a stream returned 0: the peer closed its sending side.
constexpr bool isEof(const CallRecord& record) {
    return record.call == Call::Recv && record.result == 0 && record.asked > 0;
}

}  // namespace sockstage
