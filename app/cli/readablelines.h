// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "eventsink.h"

namespace sockstage {

/// Lines for a person at a terminal, appended to `out`: local time, session.connection, what happened.
/// Everything that came from outside is escaped, so that a peer cannot drive the terminal.
class ReadableLines : public EventSink {
public:
    ReadableLines(std::string& out, bool withPayload) : out_(out), withPayload_(withPayload) {}

    void open(const EventPlace& place, Role role, std::string_view address, std::string_view name) override;
    void call(const EventPlace& place, const EventRecord& view) override;
    void stage(const EventPlace& place, const EventRecord& view) override;
    void bound(const EventPlace& place, std::string_view address) override;
    void connection(const EventPlace& place, ConnectionEvent event, const ConnectionSlot& slot) override;
    void data(const EventPlace& place, const EventRecord& view, std::string_view peer,
              std::uint32_t dropped) override;
    void queuedError(const EventPlace& place, const QueuedError& error, std::string_view text) override;
    void option(const EventPlace& place, const OptionValue& value) override;
    void reachability(const EventPlace& place, const Reachability& reach) override;
    void failure(const EventPlace& place, std::string_view reason, std::string_view cause,
                 const PortHolders& holders) override;
    void kernel(const EventPlace& place, const KernelFacts& facts, std::uint64_t missed) override;
    void evicted(const EventPlace& place, std::uint64_t rows, std::uint64_t bytes) override;
    void totals(const EventPlace& place, const SessionCounters& counters) override;
    void close(const EventPlace& place, std::string_view reason) override;
    void scene(const SceneEvent& event) override;

private:
    void line(const EventPlace& place, std::string_view what);

    std::string& out_;
    const bool withPayload_;
    std::int64_t second_ = -1;  // clockText_ is made once per second
    std::string clockText_;
};

}  // namespace sockstage
