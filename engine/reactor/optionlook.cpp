// SPDX-License-Identifier: GPL-3.0-or-later
#include "optionlook.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <limits>

#include "kernellook.h"

namespace sockstage {
namespace {

using Bytes = std::span<const std::byte>;
constexpr std::int64_t microsecondsPerSecond = 1'000'000;

template <typename T>
std::vector<std::byte> bytesOf(const T& value) {
    const auto bytes = std::as_bytes(std::span(&value, 1));
    return {bytes.begin(), bytes.end()};
}

template <typename T>
T read(Bytes bytes) {
    T value{};
    std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof value));
    return value;
}

bool fitsInt(std::int64_t value) {
    return value >= std::numeric_limits<int>::min() && value <= std::numeric_limits<int>::max();
}

std::int64_t numberOf(const OptionFact& fact, Bytes bytes) {
    if (fact.kind == OptionKind::Linger) {
        const auto value = read<linger>(bytes);
        return value.l_onoff == 0 ? -1 : value.l_linger;
    }
    if (fact.kind == OptionKind::Timeval) {
        const auto value = read<timeval>(bytes);
        return value.tv_sec * microsecondsPerSecond + value.tv_usec;
    }
    if (bytes.size() >= sizeof(std::int64_t)) return read<std::int64_t>(bytes);
    return bytes.size() == 1 ? std::to_integer<int>(bytes[0]) : read<int>(bytes);
}

/// Names come with or without their NUL.
std::string textOf(Bytes bytes) {
    const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return text.substr(0, text.find('\0'));
}

std::int64_t limitOf(const char* path) {
    std::int64_t limit = 0;
    std::ifstream(path) >> limit;
    return limit;
}

/// socket(7): the requested size is cut to the limit, then doubled.
std::string bufferNote(std::int64_t asked, std::int64_t granted, std::string_view name, std::int64_t limit) {
    const std::string doubled = "the kernel doubles it, for its own bookkeeping";
    if (limit > 0 && asked > limit && granted == 2 * limit)
        return "more than " + std::string(name) + " (" + std::to_string(limit) + "): cut to that, and " +
               doubled;
    if (granted == 2 * asked) return doubled;
    return granted > 2 * asked ? "raised to the least that the kernel allows" : "";
}

std::string noteOn(const OptionFact& fact, std::int64_t asked, std::int64_t granted) {
    if (fact.symbol == "SO_RCVBUF")
        return bufferNote(asked, granted, "net.core.rmem_max", limitOf("/proc/sys/net/core/rmem_max"));
    if (fact.symbol == "SO_SNDBUF")
        return bufferNote(asked, granted, "net.core.wmem_max", limitOf("/proc/sys/net/core/wmem_max"));
    if (fact.symbol == "TCP_DEFER_ACCEPT" && granted != asked)
        return "rounded up to a time at which the kernel repeats its SYN-ACK";
    return {};
}

void addAsked(OptionValue& value, const AskedOptions::Entry& entry) {
    value.setError = entry.error;
    if (!entry.accepted) return;
    if (value.fact->kind == OptionKind::Text)
        value.askedText = textOf(entry.value);
    else
        value.asked = numberOf(*value.fact, entry.value);
    if (value.asked && value.granted) value.note = noteOn(*value.fact, *value.asked, *value.granted);
}

OptionValue lookAt(int fd, const OptionFact& fact) {
    OptionRoom room{};
    std::size_t length = 0;
    OptionValue value;
    value.fact = &fact;
    value.error = lookAtOption(fd, fact.level, fact.name, room, length);
    if (value.error != 0) return value;
    const Bytes bytes = Bytes(room).first(length);
    if (fact.kind == OptionKind::Text) {
        value.text = textOf(bytes);
        return value;
    }
    value.granted = numberOf(fact, bytes);
    value.text = optionValueText(fact, *value.granted);
    return value;
}

bool isIpv6Socket(int fd) {
    OptionRoom room{};
    std::size_t length = 0;
    return lookAtOption(fd, SOL_SOCKET, SO_DOMAIN, room, length) == 0 && read<int>(room) == AF_INET6;
}

}  // namespace

std::vector<std::byte> optionBytes(const OptionFact& fact, std::int64_t value) {
    switch (fact.kind) {
        case OptionKind::Text:
            return {};
        case OptionKind::Linger:
            if (!fitsInt(value)) return {};
            return bytesOf(linger{value < 0 ? 0 : 1, static_cast<int>(std::max<std::int64_t>(value, 0))});
        case OptionKind::Timeval:
            return bytesOf(timeval{static_cast<time_t>(value / microsecondsPerSecond),
                                   static_cast<suseconds_t>(value % microsecondsPerSecond)});
        case OptionKind::BytesPerSecond:
            if (!fitsInt(value)) return bytesOf(value);
            break;
        default:
            break;
    }
    return fitsInt(value) ? bytesOf(static_cast<int>(value)) : std::vector<std::byte>();
}

std::vector<std::byte> optionBytes(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

OptionValue lookAtOption(int fd, const OptionFact& fact, const AskedOptions& asked) {
    OptionValue value = lookAt(fd, fact);
    if (const auto* entry = asked.find(fact.level, fact.name)) addAsked(value, *entry);
    return value;
}

std::vector<OptionValue> lookAtOptions(int fd, std::span<const OptionFact> options,
                                       const AskedOptions& asked) {
    const bool v6 = isIpv6Socket(fd);
    std::vector<OptionValue> values;
    for (const OptionFact& fact : options)
        if (v6 || !isIpv6Option(fact)) values.push_back(lookAtOption(fd, fact, asked));
    return values;
}

}  // namespace sockstage
