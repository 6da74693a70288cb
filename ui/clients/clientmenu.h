// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session.h"

class QMenu;

namespace sockstage {

/// The connections among `chosen` that a verb applies to now.
struct ClientTargets {
    ConnectionNumbers open;       ///< can be closed or reset
    ConnectionNumbers sending;    ///< still have their sending side
    ConnectionNumbers receiving;  ///< still have their receiving side
    ConnectionNumbers sendingHeld, receivingHeld;
    ConnectionNumbers sendingFree, receivingFree;  ///< can be held
};
ClientTargets clientTargets(const Session& session, const ConnectionNumbers& chosen);

/// Adds to a menu what can be done with connections; each entry calls the session. Entries that do
/// not fit the role are left out, those that do not fit the state are disabled.
void addClientVerbs(QMenu& menu, Session& session, const ClientTargets& targets);

}  // namespace sockstage
