// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <optional>

#include "nextstep.h"

namespace sockstage {

// What Step mode says, as text.

/// "Next: recv of 127.0.0.1:51044".
QString stepTitle(const Session& session, const NextStep& next);
/// One sentence: what it will do; while it waits for something to do, for what.
QString stepSentence(const Session& session, const NextStep& next);
/// What it says of the stages of this role, the longest there is; what it says of a step that waits is
/// shorter.
QStringList stepSentences(Role role);
/// Why there is nothing to step: a call is under way, or nothing that is held has its turn. Empty when the
/// session has finished.
QString nothingToStep(const Session& session);

/// How much waits there, as far as the kernel said: "2 wait", "12 B unread", "5 B queued"; else empty.
QString waitingText(const Session& session, Stage stage, std::uint32_t connection);

}  // namespace sockstage
