// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/socket.h>

#include <cerrno>

#include "syscalls.h"

/// What every file of Syscalls does around its calls, and the arguments that are always the same.
namespace sockstage::callrecording {

/// Of socket() and accept4().
inline constexpr int socketFlags = SOCK_NONBLOCK | SOCK_CLOEXEC;
/// Of recvfrom(): the result is the datagram's real length. recv() has none.
inline constexpr int datagramFlags = MSG_TRUNC;
/// Of send() and sendto(): no SIGPIPE.
inline constexpr int sendFlags = MSG_NOSIGNAL;
/// Given to the calls that fill in an address.
inline constexpr socklen_t addressRoom = sizeof(sockaddr_storage);

inline CallRecord begin(Call call, CallSite site, int fd) {
    CallRecord record;
    record.call = call;
    record.stage = site.stage;
    record.connection = site.connection;
    record.fd = fd;
    return record;
}

/// Makes the call between two readings of the clock.
template <typename Function>
void timed(CallRecord& record, Function call) {
    record.beginNs = CaptureStore::nowNs();
    const auto result = call();
    const int error = errno;
    record.durationNs = CaptureStore::nowNs() - record.beginNs;
    record.result = result;
    record.error = result < 0 ? error : 0;
}

}  // namespace sockstage::callrecording
