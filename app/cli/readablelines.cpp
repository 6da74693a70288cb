// SPDX-License-Identifier: GPL-3.0-or-later
#include "readablelines.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

#include "calltext.h"
#include "kerneltext.h"
#include "payloadtext.h"

namespace sockstage {
namespace {

constexpr std::int64_t nsPerSecond = 1'000'000'000;

std::string clockText(std::int64_t second) {
    const auto time = static_cast<std::time_t>(second);
    std::tm local{};
    localtime_r(&time, &local);
    std::array<char, 16> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%H:%M:%S", &local)};
}

std::string count(const Counter& counter, const char* unit) {
    return std::to_string(counter.get()) + ' ' + unit;
}

std::string countUnlessNone(const Counter& counter, const char* unit) {
    return counter.get() == 0 ? std::string() : ", " + count(counter, unit);
}

/// Marks are our own sentences; what they quote was escaped as they were written.
std::string detailText(const EventRecord& view) {
    return printableText({reinterpret_cast<const char*>(view.bytes.data()), view.bytes.size()});
}

}  // namespace

void ReadableLines::line(const EventPlace& place, std::string_view what) {
    const std::int64_t second = place.timeNs / nsPerSecond;
    if (second != second_) {
        second_ = second;
        clockText_ = clockText(second);
    }
    std::array<char, 48> place_{};
    const int length =
        place.connection == 0
            ? std::snprintf(place_.data(), place_.size(), ".%06lld  %-5d  ",
                            static_cast<long long>(place.timeNs % nsPerSecond / 1000), place.session)
            : std::snprintf(place_.data(), place_.size(), ".%06lld  %d.%-3u  ",
                            static_cast<long long>(place.timeNs % nsPerSecond / 1000), place.session,
                            place.connection);
    out_ += clockText_;
    out_.append(place_.data(), static_cast<std::size_t>(length));
    out_ += what;
    out_ += '\n';
}

void ReadableLines::open(const EventPlace& place, Role role, std::string_view address,
                         std::string_view name) {
    std::string what = std::string(roleTitle(role)) + ' ' + escapedText(address);
    if (!name.empty()) what += " (" + escapedText(name) + ')';
    line(place, what);
}

void ReadableLines::call(const EventPlace& place, const EventRecord& view) {
    line(place, callText(view.record, view.bytes, CallNotation::Libc));
}

void ReadableLines::stage(const EventPlace& place, const EventRecord& view) {
    std::string what = "-- " + std::string(stageName(view.record.stage)) + ' ' +
                       std::string(stageStateName(view.record.markState()));
    if (!view.bytes.empty()) what += ": " + detailText(view);
    line(place, what);
}

void ReadableLines::bound(const EventPlace& place, std::string_view address) {
    line(place, "-- bound to " + std::string(address));
}

void ReadableLines::connection(const EventPlace& place, ConnectionEvent event, const ConnectionSlot& slot) {
    const std::string peer = slot.peer.text();
    switch (event) {
        case ConnectionEvent::Open:
            return line(place, "-- peer " + peer + (slot.local.isValid() ? " on " + slot.local.text() : ""));
        case ConnectionEvent::Eof:
            return line(place, "-- peer " + peer + " ended sending (EOF)");
        case ConnectionEvent::Reset:
            return line(place, "-- peer " + peer + ": reset");
        case ConnectionEvent::Closed:
            return line(place, "-- peer " + peer + ": closed");
    }
}

/// Drops have a line of their own, the stage's.
void ReadableLines::data(const EventPlace& place, const EventRecord& view, std::string_view /*peer*/,
                         std::uint32_t /*dropped*/) {
    if (!withPayload_) return;  // the call's own line begins to show it
    line(place, (isReceive(view.record.call) ? "<- " : "-> ") + escapedText(view.data));
}

/// The stage's own line says it.
void ReadableLines::queuedError(const EventPlace& /*place*/, const QueuedError& /*error*/,
                                std::string_view /*text*/) {}

void ReadableLines::option(const EventPlace& place, const OptionValue& value) {
    std::string what = "-- option " + std::string(value.fact->symbol) + ": ";
    what += value.error != 0 ? errnoName(value.error) : escapedText(value.text);
    if (value.asked) what += ", asked for " + optionValueText(*value.fact, *value.asked);
    if (!value.askedText.empty()) what += ", asked for " + escapedText(value.askedText);
    if (!value.note.empty()) what += ": " + value.note;
    if (value.setError != 0) what += ", the last setsockopt() was refused: " + errnoName(value.setError);
    line(place, what);
}

void ReadableLines::reachability(const EventPlace& place, const Reachability& reach) {
    line(place, (reach.reachable ? "-- reachable at " : "-- not reachable at ") + reach.address +
                    (reach.interface.empty() ? "" : " (" + escapedText(reach.interface) + ")") + ": " +
                    printableText(reach.why));
}

/// Each line of the cause on one of its own.
void ReadableLines::failure(const EventPlace& place, std::string_view reason, std::string_view cause,
                            const PortHolders& holders) {
    line(place, "-- failed: " + printableText(reason));
    while (!cause.empty()) {
        const std::size_t end = std::min(cause.find('\n'), cause.size());
        line(place, "-- why: " + printableText(cause.substr(0, end)));
        cause.remove_prefix(std::min(end + 1, cause.size()));
    }
    for (const std::string& each : portHolderLines(holders))
        line(place, (each.starts_with("and ") ? "-- " : "-- held by ") + each);
}

void ReadableLines::kernel(const EventPlace& place, const KernelFacts& facts, std::uint64_t missed) {
    if (missed != 0) line(place, "-- " + std::to_string(missed) + " looks at the kernel could not be shown");
    line(place, "-- " + kernelText(facts));
}

void ReadableLines::evicted(const EventPlace& place, std::uint64_t rows, std::uint64_t bytes) {
    line(place, "-- " + std::to_string(rows) + " rows with " + std::to_string(bytes) +
                    " bytes evicted before they could be shown");
}

void ReadableLines::totals(const EventPlace& place, const SessionCounters& counters) {
    line(place, "-- received " + count(counters.receivedBytes, "bytes in ") +
                    count(counters.receivedMessages, "messages; sent ") +
                    count(counters.sentBytes, "bytes in ") + count(counters.sentMessages, "messages; ") +
                    count(counters.connections, "connections, ") + count(counters.errors, "errors, ") +
                    count(counters.discardedBytes, "bytes discarded") +
                    countUnlessNone(counters.truncatedBytes, "bytes of datagrams cut off") +
                    countUnlessNone(counters.kernelDrops, "datagrams dropped by the kernel"));
}

void ReadableLines::close(const EventPlace& place, std::string_view reason) {
    line(place, "-- closed: " + std::string(reason));
}

/// A line of its own between those of the sockets.
void ReadableLines::scene(const SceneEvent& event) {
    const std::string step =
        "step " + std::to_string(event.step) + " of " + std::to_string(event.steps) + ": ";
    const EventPlace place{event.timeNs, 0, 0};
    switch (event.state) {
        case SceneEvent::State::Opening:
            return line(place, "== " + event.text);
        case SceneEvent::State::Step:
            return line(place, "== " + step + event.text);
        case SceneEvent::State::Shown:
            return line(place, "== shown: " + event.text);
        case SceneEvent::State::Stuck:
            return line(place, "== not shown: " + event.text);
    }
}

}  // namespace sockstage
