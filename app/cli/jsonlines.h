// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "eventsink.h"

namespace sockstage {

/// One JSON object per line, appended to `out`. Assembled by hand: a QJsonDocument for each call costs
/// several times what the call itself did.
class JsonLines : public EventSink {
public:
    JsonLines(std::string& out, bool withPayload) : out_(out), withPayload_(withPayload) {}

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
    void begin(const EventPlace& place, std::string_view event);
    void end() { out_ += "}\n"; }
    void key(std::string_view name);
    void string(std::string_view name, std::string_view value);
    void stringOrNull(std::string_view name, std::string_view value);
    void number(std::string_view name, std::int64_t value);
    void factOrNull(std::string_view name, std::int64_t value);
    void count(std::string_view name, const Counter& counter);
    void numberOrNull(std::string_view name, std::uint32_t value);

    std::string& out_;
    const bool withPayload_;
};

/// `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
void appendJsonString(std::string& out, std::string_view text);

}  // namespace sockstage
