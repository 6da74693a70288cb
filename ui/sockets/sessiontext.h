// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "session.h"

namespace sockstage {

/// What the list and the page header say about a session, in words. Pure reading.

/// The kind of state, for the mark beside the word.
enum class SocketMark { Waiting, Connected, Held, Failed, Ended };
SocketMark socketMark(const Session& session);

/// The address that users know the socket by: a server's real one once it is bound, else the requested one.
QString addressText(const Session& session);
QString addressText(const SocketConfig& config);
/// "TCP server"
QString roleText(Role role);
/// What people call the socket; its role where it has no name.
QString nameText(const SocketConfig& config);
/// "client 1 (TCP client)"; the role alone where there is no name.
QString nameAndRoleText(const SocketConfig& config);
/// A few words more than Session::stateWord(): "listening, 3 connected, 1 ended by the peer".
QString stateSentence(const Session& session);
/// Nanoseconds from open() to now, or to the last thing that happened once it is finished.
qint64 uptimeNs(const Session& session);

}  // namespace sockstage
