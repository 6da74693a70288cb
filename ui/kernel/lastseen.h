// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "session.h"

namespace sockstage {

/// The last sample of a closed socket that is not sampled any more: a past state must not be shown as the
/// present one. Unknown: there is nothing to say, because the socket is open, is still sampled, or the kernel
/// was seen to have forgotten it.
struct LastSeen {
    TcpState state = TcpState::Unknown;  ///< Unknown for UDP, too
    qint64 atNs = 0;                     ///< the capture's clock; 0: never
    bool untold = false;                 ///< it was sampled, and this kernel does not report it
    explicit operator bool() const { return atNs != 0; }
};
/// `connection` 0: the session's own socket.
LastSeen lastSeen(const Session& session, std::uint32_t connection);

/// Of a socket that is closed and was never sampled; else empty.
QString neverSeenSentence(const Session& session, std::uint32_t connection);
/// "Last seen in FIN-WAIT-2 at 12:04:07; nobody has looked since."; empty where there is nothing to say.
QString lastSeenSentence(const Session& session, std::uint32_t connection);
/// "was FIN-WAIT-2", for the table; empty as above.
QString lastSeenShort(const Session& session, std::uint32_t connection);

}  // namespace sockstage
