// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace sockstage {

/// What the kernel counts for all listeners of the network namespace together, and its limit for each.
/// KernelFacts::absent where it does not say.
struct ListenCounters {
    std::int64_t overflows;  ///< ListenOverflows: a handshake was complete and the accept queue full
    std::int64_t drops;      ///< ListenDrops: these, and what was dropped for other reasons
    std::int64_t somaxconn;  ///< net.core.somaxconn: what listen() cuts a larger backlog to
};
ListenCounters readListenCounters();

}  // namespace sockstage
