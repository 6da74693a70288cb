// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stagefacts.h"

namespace sockstage {

/// Fills in the card of one client's rail: what `facts.stage` is for this connection.
void connectionFacts(StageFacts& facts, const Session& session, const ConnectionSlot& slot);

/// What the cards of a TCP client's own rail say beyond the stage's state: each direction that has
/// ended, and what close() would do.
void ownConnectionFacts(StageFacts& facts, const ConnectionSlot& slot);

/// Of a stage whose call was never made, and will not be: "not called".
QString notCalledText();
/// "↓1.21 MB".
QString receivedText(quint64 received);
/// "↑3.4 kB", with what waits in our own queue: "↑3.4 kB + 512 kB queued".
QString sentText(quint64 sent, quint64 queued);

}  // namespace sockstage
