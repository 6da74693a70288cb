// SPDX-License-Identifier: GPL-3.0-or-later
#include "tcpendof.h"

#include <QCoreApplication>
#include <algorithm>

#include "connectiontext.h"
#include "lastseen.h"

namespace sockstage {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(TcpEnd)
};

const ConnectionSlot* slotOf(const Session& session, std::uint32_t connection) {
    return session.connections().has(connection) ? &session.connections().at(connection) : nullptr;
}

/// The kernel's last words of a socket that we still had: after close() few follow where CLOSED is next.
bool wasClosedWhileOurs(const KernelHistory& history) {
    constexpr std::uint64_t few = 16;
    std::vector<KernelFacts> facts;
    const std::uint64_t all = history.copySince(~std::uint64_t{0}, facts);
    history.copySince(all - std::min(all, few), facts);
    const auto last = std::find_if(facts.rbegin(), facts.rend(), [](const KernelFacts& each) {
        return each.source == FactsSource::Descriptor;
    });
    return last != facts.rend() && last->state == TcpState::Closed;
}

/// From CLOSE-WAIT the kernel comes to CLOSED by our FIN alone, or by a reset. While the descriptor is there
/// and shutdown() was not called, no FIN has gone.
bool wasResetInCloseWait(const Session& session, std::uint32_t connection, const ConnectionSlot& slot,
                         const std::vector<TcpState>& way) {
    const std::size_t count = way.size();
    if (count < 2 || way[count - 1] != TcpState::Closed || way[count - 2] != TcpState::CloseWait)
        return false;
    if (slot.sending.load(std::memory_order_relaxed) == DirectionState::ShutDown) return false;
    if (isOpen(slot)) return true;
    const auto history = session.kernelHistory(connection);
    return history && wasClosedWhileOurs(*history);
}

/// Closing with bytes unread resets too, see tcp(7); the peer's kernel is then the one that receives the
/// reset.
bool endedByReset(const ConnectionSlot& slot) {
    const EndReason end = slot.end.load();
    return end == EndReason::ResetByPeer || end == EndReason::ResetByUs || end == EndReason::Error ||
           slot.endError.load(std::memory_order_relaxed) != 0 ||
           slot.unreadAtClose.load(std::memory_order_relaxed) != 0;
}

}  // namespace

QString socketText(const Session& session, std::uint32_t connection) {
    const ConnectionSlot* slot = slotOf(session, connection);
    if (slot == nullptr) {
        const int fd = session.descriptor();
        return fd < 0 ? QString() : Words::tr("fd %1").arg(fd);
    }
    const QString fd = Words::tr("fd %1").arg(slot->firstFd);
    return isOpen(*slot) ? fd : Words::tr("%1, closed").arg(fd);
}

TcpEnd tcpEndOf(const Session& session, std::uint32_t connection) {
    TcpEnd end;
    const bool server = isServer(session.config().role);
    const ConnectionSlot* slot = slotOf(session, connection);
    end.way = session.tcpStateHistory(connection);
    // An accepted connection was made by the listener out of LISTEN; it cannot be sampled before accept().
    end.origin = server && slot != nullptr ? TcpState::Listen : TcpState::Closed;
    end.reset =
        slot != nullptr && (endedByReset(*slot) || wasResetInCloseWait(session, connection, *slot, end.way));
    if (const auto history = session.kernelHistory(connection)) end.facts = history->latest();
    end.lastSeen = lastSeenSentence(session, connection);
    const QString who = server ? Words::tr("server") : Words::tr("client");
    const QString socket = socketText(session, connection);
    end.title = socket.isEmpty() ? who : Words::tr("%1, %2").arg(who, socket);
    end.letter = server ? Words::tr("S") : Words::tr("C");
    return end;
}

}  // namespace sockstage
