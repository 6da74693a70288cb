// SPDX-License-Identifier: GPL-3.0-or-later
#include "recordfind.h"

#include <QElapsedTimer>
#include <algorithm>

namespace sockstage {
namespace {

/// What is painted of a line, and somewhat more; longer payloads are searched as bytes.
constexpr int searchedColumns = 512;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool holdsBytes(std::span<const std::byte> data, const std::string& wanted) {
    const auto* begin = reinterpret_cast<const char*>(data.data());
    const auto* end = begin + data.size();
    return std::search(begin, end, wanted.begin(), wanted.end(),
                       [](char a, char b) { return lower(a) == b; }) != end;
}

}  // namespace

void RecordFind::setText(const QString& text) {
    text_ = text;
    bytes_ = text.toStdString();
    std::transform(bytes_.begin(), bytes_.end(), bytes_.begin(), lower);
    state_ = State::Idle;
}

void RecordFind::start(std::uint64_t fromLine, bool forward) {
    if (text_.isEmpty()) return;
    line_ = fromLine;
    forward_ = forward;
    counted_ = false;
    state_ = State::Searching;
}

// False: every line has been looked at.
bool RecordFind::advance(const RecordRows& rows) {
    const std::uint64_t first = rows.firstLine(), end = rows.endLine();
    if (first == end) return false;
    if (!counted_) left_ = end - first;
    counted_ = true;
    if (left_-- == 0) return false;
    if (forward_)
        line_ = line_ + 1 >= end ? first : std::max(line_ + 1, first);
    else
        line_ = line_ <= first ? end - 1 : std::min(line_ - 1, end - 1);
    return true;
}

bool RecordFind::matches(const RecordSource& source, const CaptureStore::Pin& pin, std::uint64_t row,
                         bool calls) const {
    const CallRecord& record = pin.record(row);
    const RecordLine line = calls ? callLine(source, pin, record)
                                  : trafficLine(source, pin, record, PayloadStyle::Text, searchedColumns);
    if (line.wholeLine().contains(text_, Qt::CaseInsensitive)) return true;
    return !calls && isTransfer(record.call) && holdsBytes(pin.data(record), bytes_);
}

RecordFind::State RecordFind::proceed(const RecordSource& source, const RecordRows& rows, bool calls,
                                      int budgetMs) {
    if (state_ != State::Searching) return state_;
    QElapsedTimer timer;
    timer.start();
    CaptureStore::Pin pin;
    while (timer.elapsed() < budgetMs) {
        if (!advance(rows)) return state_ = State::NotFound;
        const std::uint64_t row = rows.captureRow(line_);
        if (!pin || row < pin.firstRow() || row >= pin.endRow()) pin = source.capture->pin(row);
        if (pin && matches(source, pin, row, calls)) return state_ = State::Found;
    }
    return state_;
}

}  // namespace sockstage
