// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "programsteps.h"

namespace sockstage {

/// What a call returned when it was recorded, in one line: `returned 5 after 3.1 µs: "hello"`. Nothing in it
/// can end or continue a comment. `stream`: it was made on a TCP socket.
std::string resultComment(const ProgramStep& step, bool stream);

}  // namespace sockstage
