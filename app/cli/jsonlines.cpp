// SPDX-License-Identifier: GPL-3.0-or-later
#include "jsonlines.h"

#include <QByteArray>
#include <QJsonArray>
#include <QJsonDocument>
#include <QString>
#include <algorithm>
#include <array>
#include <charconv>

#include "calltext.h"
#include "kernelfields.h"

namespace sockstage {
namespace {

constexpr std::array<std::string_view, 4> connectionWords{"open", "eof", "reset", "closed"};
constexpr std::array<std::string_view, 4> sourceWords{"none", "descriptor", "sock_diag", "gone"};
constexpr std::array<std::string_view, 4> sceneWords{"opening", "step", "shown", "stuck"};
constexpr std::array<std::string_view, 4> originWords{"other", "local", "icmp", "icmp6"};
constexpr std::array<std::string_view, 6> timerWords{"none",      "retransmit",        "keepalive",
                                                     "time-wait", "zero-window-probe", ""};

void appendNumber(std::string& out, std::int64_t value) {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end);
}

bool needsNoEscape(char c) {
    return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
}

/// strace's notation is ASCII with many quotes and backslashes: worth a path of its own.
bool isAscii(char c) {
    return c >= ' ' && c < 0x7f;
}

void appendEscapedAscii(std::string& out, std::string_view text) {
    for (const char c : text) {
        if (!needsNoEscape(c)) out += '\\';
        out += c;
    }
}

void appendByQt(std::string& out, std::string_view text) {
    const auto string = QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
    const QByteArray array = QJsonDocument(QJsonArray{string}).toJson(QJsonDocument::Compact);
    out.append(array.constData() + 2, static_cast<std::size_t>(array.size() - 4));  // without [" and "]
}

void appendBase64(std::string& out, std::span<const std::byte> bytes) {
    const auto encoded = QByteArray::fromRawData(reinterpret_cast<const char*>(bytes.data()),
                                                 static_cast<qsizetype>(bytes.size()))
                             .toBase64();
    out.append(encoded.constData(), static_cast<std::size_t>(encoded.size()));
}

}  // namespace

void appendJsonString(std::string& out, std::string_view text) {
    out += '"';
    if (std::all_of(text.begin(), text.end(), needsNoEscape))
        out += text;
    else if (std::all_of(text.begin(), text.end(), isAscii))
        appendEscapedAscii(out, text);
    else
        appendByQt(out, text);
    out += '"';
}

void JsonLines::key(std::string_view name) {
    out_ += ",\"";
    out_ += name;
    out_ += "\":";
}

void JsonLines::string(std::string_view name, std::string_view value) {
    key(name);
    appendJsonString(out_, value);
}

void JsonLines::stringOrNull(std::string_view name, std::string_view value) {
    if (!value.empty()) return string(name, value);
    key(name);
    out_ += "null";
}

void JsonLines::number(std::string_view name, std::int64_t value) {
    key(name);
    appendNumber(out_, value);
}

void JsonLines::count(std::string_view name, const Counter& counter) {
    number(name, static_cast<std::int64_t>(counter.get()));
}

void JsonLines::numberOrNull(std::string_view name, std::uint32_t value) {
    if (value != 0) return number(name, value);
    key(name);
    out_ += "null";
}

void JsonLines::factOrNull(std::string_view name, std::int64_t value) {
    if (value != KernelFacts::absent) return number(name, value);
    key(name);
    out_ += "null";
}

void JsonLines::begin(const EventPlace& place, std::string_view event) {
    out_ += "{\"time_ns\":";
    appendNumber(out_, place.timeNs);
    number("session", place.session);
    string("event", event);
}

void JsonLines::open(const EventPlace& place, Role role, std::string_view address, std::string_view name) {
    begin(place, "open");
    string("role", roleName(role));
    string("address", address);
    if (!name.empty()) string("name", name);
    end();
}

void JsonLines::call(const EventPlace& place, const EventRecord& view) {
    const CallRecord& record = view.record;
    begin(place, "call");
    string("stage", stageName(record.stage));
    string("call", callName(record.call));
    string("text", callText(record, view.bytes));
    number("fd", record.fd);
    number("result", record.result);
    stringOrNull("errno", errorName(record));
    number("duration_ns", record.durationNs);
    numberOrNull("connection", place.connection);
    end();
}

void JsonLines::stage(const EventPlace& place, const EventRecord& view) {
    begin(place, "stage");
    string("stage", stageName(view.record.stage));
    string("state", stageStateName(view.record.markState()));
    string("detail", callText(view.record, view.bytes));
    if (place.connection != 0) number("connection", place.connection);
    end();
}

void JsonLines::bound(const EventPlace& place, std::string_view address) {
    begin(place, "bound");
    string("address", address);
    end();
}

void JsonLines::connection(const EventPlace& place, ConnectionEvent event, const ConnectionSlot& slot) {
    begin(place, "connection");
    number("connection", place.connection);
    string("state", connectionWords[static_cast<std::size_t>(event)]);
    string("peer", slot.peer.text());
    string("local", slot.local.text());
    number("fd", slot.firstFd);
    end();
}

void JsonLines::data(const EventPlace& place, const EventRecord& view, std::string_view peer,
                     std::uint32_t dropped) {
    begin(place, "data");
    numberOrNull("connection", place.connection);
    string("direction", isReceive(view.record.call) ? "received" : "sent");
    number("bytes", static_cast<std::int64_t>(view.data.size()));
    if (!peer.empty()) string("peer", peer);
    // The datagram's own length where the read size cut it.
    if (view.record.truncated()) number("datagram_bytes", view.record.result);
    if (dropped != 0) number("dropped_before", dropped);
    if (withPayload_) {
        key("payload");
        out_ += '"';
        appendBase64(out_, view.data);
        out_ += '"';
    }
    end();
}

void JsonLines::queuedError(const EventPlace& place, const QueuedError& error, std::string_view text) {
    const bool icmp = error.origin == QueuedError::Origin::Icmp || error.origin == QueuedError::Origin::Icmp6;
    begin(place, "error");
    numberOrNull("connection", place.connection);
    string("errno", errnoName(error.error));
    string("origin", originWords[static_cast<std::size_t>(error.origin)]);
    factOrNull("type", icmp ? error.type : KernelFacts::absent);
    factOrNull("code", icmp ? error.code : KernelFacts::absent);
    numberOrNull("mtu", error.mtu);
    stringOrNull("from", error.offender.isValid() ? error.offender.hostText() : "");
    string("to", error.destination.text());
    string("text", text);
    end();
}

void JsonLines::option(const EventPlace& place, const OptionValue& value) {
    begin(place, "option");
    numberOrNull("connection", place.connection);
    string("option", value.fact->symbol);
    stringOrNull("value", value.text);
    key("number");
    out_ += value.granted ? std::to_string(*value.granted) : "null";
    key("asked");
    if (value.askedText.empty())
        out_ += value.asked ? std::to_string(*value.asked) : "null";
    else
        appendJsonString(out_, value.askedText);
    stringOrNull("note", value.note);
    stringOrNull("errno", errnoName(value.error));
    stringOrNull("set_errno", errnoName(value.setError));
    end();
}

void JsonLines::reachability(const EventPlace& place, const Reachability& reach) {
    begin(place, "reachability");
    string("address", reach.address);
    string("interface", reach.interface);
    key("reachable");
    out_ += reach.reachable ? "true" : "false";
    string("why", reach.why);
    end();
}

void JsonLines::failure(const EventPlace& place, std::string_view reason, std::string_view cause,
                        const PortHolders& holders) {
    begin(place, "failure");
    string("reason", reason);
    stringOrNull("cause", cause);
    key("port_holders");
    out_ += '[';
    for (const PortHolder& each : holders.first) {
        out_ += &each == holders.first.data() ? "{\"local\":" : ",{\"local\":";
        appendJsonString(out_, each.local.text());
        stringOrNull("remote", each.remote.text());
        stringOrNull("state", each.state == TcpState::Unknown ? "" : tcpStateName(each.state));
        factOrNull("time_wait_ms", each.timeWaitMs);
        factOrNull("uid", each.state == TcpState::TimeWait ? KernelFacts::absent : each.uid);
        numberOrNull("pid", static_cast<std::uint32_t>(each.pid));
        stringOrNull("process", each.process);
        out_ += '}';
    }
    out_ += ']';
    if (holders.more() != 0) number("more_port_holders", static_cast<std::int64_t>(holders.more()));
    end();
}

void JsonLines::kernel(const EventPlace& place, const KernelFacts& facts, std::uint64_t missed) {
    begin(place, "kernel");
    numberOrNull("connection", place.connection);
    string("source", sourceWords[static_cast<std::size_t>(facts.source)]);
    stringOrNull("state", facts.state == TcpState::Unknown ? "" : tcpStateName(facts.state));
    stringOrNull("timer", timerWords[static_cast<std::size_t>(facts.timer)]);
    for (const KernelField& field : kernelFields)
        factOrNull(field.name, facts.*field.value);
    stringOrNull("congestion_control", facts.congestionControl.data());
    if (missed != 0) number("missed", static_cast<std::int64_t>(missed));
    end();
}

void JsonLines::evicted(const EventPlace& place, std::uint64_t rows, std::uint64_t bytes) {
    begin(place, "evicted");
    number("rows", static_cast<std::int64_t>(rows));
    number("bytes", static_cast<std::int64_t>(bytes));
    end();
}

void JsonLines::totals(const EventPlace& place, const SessionCounters& counters) {
    begin(place, "totals");
    count("received_bytes", counters.receivedBytes);
    count("sent_bytes", counters.sentBytes);
    count("received_messages", counters.receivedMessages);
    count("sent_messages", counters.sentMessages);
    count("connections", counters.connections);
    count("errors", counters.errors);
    count("dropped", counters.discardedBytes);
    count("truncated_bytes", counters.truncatedBytes);
    count("kernel_drops", counters.kernelDrops);
    count("would_block", counters.wouldBlock);
    end();
}

void JsonLines::close(const EventPlace& place, std::string_view reason) {
    begin(place, "close");
    string("reason", reason);
    end();
}

void JsonLines::scene(const SceneEvent& event) {
    begin({event.timeNs, 0, 0}, "scene");
    string("scene", event.scene);
    string("state", sceneWords[static_cast<std::size_t>(event.state)]);
    number("step", event.step);
    number("steps", event.steps);
    string("text", event.text);
    end();
}

}  // namespace sockstage
