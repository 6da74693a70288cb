// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nextstep.h"
#include "sessiontest.h"

namespace sockstage {

/// Every stage is held from the first on.
inline SocketConfig stepping(SocketConfig wanted) {
    wanted.held = StageSet::all();
    return wanted;
}

inline int callsMade(const Session& session) {
    return static_cast<int>(lines(session).size());
}

/// Waits until something can be stepped there.
inline std::optional<NextStep> awaitNext(const Session& session, std::uint32_t connection = 0) {
    std::optional<NextStep> next;
    if (!QTest::qWaitFor([&] { return (next = nextStep(session, connection)).has_value(); }, 10'000))
        qWarning("nothing to step");
    return next;
}

}  // namespace sockstage
