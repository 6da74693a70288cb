// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <optional>

#include "recordrows.h"
#include "recordtext.h"

namespace sockstage {

/// A search through the lines of a view that goes on a little at every tick.
class RecordFind {
public:
    enum class State : std::uint8_t { Idle, Searching, Found, NotFound };

    void setText(const QString& text);
    const QString& text() const { return text_; }
    /// Starts behind `fromLine` (or before it) and comes round once.
    void start(std::uint64_t fromLine, bool forward);
    /// Looks at lines for at most `budgetMs`. Found: the line is in line().
    State proceed(const RecordSource& source, const RecordRows& rows, bool calls, int budgetMs = 10);
    State state() const { return state_; }
    std::uint64_t line() const { return line_; }

private:
    bool advance(const RecordRows& rows);
    bool matches(const RecordSource& source, const CaptureStore::Pin& pin, std::uint64_t row,
                 bool calls) const;

    QString text_;
    std::string bytes_;  // the same, lower case, to look for in payloads
    State state_ = State::Idle;
    std::uint64_t line_ = 0, left_ = 0;
    bool forward_ = true, counted_ = false;
};

}  // namespace sockstage
