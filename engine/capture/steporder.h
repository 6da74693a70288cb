// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "stage.h"

namespace sockstage {

/// What of one connection, or of a datagram socket, is held now and can be stepped.
struct HeldSteps {
    bool send = false;          ///< something is queued
    bool receive = false;       ///< we do not call recv
    bool receiveReady = false;  ///< and there is something to read, as far as is known
    bool shutdown = false;      ///< requested, and next in line
    bool close = false;         ///< the same
};

// Who takes a step is decided here, for those who announce it (nextStep) and for the worker, who makes it.

/// The stage that is stepped; nothing when none is held.
constexpr std::optional<Stage> steppedStage(const HeldSteps& held) {
    if (held.send) return Stage::Send;
    if (held.receive && held.receiveReady) return Stage::Recv;
    if (held.shutdown) return Stage::Shutdown;
    if (held.close) return Stage::Close;
    if (held.receive) return Stage::Recv;
    return std::nullopt;
}

/// Its step makes a call now, as far as is known; else the call comes when there is something to do.
constexpr bool isReady(const HeldSteps& held) {
    return held.send || (held.receive && held.receiveReady) || held.shutdown || held.close;
}

/// Of a server's parts: a connection with something to do comes before accept, and accept before one that has
/// nothing to do.
enum class StepTaker : std::uint8_t { Nobody, ReadyConnection, Accept, IdleConnection };
constexpr StepTaker stepTaker(bool readyConnection, bool accept, bool idleConnection) {
    if (readyConnection) return StepTaker::ReadyConnection;
    if (accept) return StepTaker::Accept;
    return idleConnection ? StepTaker::IdleConnection : StepTaker::Nobody;
}

}  // namespace sockstage
