// SPDX-License-Identifier: GPL-3.0-or-later
#include "pairing.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "connectionends.h"
#include "socketsmodel.h"

namespace sockstage {

ConnectionEnd Pairing::otherEnd(Session& session, std::uint32_t connection) {
    const ConnectionEnd asked{&session, connection};
    const bool gone =
        answer_.connection != 0 && (!answer_ || !answer_.session->connections().has(answer_.connection));
    if (gone || !(asked == asked_)) {
        asked_ = asked;
        answer_ = {};
        searched_.clear();
    }
    if (!session.connections().has(connection)) return {};
    const ConnectionSlot& slot = session.connections().at(connection);
    searchNew(session, slot);
    return answer_ || isTcp(session.config().role) ? answer_ : waitingServer(slot);
}

/// Addresses never change: who was no other end before will not become one.
void Pairing::searchNew(const Session& session, const ConnectionSlot& slot) {
    std::vector<Searched> searched;
    for (int row = 0; row < sockets_.rowCount(); ++row) {
        Session* other = sockets_.at(row);
        if (isTcp(other->config().role) != isTcp(session.config().role)) continue;
        const std::uint32_t before = searchedOf(other, searched.size()), count = other->connections().count();
        searched.push_back({other, count});
        const auto number = sockstage::otherEnd(slot, other->connections(), before + 1);
        if (number) offer({other, *number}, slot);
    }
    searched_ = std::move(searched);
}

/// Most often it stands where it stood.
std::uint32_t Pairing::searchedOf(const Session* session, std::size_t place) const {
    if (place < searched_.size() && searched_[place].session == session) return searched_[place].connections;
    const auto found = std::find_if(searched_.begin(), searched_.end(),
                                    [session](const Searched& each) { return each.session == session; });
    return found == searched_.end() ? 0 : found->connections;
}

// Addresses are used again with time: of several the one that began nearest to it.
void Pairing::offer(const ConnectionEnd& end, const ConnectionSlot& slot) {
    const auto apart = [&slot](const ConnectionEnd& each) {
        return std::abs(each.session->connections().at(each.connection).openedNs - slot.openedNs);
    };
    if (!answer_ || apart(end) < apart(answer_)) answer_ = end;
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
