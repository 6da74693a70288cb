#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "callrecord.h"
#include "connectiontable.h"
#include "counter.h"
#include "stage.h"

namespace sockstage {

/// When, and in which session (from 1) and connection (0: the session's own socket).
struct EventPlace {
    std::int64_t timeNs = 0;  ///< since 1970
    int session = 0;
    std::uint32_t connection = 0;
};

/// A record while its chunk is pinned.
struct RecordView {
    const CallRecord& record;
    std::span<const std::byte> bytes, data;
};

enum class ConnectionEvent : std::uint8_t { Open, Eof, Reset, Closed };

/// Takes what happened, in order, and turns it into text for one reader. Main thread.
class EventSink {
public:
    virtual ~EventSink() = default;
    virtual void open(const EventPlace& place, Role role, std::string_view address) = 0;
    virtual void call(const EventPlace& place, const RecordView& view) = 0;
    virtual void stage(const EventPlace& place, const RecordView& view) = 0;
    virtual void bound(const EventPlace& place, std::string_view address) = 0;
    virtual void connection(const EventPlace& place, ConnectionEvent event, const ConnectionSlot& slot) = 0;
    /// `peer` is empty for a stream.
    virtual void data(const EventPlace& place, const RecordView& view, std::string_view peer) = 0;
    virtual void evicted(const EventPlace& place, std::uint64_t rows, std::uint64_t bytes) = 0;
    virtual void totals(const EventPlace& place, const SessionCounters& counters) = 0;
    virtual void close(const EventPlace& place, std::string_view reason) = 0;
};

}  // namespace sockstage
