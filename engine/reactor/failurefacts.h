// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "failurecause.h"
#include "stagelog.h"

namespace sockstage {

// Gathers, right after something failed and before its descriptor is closed, what the system still
// reports about it, and says it in words (failurecause.h). Worker thread only.

/// A connect() that failed. Reads the socket's error queue: recorded recvmsg() calls of the connect stage.
struct FailedConnect {
    int fd = -1, error = 0;
    bool atOnce = false;
    std::int64_t beganNs = 0;
    SocketAddress target, local;
};
std::string connectCause(const Environment& env, const FailedConnect& failed);
/// A datagram that could not be sent, where the routing says why; else empty. The error queue is left alone.
std::string sendCause(const CallResult& result, int fd, const SocketAddress& target,
                      const SocketAddress& local);
/// A bind() or listen(); after EADDRINUSE the record's port holders and owner are filled in.
/// `socketFamily`: AF_ constant.
std::string bindCause(const Environment& env, int fd, int socketFamily, const SocketAddress& wanted,
                      int error, bool reuseWasOn);
std::string resolveCause(const Resolution& resolution);
/// A connection that was there, and what is known of it beside its descriptor.
struct FailedTransfer {
    int fd = -1, error = 0;
    bool sending = false;
    bool accepted = false;  ///< a server's
    bool shutDown = false;  ///< our sending side is: the kernel counts a FIN as unacknowledged
    bool eof = false;       ///< the peer's side had ended: the kernel counts a FIN as received
    std::int64_t openedNs = 0;
};
std::string transferCause(const FailedTransfer& failed);

}  // namespace sockstage
