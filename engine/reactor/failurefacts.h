#pragma once

#include <string>

#include "failurecause.h"
#include "stagelog.h"

namespace sockstage {

// Gathers, right after something failed and before its descriptor is closed, what the system still tells
// about it, and says it in words (failurecause.h). Worker thread only.

/// A connect() that failed. Reads the socket's error queue: recorded recvmsg() calls of the connect stage.
struct FailedConnect {
    int fd = -1, error = 0;
    bool atOnce = false;
    std::int64_t beganNs = 0;
    SocketAddress target, local;
};
std::string connectCause(const Environment& env, const FailedConnect& failed);
/// A bind() or listen(); after EADDRINUSE the record's port holders and owner are filled in.
std::string bindCause(const Environment& env, int fd, const SocketAddress& wanted, int error,
                      bool reuseWasOn);
std::string resolveCause(const Resolution& resolution);
/// A connection that was there. `shutDown`: our sending side was, so that a FIN is among what the kernel
/// counts as unacknowledged.
std::string transferCause(int fd, int error, bool sending, bool shutDown, std::int64_t openedNs);

}  // namespace sockstage
