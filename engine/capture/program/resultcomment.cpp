// SPDX-License-Identifier: GPL-3.0-or-later
#include "resultcomment.h"

#include <array>
#include <cstdio>
#include <span>

#include "calltext.h"
#include "payloadtext.h"
#include "queuederror.h"
#include "socketaddress.h"
#include "symbolnames.h"

namespace sockstage {
namespace {

constexpr std::size_t shownBytes = 32;

/// "830 ns", "3.1 µs", "1.2 ms", "2.5 s"
std::string durationText(std::int64_t ns) {
    struct Unit {
        double factor;
        const char* name;
    };
    static constexpr std::array<Unit, 3> units{{{1e9, "s"}, {1e6, "ms"}, {1e3, "\u00b5s"}}};
    for (const Unit& unit : units) {
        if (static_cast<double>(ns) < unit.factor) continue;
        std::array<char, 40> text{};
        std::snprintf(text.data(), text.size(), "%.1f %s", static_cast<double>(ns) / unit.factor, unit.name);
        return text.data();
    }
    return std::to_string(ns) + " ns";
}

/// The quotation marks also keep a backslash from being the last character of the line.
std::string received(const ProgramStep& step) {
    const std::span<const std::byte> data(step.data);
    const std::size_t length = std::min<std::size_t>(step.record.dataLength(), data.size());
    const bool cut = step.record.dataLength() > shownBytes;
    std::string text = '"' + escapedText(data.first(std::min(length, shownBytes)), shownBytes) + '"';
    if (cut) text += "...";
    return text;
}

std::string queued(const ProgramStep& step, bool stream) {
    std::vector<std::byte> bytes = step.data;
    bytes.insert(bytes.end(), step.address.begin(), step.address.end());
    const auto error = queuedError(step.record, bytes);
    return error ? queuedErrorText(*error, stream) : std::string();
}

std::string list(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

/// What the caller learned from the call beside the result.
std::string answer(const ProgramStep& step, bool stream) {
    const CallRecord& record = step.record;
    const std::string address = step.address.empty() ? "" : SocketAddress::fromBytes(step.address).text();
    switch (record.call) {
        case Call::Getaddrinfo:
            return list(resolvedAddresses(step.data));
        case Call::Getsockname:
        case Call::Getpeername:
        case Call::Accept4:
            return address;
        case Call::Recv:
            return isEof(record) ? "the peer closed its sending side" : received(step);
        case Call::Recvfrom:
        case Call::RecvmsgDatagram:
            return received(step) + " from " + address +
                   (record.truncated() ? "; the rest of the datagram was cut off" : "");
        case Call::Recvmsg:
            return queued(step, stream);
        default:
            return {};
    }
}

}  // namespace

std::string resultComment(const ProgramStep& step, bool stream) {
    const CallRecord& record = step.record;
    const std::string after = " after " + durationText(record.durationNs);
    if (record.call == Call::Getaddrinfo && record.failed())
        return "failed with " + errorName(record) + " (" + eaiText(static_cast<int>(record.result)) + ')' +
               after;
    if (record.failed())
        return "failed with " + errorName(record) + " (" + errnoText(record.error) + ')' + after;
    std::string text = "returned " + std::to_string(record.result) + after;
    const bool partial = isSend(record.call) && record.result < static_cast<std::int64_t>(record.asked);
    if (partial) text += ", " + std::to_string(record.asked) + " bytes were offered";
    if (const std::string told = answer(step, stream); !told.empty()) text += ": " + told;
    return text;
}

}  // namespace sockstage
