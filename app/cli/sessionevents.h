#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "capturestore.h"
#include "connectiontable.h"
#include "eventsink.h"
#include "kernelhistory.h"

namespace sockstage {

class Session;

/// Reads one session's capture row by row and tells a sink what happened: the calls themselves and
/// what follows from them (bound, connection, data). Main thread; the worker is never waited for.
class SessionEvents {
public:
    SessionEvents(Session& session, int number, EventSink& sink);

    /// The capture's clock at the next row's beginning, or at the next look at the kernel; false: there is
    /// neither now.
    bool peek(std::int64_t& beginNs);
    /// Writes what peek() saw.
    void writeNext();
    /// A pinned chunk cannot be recycled: let go of it before waiting for anything.
    void unpin() { pin_ = {}; }
    bool isDrained();
    std::uint64_t unreadRows() const { return capture_.endRow() - next_; }

private:
    enum Seen : std::uint8_t { Opened = 1, EofSeen = 2, ResetSeen = 4, Ended = 8 };

    void takeLooks();
    void writeLook();
    void writeRow();
    bool pinNext();
    void noteEviction();
    EventPlace placeOf(const CallRecord& record) const;
    void follow(const EventPlace& place, const RecordView& view);
    void followTransfer(const EventPlace& place, const RecordView& view);
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
    bool lookIsNext_ = false;
    std::vector<std::uint8_t> seen_;  // by connection number
};

}  // namespace sockstage
