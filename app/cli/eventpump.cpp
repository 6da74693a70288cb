// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventpump.h"

#include <functional>
#include <queue>
#include <utility>

#include "outputstream.h"

namespace sockstage {
namespace {

constexpr std::int64_t turnNs = 20'000'000;
constexpr int batchRows = 512;

}  // namespace

void EventPump::run() {
    // Rows that begin after this look wait for the next: another session may have an earlier one by then.
    const std::int64_t startNs = CaptureStore::nowNs();
    written_ = 0;
    more_ = true;
    while (more_ && !output_.isFull() && CaptureStore::nowNs() - startNs < turnNs) {
        more_ = writeBatch(startNs);
        output_.flush();
    }
    for (SessionEvents* events : sessions_)
        events->unpin();
}

/// True: there was more than one batch.
bool EventPump::writeBatch(std::int64_t limitNs) {
    using Head = std::pair<std::int64_t, SessionEvents*>;
    std::priority_queue<Head, std::vector<Head>, std::greater<>> heads;
    const auto offer = [&](SessionEvents* events) {
        std::int64_t beginNs = 0;
        if (events->peek(beginNs) && beginNs <= limitNs) heads.emplace(beginNs, events);
    };
    for (SessionEvents* events : sessions_)
        offer(events);
    for (int row = 0; row < batchRows && !heads.empty(); ++row) {
        SessionEvents* events = heads.top().second;
        heads.pop();
        events->writeNext();
        ++written_;
        ++writtenEver_;
        offer(events);
    }
    return !heads.empty();
}

}  // namespace sockstage
