// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

#include "connectiontable.h"
#include "counter.h"

namespace sockstage {

// One connection in words; the table of clients and the client's rail say the same.

/// "ESTABLISHED", "TIME-WAIT" ...: the kernel's state, also after close() while it is sampled; "closed" once
/// the kernel has forgotten it, or where it was not sampled since it was closed; "—" when it was never
/// sampled.
QString tcpStateText(const ConnectionSlot& slot);
/// What was ended of a stream's two directions, also after it was closed: "we sent EOF", "peer sent EOF",
/// "both sides sent EOF", "receiving shut down"; empty: nothing.
QString halvesText(const ConnectionSlot& slot);
/// While it lives: empty, or what one side has ended ("peer sent EOF"). Afterwards how it ended:
/// "closed", "reset by peer", "closed with 12 B unread: reset sent".
QString endText(const ConnectionSlot& slot);
/// Time since it opened while it lives, else endText().
QString sinceOrEndText(const ConnectionSlot& slot, qint64 nowNs);
/// Bytes the kernel holds for us that are not read: close() would answer them with a reset.
quint64 unreadBytes(const ConnectionSlot& slot);
/// "64 B unread: closing now sends the peer a reset": of `chosen`, or where that is empty of all that are
/// open. Empty: nothing is unread.
QString unreadWarning(const ConnectionTable& connections, const std::vector<std::uint32_t>& chosen);
/// The peer's address, or "peer 7" when it has none.
QString peerText(const ConnectionTable& connections, std::uint32_t number);
/// The same where there is little room: of a loopback address only the port, ":58208".
QString shortPeerText(const ConnectionTable& connections, std::uint32_t number);

bool isOpen(const ConnectionSlot& slot);
/// The kernel was sampled, and what it said is not about a closed socket.
bool isSampled(const ConnectionSlot& slot);
/// shutdown() was called on it.
bool wasShutDown(const ConnectionSlot& slot);
/// Of a server: those that were there and are not open any more.
quint64 closedConnections(const SessionCounters& counters);
/// Our descriptor is closed, and the last look found the socket still there: it sends the rest, or waits.
bool isInKernelAfterClose(const ConnectionSlot& slot);
/// The direction still exists: open or only held by us.
bool isAlive(DirectionState direction);

}  // namespace sockstage
