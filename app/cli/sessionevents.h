// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <set>
#include <vector>

#include "capturestore.h"
#include "connectiontable.h"
#include "eventsink.h"
#include "kernelhistory.h"
#include "optionreadings.h"

namespace sockstage {

class Session;

/// Reads one session's capture row by row and reports to a sink what happened: the calls themselves and
/// what follows from them (bound, connection, data). Main thread; the worker is never waited for.
class SessionEvents {
public:
    SessionEvents(Session& session, int number, EventSink& sink);

    /// The capture's clock at the next row's beginning, look at the kernel or answer about options; false:
    /// there is none of them now.
    bool peek(std::int64_t& beginNs);
    /// Writes what peek() saw.
    void writeNext();
    /// A pinned chunk cannot be recycled: let go of it before waiting for anything.
    void unpin() { pin_ = {}; }
    bool isDrained();
    /// The request of this input line has one answer to come.
    void awaitAnswer(std::uint64_t requestId) { awaited_.insert(requestId); }
    std::size_t awaitedAnswers() const { return awaited_.size(); }
    /// The session is over: prints an error for each request without an answer.
    void giveUpAnswers();
    std::uint64_t unreadRows() const { return capture_.endRow() - next_; }
    std::uint64_t unreadLooks();
    std::uint64_t unreadAnswers();

private:
    enum Seen : std::uint8_t { Opened = 1, EofSeen = 2, ResetSeen = 4, Ended = 8 };

    enum class Next : std::uint8_t { Row, Look, Answer };

    void takeLooks();
    void writeLook();
    void writeAnswer();
    void printRequestError(std::uint64_t requestId, const char* what) const;
    void writeRow();
    bool pinNext();
    void noteEviction();
    EventPlace placeOf(const CallRecord& record) const;
    void follow(const EventPlace& place, const EventRecord& view);
    void followTransfer(const EventPlace& place, const EventRecord& view);
    std::uint32_t droppedBefore(const EventRecord& view);
    void followClose(const EventPlace& place);
    void openOnce(const EventPlace& place);
    void eofOnce(const EventPlace& place);
    void resetOnce(const EventPlace& place);
    void endOnce(const EventPlace& place);
    std::uint8_t& seen(std::uint32_t connection);

    Session& session_;
    const CaptureStore& capture_;
    const int number_;
    EventSink& sink_;
    CaptureStore::Pin pin_;
    std::uint64_t next_ = 0;
    std::uint64_t bytesRead_ = 0, bytesMissed_ = 0;
    std::deque<KernelLog::Entry> looks_;  // taken from the session, not yet written
    std::uint64_t looksMissed_ = 0;
    std::deque<OptionAnswer> answers_;  // the same
    std::set<std::uint64_t> awaited_;
    Next nextIs_ = Next::Row;
    std::uint32_t drops_ = 0;         // that the last datagram reported
    std::vector<std::uint8_t> seen_;  // by connection number
};

}  // namespace sockstage
