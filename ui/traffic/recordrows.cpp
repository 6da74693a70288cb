// SPDX-License-Identifier: GPL-3.0-or-later
#include "recordrows.h"

#include <algorithm>

#include "calltext.h"

namespace sockstage {
namespace {

// How a connect() that did not finish at once turned out.
bool isConnectOutcome(const CallRecord& record) {
    return record.call == Call::Getsockopt && record.stage == Stage::Connect &&
           isErrorOption(record.args[0], record.args[1]);
}

}  // namespace

bool RecordRows::passes(const CallRecord& record, Filter filter) {
    if (filter == Filter::Calls) return record.call != Call::Mark;
    switch (record.call) {
        case Call::Mark:
        case Call::Accept4:
        case Call::Connect:
        case Call::Recv:
        case Call::Recvfrom:
        case Call::Send:
        case Call::Sendto:
        case Call::Shutdown:
        case Call::Close:
        case Call::Recvmsg:
        case Call::RecvmsgDatagram:
            return true;
        default:
            return record.failed() || isConnectOutcome(record);
    }
}

void RecordRows::reset(const CaptureStore* capture, Filter filter, std::vector<std::uint32_t> only) {
    capture_ = capture;
    filter_ = filter;
    only_ = std::move(only);
    std::sort(only_.begin(), only_.end());
    rows_.clear();
    firstLine_ = 1;
    nextRow_ = 0;
    evictedRows_ = 0;
    outcomeRow_ = none;
    behind_ = false;
}

// A call that failed or ended something is a line; the mark that says the same in words follows it
// closely, with at most a getsockname or two between.
bool RecordRows::echoes(const CallRecord& mark, std::uint64_t row) const {
    constexpr std::uint64_t close = 3;
    const StageState state = mark.markState();
    const bool outcome = state == StageState::Done || state == StageState::Failed ||
                         (state == StageState::Waiting && mark.stage == Stage::Connect);
    // A client's connect() is made before its connection has a number.
    const bool same =
        mark.stage == outcomeStage_ && (outcomeConnection_ == 0 || outcomeConnection_ == mark.connection);
    // A reset that comes after the peer's EOF is reported by SO_ERROR: no line has shown it yet.
    const bool told = state != StageState::Failed || outcomeFailed_;
    return (outcome || queuedOutcome_) && told && outcomeRow_ != none && same && row - outcomeRow_ <= close;
}

bool RecordRows::wanted(const CallRecord& record, std::uint64_t row) {
    if (!passes(record, filter_)) return false;
    if (record.call == Call::Mark && echoes(record, row)) return false;
    if (record.call != Call::Mark && !(isTransfer(record.call) && record.result > 0)) {
        outcomeRow_ = row;
        queuedOutcome_ = record.call == Call::Recvmsg;
        outcomeFailed_ = record.failed() || queuedOutcome_ || isConnectOutcome(record);
        outcomeStage_ = record.stage;
        outcomeConnection_ = record.connection;
    }
    return only_.empty() || std::binary_search(only_.begin(), only_.end(), record.connection);
}

bool RecordRows::dropEvicted() {
    const std::uint64_t begin = capture_->beginRow();
    const bool more = begin != evictedRows_;
    evictedRows_ = begin;
    nextRow_ = std::max(nextRow_, begin);
    for (; !rows_.empty() && rows_.front() < begin; ++firstLine_)
        rows_.pop_front();
    return more;
}

std::uint64_t RecordRows::scan(std::size_t budget) {
    const auto pin = capture_->pin(nextRow_);
    if (!pin) return 0;
    const std::uint64_t end = std::min(pin.endRow(), nextRow_ + budget);
    for (std::uint64_t row = nextRow_; row < end; ++row)
        if (wanted(pin.record(row), row)) rows_.push_back(row);
    const std::uint64_t read = end - nextRow_;
    nextRow_ = end;
    return read;
}

bool RecordRows::refresh(std::size_t budget) {
    if (capture_ == nullptr) return false;
    bool changed = dropEvicted();
    const std::size_t before = rows_.size();
    while (budget > 0 && nextRow_ < capture_->endRow()) {
        const std::uint64_t read = scan(budget);
        if (read == 0) {
            // The writer has recycled the chunk since: go on behind it, or come back at the next tick.
            if (capture_->beginRow() <= nextRow_) break;
            changed = dropEvicted() || changed;
            continue;
        }
        budget -= static_cast<std::size_t>(read);
    }
    behind_ = budget == 0 && nextRow_ < capture_->endRow();
    return changed || rows_.size() != before;
}

std::uint64_t RecordRows::lineOf(std::uint64_t captureRow) const {
    const auto found = std::lower_bound(rows_.begin(), rows_.end(), captureRow);
    if (found == rows_.end() || *found != captureRow) return endLine();
    return firstLine_ + static_cast<std::uint64_t>(found - rows_.begin());
}

}  // namespace sockstage
