// SPDX-License-Identifier: GPL-3.0-or-later
#include "observation.h"

#include <algorithm>

namespace sockstage {

ConnectionEnd Observation::look(const void* viewer, Session& session, std::uint32_t connection) {
    viewer_ = viewer;
    ConnectionEnd other = pairing_.otherEnd(session, connection);
    // A session samples one socket.
    if (other.session == &session) other = {};
    observe({ConnectionEnd{&session, connection}, other});
    return other;
}

void Observation::leave(const void* viewer) {
    if (viewer != viewer_) return;
    viewer_ = nullptr;
    observe({});
}

void Observation::observe(const Ends& wanted) {
    const auto has = [](const Ends& ends, const ConnectionEnd& end) {
        return std::find(ends.begin(), ends.end(), end) != ends.end();
    };
    const auto hasSession = [](const Ends& ends, const ConnectionEnd& end) {
        return std::any_of(ends.begin(), ends.end(),
                           [&end](const ConnectionEnd& each) { return each.session == end.session; });
    };
    for (const ConnectionEnd& end : observed_)
        if (end && !hasSession(wanted, end)) end.session->observe(std::nullopt);
    for (const ConnectionEnd& end : wanted)
        if (end && !has(observed_, end)) end.session->observe(end.connection);
    observed_ = wanted;
}

}  // namespace sockstage
