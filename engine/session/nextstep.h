// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>

#include "session.h"

namespace sockstage {

/// What Step makes next: give both to Session::step().
struct NextStep {
    Stage stage = Stage::Getaddrinfo;
    std::uint32_t connection = 0;  ///< 0: the session's own socket
    /// There is something to do: a client waits, bytes are unread or queued. False: as far as is known the
    /// call is made when there is.
    bool ready = true;
    /// Steps that were made already and wait for something to do.
    std::uint32_t armed = 0;

    bool operator==(const NextStep&) const = default;
};

/// Among what is held: of one connection, or of the session as a whole (0), whose own stages come first, then
/// the connections with something to do, then accept. Nothing when no stage is held now. Cheap, but where
/// a server's connections are held it looks at the open ones until it finds one.
std::optional<NextStep> nextStep(const Session& session, std::uint32_t connection = 0);
/// The same for one stage: none when a step of it would do nothing. `ready` and `armed` are filled in.
std::optional<NextStep> stepOf(const Session& session, Stage stage, std::uint32_t connection);

/// Every stage of the session is held, and will be: Session::holdAll().
bool isStepping(const Session& session);

}  // namespace sockstage
