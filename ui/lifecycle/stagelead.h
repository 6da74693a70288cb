// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "stagecalls.h"

namespace sockstage {

// A stage in short.

/// The beginning of an explanation (Markdown): its first paragraph, and of a list right below that what
/// stands first in it.
QString leadOf(const QString& markdown);

/// Of the calls the one that says most: the newest that failed, else the newest of those that the stage is
/// named after, else the newest. A connect() that only began says less than how it ended: that one fails in
/// its place, or stands behind it.
StageCalls principalCallOf(const Session& session, Stage stage, const StageCalls& calls);
/// Which of all these calls are shown: "Call 3 of 3, the latest:"; empty where it is all of them.
QString whichCallsText(const Session& session, const StageCalls& shown, const StageCalls& all);
/// Why none is there.
QString noCallsText(const Session& session, Stage stage, std::uint32_t connection);

}  // namespace sockstage
