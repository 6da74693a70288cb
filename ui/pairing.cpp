#include "pairing.h"

#include <cstdlib>
#include <utility>

#include "connectionends.h"
#include "socketsmodel.h"

namespace sockstage {

ConnectionEnd Pairing::otherEnd(Session& session, std::uint32_t connection) {
    const ConnectionEnd asked{&session, connection};
    Census now = census();
    if (asked == asked_ && now == counted_) return answer_;
    asked_ = asked;
    counted_ = std::move(now);
    answer_ = find(session, connection);
    return answer_;
}

Pairing::Census Pairing::census() const {
    Census census;
    for (int row = 0; row < sockets_.rowCount(); ++row) {
        const Session* session = sockets_.at(row);
        census.push_back(
            {session, session->openedNs(), session->connections().count(), session->localAddress().port()});
    }
    return census;
}

// Addresses are used again with time: of several the one that began nearest to it.
ConnectionEnd Pairing::find(const Session& session, std::uint32_t connection) const {
    if (connection == 0 || connection > session.connections().count()) return {};
    const ConnectionSlot& slot = session.connections().at(connection);
    ConnectionEnd nearest;
    std::int64_t distance = 0;
    for (int row = 0; row < sockets_.rowCount(); ++row) {
        Session* other = sockets_.at(row);
        if (isTcp(other->config().role) != isTcp(session.config().role)) continue;
        const auto number = sockstage::otherEnd(slot, other->connections());
        if (!number) continue;
        const std::int64_t apart = std::abs(other->connections().at(*number).openedNs - slot.openedNs);
        if (nearest && apart >= distance) continue;
        nearest = {other, *number};
        distance = apart;
    }
    return nearest || isTcp(session.config().role) ? nearest : waitingServer(slot);
}

// It knows a peer only from the first datagram that it has received.
ConnectionEnd Pairing::waitingServer(const ConnectionSlot& slot) const {
    for (int row = 0; row < sockets_.rowCount(); ++row) {
        Session* other = sockets_.at(row);
        if (other->config().role != Role::UdpServer || other->isFinished()) continue;
        const SocketAddress local = other->localAddress();
        const bool any = local.isWildcard() && local.port() == slot.peer.port() && slot.peer.isLoopback();
        if (any || isSameAddress(local, slot.peer)) return {other, 0};
    }
    return {};
}

}  // namespace sockstage
