// SPDX-License-Identifier: GPL-3.0-or-later
#include "experimentparts.h"

namespace sockstage {

const std::vector<Experiment>& allExperiments() {
    using namespace experiments;
    static const std::vector<Experiment> all{
        refused(),           portInUse(),   timeWait(),      backlogFull(),     closedWindow(),
        halfClose(),         unreadReset(), abortiveClose(), writeAfterClose(), twoSendsOneRecv(),
        emptyAndTruncated(), udpRefused(),  localhost()};
    return all;
}

}  // namespace sockstage
