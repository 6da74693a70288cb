// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <optional>

#include "kernelfacts.h"
#include "tcptrace.h"

namespace sockstage {

// What the diagram says in words; the sentences follow RFC 9293 section 3.3.2 and say what Linux does.

/// As in the box: "SYN-RCVD" where the full name is too long for one.
QString tcpNodeLabel(TcpNode node);
/// What the state means, and which segment or call leads on.
QString tcpNodeSentence(TcpNode node);

/// Whole seconds until the kernel lets go of a TIME-WAIT (or an orphaned FIN-WAIT-2), as ss counts them;
/// nothing where the kernel does not report them. `nowNs`: the capture's clock.
std::optional<qint64> remainingSeconds(const KernelFacts& facts, qint64 nowNs);

/// "TIME-WAIT, 43 s left". `remaining` as above.
QString tcpNowText(const TcpTrace& trace, std::optional<qint64> remaining);
/// "SYN-SENT, ESTABLISHED"; an unseen state is marked as unseen.
QString tcpWayText(const TcpTrace& trace);

}  // namespace sockstage
