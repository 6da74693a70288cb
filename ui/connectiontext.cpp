// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectiontext.h"

#include <QCoreApplication>

#include "calltext.h"
#include "plaintext.h"
#include "quantitytext.h"

namespace sockstage {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(ConnectionText)
};

QString closedText(const ConnectionSlot& slot) {
    if (const quint64 unread = slot.unreadAtClose.load(std::memory_order_relaxed))
        return Words::tr("closed with %1 unread: reset sent").arg(bytesText(unread));
    return slot.end.load() == EndReason::ClosedAfterEof ? Words::tr("closed after EOF") : Words::tr("closed");
}

}  // namespace

QString tcpStateText(const ConnectionSlot& slot) {
    if (!isOpen(slot) && !isInKernelAfterClose(slot)) return Words::tr("closed");
    if (slot.kernel.sampledNs.load(std::memory_order_relaxed) == 0) return QStringLiteral("—");
    const TcpState state = tcpStateFromKernel(slot.kernel.tcpState.load(std::memory_order_relaxed));
    return state == TcpState::Closed ? Words::tr("closed") : toQString(tcpStateName(state));
}

QString halvesText(const ConnectionSlot& slot) {
    const bool eof = slot.receiving.load() == DirectionState::Eof;
    const bool finSent = slot.sendingShutDown.load(std::memory_order_relaxed);
    if (eof && finSent) return Words::tr("both sides sent EOF");
    if (eof) return Words::tr("peer sent EOF");
    const bool deaf = slot.receivingShutDown.load(std::memory_order_relaxed);
    if (finSent) return deaf ? Words::tr("both directions shut down") : Words::tr("we sent EOF");
    return deaf ? Words::tr("receiving shut down") : QString();
}

QString endText(const ConnectionSlot& slot) {
    switch (slot.end.load()) {
        case EndReason::None:
            return isOpen(slot) ? halvesText(slot) : Words::tr("closed");
        case EndReason::ClosedByUs:
        case EndReason::ClosedAfterEof:
            return closedText(slot);
        case EndReason::ResetByPeer:
            return Words::tr("reset by peer");
        case EndReason::ResetByUs:
            return Words::tr("reset by us");
        case EndReason::Error:
            return toQString(errnoName(slot.endError.load()));
    }
    return {};
}

QString sinceOrEndText(const ConnectionSlot& slot, qint64 nowNs) {
    const QString end = endText(slot);
    return end.isEmpty() ? elapsedText(nowNs - slot.openedNs) : end;
}

quint64 unreadBytes(const ConnectionSlot& slot) {
    return isOpen(slot) ? slot.kernel.receiveQueueBytes.load(std::memory_order_relaxed) : 0;
}

QString unreadWarning(const ConnectionTable& connections, const std::vector<std::uint32_t>& chosen) {
    quint64 sum = 0;
    for (const std::uint32_t number : chosen)
        sum += unreadBytes(connections.at(number));
    if (chosen.empty())
        for (std::uint32_t number = connections.firstOpen(); number != 0;
             number = connections.nextOpen(number))
            sum += unreadBytes(connections.at(number));
    return sum == 0 ? QString()
                    : Words::tr("%1 unread: closing now sends the peer a reset").arg(bytesText(sum));
}

QString peerText(const ConnectionTable& connections, std::uint32_t number) {
    if (number == 0 || number > connections.count()) return {};
    const std::string text = connections.at(number).peer.text();
    return text.empty() ? Words::tr("peer %1").arg(number) : outsideText(text);
}

QString shortPeerText(const ConnectionTable& connections, std::uint32_t number) {
    if (number == 0 || number > connections.count()) return {};
    const SocketAddress& peer = connections.at(number).peer;
    return peer.isLoopback() ? QLatin1Char(':') + QString::number(peer.port())
                             : peerText(connections, number);
}

bool isOpen(const ConnectionSlot& slot) {
    return slot.state.load(std::memory_order_acquire) == ConnectionState::Open;
}

bool isSampled(const ConnectionSlot& slot) {
    return isOpen(slot) && slot.kernel.sampledNs.load(std::memory_order_relaxed) != 0;
}

bool wasShutDown(const ConnectionSlot& slot) {
    return slot.sendingShutDown.load(std::memory_order_relaxed) ||
           slot.receivingShutDown.load(std::memory_order_relaxed);
}

quint64 closedConnections(const SessionCounters& counters) {
    const quint64 open = counters.openConnections.get(), ever = counters.connections.get();
    return ever > open ? ever - open : 0;
}

bool isInKernelAfterClose(const ConnectionSlot& slot) {
    return !isOpen(slot) &&
           slot.kernel.sampledNs.load(std::memory_order_relaxed) >
               slot.endedNs.load(std::memory_order_relaxed) &&
           tcpStateFromKernel(slot.kernel.tcpState.load(std::memory_order_relaxed)) != TcpState::Closed;
}

bool isAlive(DirectionState direction) {
    return direction == DirectionState::Open || direction == DirectionState::Held;
}

}  // namespace sockstage
