// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sessionrecord.h"

namespace sockstage {

/// Who can reach a server's socket as it is bound now, by the addresses that this machine has now; empty for
/// a client, and where there is no descriptor. Asks the kernel over netlink, which takes a moment; on any
/// thread.
ReachAnswer lookAtReach(const SessionRecord& record);

}  // namespace sockstage
