// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "program.h"
#include "sessionevents.h"

namespace sockstage {

/// One socket of the command line or of a scene, and how far its end has come. For program*.cpp only.
struct Program::Running {
    Running(const SocketConfig& config, int sessionNumber, EventSink& sink)
        : session(config), events(session, sessionNumber, sink), number(sessionNumber) {}

    Session session;
    SessionEvents events;
    const int number;
    QString reason;  // why it is being closed
    bool opened = false, reported = false, failureTold = false, ended = false;
};

}  // namespace sockstage
