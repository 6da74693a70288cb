// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "capturestore.h"

namespace sockstage {

/// Which rows of a capture a view shows: the ones that pass a filter, as lines numbered from 1. A
/// line keeps its number while new ones come and old ones are evicted. Grows by bounded steps, so
/// that a capture of millions of rows never stops the window.
class RecordRows {
public:
    enum class Filter : std::uint8_t { Traffic, Calls };
    static constexpr std::size_t defaultBudget = 200'000;

    /// Starts over. `only`: connection numbers; empty: all. `capture` may be null: no lines.
    void reset(const CaptureStore* capture, Filter filter, std::vector<std::uint32_t> only = {});
    /// Reads up to `budget` further rows and drops the evicted ones. True when anything changed.
    bool refresh(std::size_t budget = defaultBudget);
    /// False: the budget ended before the capture did; there is more to read.
    bool caughtUp() const { return !behind_; }

    std::uint64_t firstLine() const { return firstLine_; }
    std::uint64_t endLine() const { return firstLine_ + rows_.size(); }
    bool holds(std::uint64_t line) const { return line >= firstLine() && line < endLine(); }
    /// `line` must be held.
    std::uint64_t captureRow(std::uint64_t line) const { return rows_[line - firstLine_]; }
    /// The line of a capture row; endLine() when it is not shown.
    std::uint64_t lineOf(std::uint64_t captureRow) const;
    /// Rows of the whole capture that its limit has pushed out.
    std::uint64_t evictedRows() const { return evictedRows_; }

    static bool passes(const CallRecord& record, Filter filter);

private:
    bool dropEvicted();
    std::uint64_t scan(std::size_t budget);
    bool wanted(const CallRecord& record, std::uint64_t row);
    bool echoes(const CallRecord& mark, std::uint64_t row) const;

    const CaptureStore* capture_ = nullptr;
    Filter filter_ = Filter::Traffic;
    std::vector<std::uint32_t> only_;  // sorted
    std::deque<std::uint64_t> rows_;
    Stage outcomeStage_ = Stage::Getaddrinfo;
    std::uint32_t outcomeConnection_ = 0;
    std::uint64_t outcomeRow_ = none;  // the latest call that ended something
    bool queuedOutcome_ = false;  // it took an error off the error queue: the mark behind it says the same
    bool outcomeFailed_ = false;
    static constexpr std::uint64_t none = ~std::uint64_t{0};
    bool behind_ = false;
    std::uint64_t firstLine_ = 1, nextRow_ = 0, evictedRows_ = 0;
};

}  // namespace sockstage
