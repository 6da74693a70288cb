// SPDX-License-Identifier: GPL-3.0-or-later
#include "reachlook.h"

#include "localaddresses.h"
#include "sharedaddresses.h"

namespace sockstage {

ReachAnswer lookAtReach(const SessionRecord& record) {
    if (!isServer(record.config.role) || record.fd.load(std::memory_order_relaxed) < 0) return {};
    BoundSocket bound = record.bound.get();
    const StageStatus& listen = record.stages.at(Stage::Listen);
    bound.listening = listen.state.load(std::memory_order_relaxed) == StageState::Done;
    return reachAnswer(bound, interfaceAddresses(), sharedAddresses());
}

}  // namespace sockstage
