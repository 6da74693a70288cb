// SPDX-License-Identifier: GPL-3.0-or-later
#include "programsteps.h"

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <utility>

namespace sockstage {
namespace {

using Bytes = std::span<const std::byte>;

bool isSetupStage(Stage stage) {
    return stage == Stage::Getaddrinfo || stage == Stage::Socket || stage == Stage::Bind ||
           stage == Stage::Listen || stage == Stage::Connect;
}

/// Calls that make a descriptor what it is: what comes later on it needs them.
bool isSetup(const CallRecord& record) {
    return isSetupStage(record.stage) || record.call == Call::Accept4 || record.call == Call::Getsockname;
}

bool makesDescriptor(const CallRecord& record) {
    return (record.call == Call::Socket || record.call == Call::Accept4) && !record.failed();
}

bool isWithoutDescriptor(const CallRecord& record) {
    return record.call == Call::Getaddrinfo || record.call == Call::Socket;
}

std::size_t addressBytes(const CallRecord& record) {
    switch (record.call) {
        case Call::Bind:
        case Call::Connect:
            return record.bytesLength;
        case Call::Accept4:
        case Call::Getsockname:
        case Call::Getpeername:
            return record.failed() ? 0 : record.bytesLength;
        default:
            return record.addressLength;
    }
}

ProgramStep copyOf(std::uint64_t row, const CallRecord& record, Bytes bytes, std::size_t limit) {
    ProgramStep step;
    step.row = row;
    step.record = record;
    const Bytes address = bytes.last(addressBytes(record));
    const Bytes data = bytes.first(bytes.size() - address.size());
    const std::size_t kept = isTransfer(record.call) ? std::min(data.size(), limit) : data.size();
    step.address.assign(address.begin(), address.end());
    step.data.assign(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(kept));
    return step;
}

/// What is known of a descriptor while the rows are read.
struct Candidate {
    std::vector<ProgramStep> setup;
    std::optional<ProgramStep> close;
    std::uint64_t neededUntil = 0;  ///< its set-up before this row is wanted
    bool servesScope = false;       ///< it moved bytes of the wanted connection
};

class Collector {
public:
    Collector(const ProgramScope& scope, const ProgramLimits& limits) : scope_(scope), limits_(limits) {}

    void take(std::uint64_t row, const CallRecord& record, Bytes bytes);
    /// Rows went missing: no number can be trusted to mean the same descriptor as before.
    void lost(std::uint64_t rows) {
        result_.evictedRows += rows;
        open_.clear();
    }
    ProgramSteps finish();

private:
    bool isWanted(const CallRecord& record, std::size_t descriptor) const;
    std::size_t find(const CallRecord& record) const;
    std::size_t addDescriptor(const CallRecord& record, std::size_t listener);
    void need(std::size_t descriptor, std::uint64_t row);
    void keepForLater(const ProgramStep& step);
    void closed(std::size_t descriptor, const ProgramStep& step);
    bool isEverything() const { return scope_.connection == 0 && !scope_.stage; }

    const ProgramScope scope_;
    const ProgramLimits limits_;
    ProgramSteps result_;
    std::vector<Candidate> candidates_;  // one for each of result_.descriptors
    std::map<int, std::size_t> open_;    // by number
};

std::size_t Collector::find(const CallRecord& record) const {
    const auto found = open_.find(record.fd);
    return found == open_.end() || isWithoutDescriptor(record) ? noDescriptor : found->second;
}

std::size_t Collector::addDescriptor(const CallRecord& record, std::size_t listener) {
    const std::size_t index = result_.descriptors.size();
    result_.descriptors.push_back({listener, record.connection, 0});
    candidates_.emplace_back();
    open_[static_cast<int>(record.result)] = index;
    return index;
}

bool Collector::isWanted(const CallRecord& record, std::size_t descriptor) const {
    if (scope_.stage && record.stage != *scope_.stage) return false;
    if (scope_.connection == 0 || record.connection == scope_.connection) return true;
    if (scope_.stage && isSetupStage(*scope_.stage)) return true;
    if (!scope_.stage && record.call == Call::Getaddrinfo) return true;
    // The end of what the connection needs: its listener, or the socket that it shares with other peers.
    const bool closesOwn = record.stage == Stage::Close && record.connection == 0;
    if (!closesOwn || descriptor == noDescriptor) return false;
    return scope_.stage ? candidates_[descriptor].servesScope : candidates_[descriptor].neededUntil != 0;
}

void Collector::need(std::size_t descriptor, std::uint64_t row) {
    for (; descriptor != noDescriptor; descriptor = result_.descriptors[descriptor].listener)
        candidates_[descriptor].neededUntil = std::max(candidates_[descriptor].neededUntil, row);
}

void Collector::keepForLater(const ProgramStep& step) {
    if (isEverything()) return;
    const std::size_t owner = step.made != noDescriptor ? step.made : step.descriptor;
    if (owner != noDescriptor) candidates_[owner].setup.push_back(step);
}

void Collector::closed(std::size_t descriptor, const ProgramStep& step) {
    open_.erase(step.record.fd);
    Candidate& candidate = candidates_[descriptor];
    if (result_.descriptors[descriptor].listener == noDescriptor)
        candidate.close = step;
    else if (candidate.neededUntil == 0)
        candidate.setup = {};  // not needed any more
}

void Collector::take(std::uint64_t row, const CallRecord& record, Bytes bytes) {
    if (record.call == Call::Mark) return;
    const std::size_t descriptor = find(record);
    const bool wanted = isWanted(record, descriptor);
    if (descriptor == noDescriptor && !isWithoutDescriptor(record)) {
        if (wanted) ++result_.orphanCalls;
        return;
    }
    if (isTransfer(record.call) && record.connection == scope_.connection)
        candidates_[descriptor].servesScope = true;
    const bool setup = isSetup(record) || record.call == Call::Close;
    const bool full = result_.steps.size() >= limits_.calls;
    if (wanted && full) ++result_.beyondLimit;
    if ((!wanted || full) && !setup) return;
    ProgramStep step = copyOf(row, record, bytes, limits_.literalBytes);
    step.descriptor = descriptor;
    if (makesDescriptor(record)) step.made = addDescriptor(record, descriptor);
    if (wanted && !full) need(descriptor, row);
    if (isSetup(record)) keepForLater(step);
    if (record.call == Call::Close) closed(descriptor, step);
    if (wanted && !full) result_.steps.push_back(std::move(step));
}

/// Adds what the wanted calls need, in its place.
ProgramSteps Collector::finish() {
    std::vector<ProgramStep>& steps = result_.steps;
    bool laterAttempt = false;
    for (std::size_t i = candidates_.size(); i-- > 0;) {
        Candidate& candidate = candidates_[i];
        if (candidate.neededUntil == 0) continue;
        for (ProgramStep& step : candidate.setup)
            if (step.row < candidate.neededUntil) steps.push_back(std::move(step));
        // A socket that was given up for the next address could keep that one from being bound.
        if (laterAttempt && candidate.close) steps.push_back(std::move(*candidate.close));
        laterAttempt = laterAttempt || result_.descriptors[i].listener == noDescriptor;
    }
    std::stable_sort(steps.begin(), steps.end(),
                     [](const ProgramStep& a, const ProgramStep& b) { return a.row < b.row; });
    const auto sameRow = [](const ProgramStep& a, const ProgramStep& b) { return a.row == b.row; };
    steps.erase(std::unique(steps.begin(), steps.end(), sameRow), steps.end());
    for (const ProgramStep& step : steps)
        if (step.descriptor != noDescriptor) ++result_.descriptors[step.descriptor].uses;
    return std::move(result_);
}

}  // namespace

ProgramSteps programSteps(const CaptureStore& capture, const ProgramScope& scope,
                          const ProgramLimits& limits) {
    Collector collector(scope, limits);
    const std::uint64_t end = capture.endRow();
    for (std::uint64_t row = 0; row < end;) {
        const auto pin = capture.pin(row);
        if (!pin) {
            const std::uint64_t next = std::clamp(capture.beginRow(), row + 1, end);
            collector.lost(next - row);
            row = next;
            continue;
        }
        for (; row < std::min(end, pin.endRow()); ++row)
            collector.take(row, pin.record(row), pin.bytes(pin.record(row)));
    }
    return collector.finish();
}

}  // namespace sockstage
