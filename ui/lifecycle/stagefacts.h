// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

#include "session.h"

namespace sockstage {

/// What one card of the rail shows: plain values, so that a card repaints only when one differs.
struct StageFacts {
    Stage stage = Stage::Getaddrinfo;
    StageState state = StageState::NotYet;
    QString name;           ///< the libc name
    QString fact;           ///< the one fact that matters
    QString shortFact;      ///< the same where the card is narrow
    QString time;           ///< time taken, or a running clock while it waits
    QString shortTime;      ///< the same where the card is narrow; the mark then shows the state
    QString errorName;      ///< of a failed stage, "EADDRINUSE"
    bool willHold = false;  ///< the session is going to stop before it
    bool ended = false;     ///< this direction of the connection is over
    bool next = false;      ///< what Step makes

    bool operator==(const StageFacts&) const = default;
    /// For a screen reader: "bind, done, 127.0.0.1:8080". Without the clock, which would never stop talking.
    QString accessibleName() const;
};

/// The word for a state, as on the card.
QString stateText(StageState state);
/// ✔ ◉ ✖ ❚❚ ○ – : shows the state without colour.
QString stateMark(StageState state);

/// The cards of a rail. `connection` 0: the session's own; else that client's.
std::vector<Stage> railStages(Role role, std::uint32_t connection);
/// What is true of one stage now. Cheap: a few atomics and at most one record.
StageFacts stageFacts(const Session& session, Stage stage, std::uint32_t connection);

}  // namespace sockstage
