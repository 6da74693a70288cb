#include "plots.h"

namespace sockstage {

const std::vector<ScenePlot>& scenePlots() {
    using namespace plots;
    static const std::vector<ScenePlot> all{
        refused(),           portInUse(),   timeWait(),      backlogFull(),     closedWindow(),
        halfClose(),         unreadReset(), abortiveClose(), writeAfterClose(), twoSendsOneRecv(),
        emptyAndTruncated(), udpRefused(),  localhost()};
    return all;
}

}  // namespace sockstage
