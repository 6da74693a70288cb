#pragma once

#include <QString>

#include "session.h"

namespace sockstage {

/// The last that anybody saw of a closed socket, where nobody asks the kernel about it any more: what was
/// then must not stand there as what is now. Unknown: there is nothing to say, because the socket is open,
/// is still looked at, or the kernel was seen to have forgotten it.
struct LastSeen {
    TcpState state = TcpState::Unknown;  ///< Unknown for UDP, too
    qint64 atNs = 0;                     ///< the capture's clock; 0: never
    bool untold = false;                 ///< somebody did ask, and this kernel does not tell
    explicit operator bool() const { return atNs != 0; }
};
/// `connection` 0: the session's own socket.
LastSeen lastSeen(const Session& session, std::uint32_t connection);

/// Of a socket that is closed and that nobody had asked the kernel about; else empty.
QString neverSeenSentence(const Session& session, std::uint32_t connection);
/// "Last seen in FIN-WAIT-2 at 12:04:07; nobody has looked since."; empty where there is nothing to say.
QString lastSeenSentence(const Session& session, std::uint32_t connection);
/// "was FIN-WAIT-2", for the table; empty as above.
QString lastSeenShort(const Session& session, std::uint32_t connection);

}  // namespace sockstage
