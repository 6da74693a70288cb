#pragma once

#include <QString>

#include "stagecalls.h"

namespace sockstage {

// A stage in short.

/// The beginning of an explanation (Markdown): its first paragraph, and of a list right below that what
/// stands first in it.
QString leadOf(const QString& markdown);

/// Of the calls the one that tells most: the newest that failed, else the newest of those that the stage is
/// named after, else the newest.
StageCalls principalCallOf(const Session& session, Stage stage, const StageCalls& calls);

}  // namespace sockstage
