// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <cstdint>
#include <vector>

#include "session.h"

namespace sockstage {

class SocketsModel;

/// One connection of one session of this window; the connection is 0 for the session's own socket.
struct ConnectionEnd {
    QPointer<Session> session;
    std::uint32_t connection = 0;

    explicit operator bool() const { return !session.isNull(); }
    bool operator==(const ConnectionEnd& end) const {
        return session == end.session && connection == end.connection;
    }
};

/// Finds the other end of a connection where that is a socket of this window too. Remembers its last answer
/// and how far it has searched, so that it may be called on every slow tick: of a hundred thousand
/// connections it looks at each once.
class Pairing {
public:
    explicit Pairing(const SocketsModel& sockets) : sockets_(sockets) {}
    /// Nothing for a session's own socket, and where no session has the other end. Connection 0 of a UDP
    /// server that has not received a datagram from this peer yet.
    ConnectionEnd otherEnd(Session& session, std::uint32_t connection);

private:
    struct Searched {
        QPointer<const Session> session;
        std::uint32_t connections = 0;  ///< so many of its first ones
    };
    void searchNew(const Session& session, const ConnectionSlot& slot);
    std::uint32_t searchedOf(const Session* session, std::size_t place) const;
    void offer(const ConnectionEnd& end, const ConnectionSlot& slot);
    ConnectionEnd waitingServer(const ConnectionSlot& slot) const;

    const SocketsModel& sockets_;
    ConnectionEnd asked_, answer_;
    std::vector<Searched> searched_;
};

}  // namespace sockstage
