// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "callrecord.h"
#include "connectiontable.h"
#include "counter.h"
#include "kernelfacts.h"
#include "portholder.h"
#include "queuederror.h"
#include "reachability.h"
#include "socketoptions.h"
#include "stage.h"

namespace sockstage {

/// When, and in which session (from 1) and connection (0: the session's own socket).
struct EventPlace {
    std::int64_t timeNs = 0;  ///< since 1970
    int session = 0;
    std::uint32_t connection = 0;
};

/// A record while its chunk is pinned.
struct EventRecord {
    const CallRecord& record;
    std::span<const std::byte> bytes, data;
};

enum class ConnectionEvent : std::uint8_t { Open, Eof, Reset, Closed };

/// Something about a scene that is played. The text says what it is about, what is done, or what has shown.
struct SceneEvent {
    enum class State : std::uint8_t { Opening, Step, Shown, Stuck };
    std::int64_t timeNs = 0;  ///< since 1970
    State state = State::Opening;
    std::string scene;
    int step = 0;  ///< from 1; 0 while it opens
    int steps = 0;
    std::string text;
};

/// Takes what happened, in order, and turns it into text for one reader. Main thread.
class EventSink {
public:
    virtual ~EventSink() = default;
    /// `name`: what the socket is called beside its role; may be empty.
    virtual void open(const EventPlace& place, Role role, std::string_view address,
                      std::string_view name) = 0;
    virtual void call(const EventPlace& place, const EventRecord& view) = 0;
    virtual void stage(const EventPlace& place, const EventRecord& view) = 0;
    virtual void bound(const EventPlace& place, std::string_view address) = 0;
    virtual void connection(const EventPlace& place, ConnectionEvent event, const ConnectionSlot& slot) = 0;
    /// `peer` is empty for a stream; `dropped`: datagrams that the kernel dropped since the one before.
    virtual void data(const EventPlace& place, const EventRecord& view, std::string_view peer,
                      std::uint32_t dropped) = 0;
    /// An entry of the error queue, which the record took.
    virtual void queuedError(const EventPlace& place, const QueuedError& error, std::string_view text) = 0;
    virtual void option(const EventPlace& place, const OptionValue& value) = 0;
    virtual void reachability(const EventPlace& place, const Reachability& reach) = 0;
    /// The session as a whole failed; the cause may be empty.
    virtual void failure(const EventPlace& place, std::string_view reason, std::string_view cause,
                         const PortHolders& holders) = 0;
    /// A look at the kernel's side of a socket; `missed`: looks before it that could not be printed.
    virtual void kernel(const EventPlace& place, const KernelFacts& facts, std::uint64_t missed) = 0;
    virtual void evicted(const EventPlace& place, std::uint64_t rows, std::uint64_t bytes) = 0;
    virtual void totals(const EventPlace& place, const SessionCounters& counters) = 0;
    virtual void close(const EventPlace& place, std::string_view reason) = 0;
    virtual void scene(const SceneEvent& event) = 0;
};

}  // namespace sockstage
