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
/// until there are more connections, so that it may be asked on every slow tick.
class Pairing {
public:
    explicit Pairing(const SocketsModel& sockets) : sockets_(sockets) {}
    /// Nothing for a session's own socket, and where no session has the other end. Connection 0 of a UDP
    /// server that has not received a datagram from this peer yet.
    ConnectionEnd otherEnd(Session& session, std::uint32_t connection);

private:
    struct Counted {
        const Session* session;
        qint64 openedNs;  ///< a later session may lie at the same place
        std::uint32_t connections;
        quint16 port;
        bool operator==(const Counted&) const = default;
    };
    using Census = std::vector<Counted>;
    Census census() const;
    ConnectionEnd waitingServer(const ConnectionSlot& slot) const;
    ConnectionEnd find(const Session& session, std::uint32_t connection) const;

    const SocketsModel& sockets_;
    ConnectionEnd asked_, answer_;
    Census counted_;
};

}  // namespace sockstage
