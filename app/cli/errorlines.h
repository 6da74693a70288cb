// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace sockstage {

class Session;

/// One line on standard error: "sockstage-cli: ...".
void printError(const QString& what);
/// What failed, why, and what it means; one line, safe for a terminal.
QString failureLine(const Session& session);

}  // namespace sockstage
