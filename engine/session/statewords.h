// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "sessionrecord.h"

namespace sockstage {

/// One or two words on where the session is: "listening", "connected", "peer EOF", "refused" ...
QString stateWord(const SessionRecord& record);

}  // namespace sockstage
