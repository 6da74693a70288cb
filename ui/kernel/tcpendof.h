// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session.h"
#include "tcpstatediagram.h"

namespace sockstage {

/// Names one socket of a session: "fd 9", "fd 9, closed"; empty while there is none. `connection` 0: its own.
QString socketText(const Session& session, std::uint32_t connection);
/// All that the state diagram wants to know of it.
TcpEnd tcpEndOf(const Session& session, std::uint32_t connection);

}  // namespace sockstage
