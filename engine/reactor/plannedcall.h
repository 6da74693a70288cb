// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "sessionrecord.h"

namespace sockstage {

/// What one step of a stage is going to call, in calltext's notation, without results.
struct PlannedCall {
    std::string call;                  ///< the call that the stage is named after
    std::vector<std::string> options;  ///< the setsockopt() calls that go with it
};

/// From what is known now; "…" stands for what only the calls themselves will show. `connection` 0: the
/// session's own socket, or its one connection. Reads the record only; any thread.
PlannedCall plannedCall(const SessionRecord& record, Stage stage, std::uint32_t connection);

}  // namespace sockstage
