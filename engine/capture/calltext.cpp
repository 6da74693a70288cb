// SPDX-License-Identifier: GPL-3.0-or-later
#include "calltext.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <utility>

#include "controlmessages.h"
#include "queuederror.h"
#include "socketaddress.h"
#include "stracequote.h"

namespace sockstage {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::array<std::string_view, callCount> callNames{
    "mark",        "getaddrinfo", "socket",  "setsockopt", "getsockopt", "bind",     "getsockname",
    "getpeername", "listen",      "accept4", "connect",    "recv",       "recvfrom", "send",
    "sendto",      "shutdown",    "close",   "recvmsg",    "recvmsg"};

std::string pointerText(Bytes bytes, std::size_t index) {
    std::uint64_t value = 0;
    if (bytes.size() < (index + 1) * sizeof value) return "NULL";
    std::memcpy(&value, bytes.data() + index * sizeof value, sizeof value);
    if (value == 0) return "NULL";
    std::string digits;
    for (; value != 0; value >>= 4U)
        digits.insert(digits.begin(), "0123456789abcdef"[value & 15U]);
    return "0x" + digits;
}

/// What only the call itself will show.
const std::string notKnownYet = "…";

std::string sockaddrText(Bytes bytes) {
    return SocketAddress::fromBytes(bytes).structText();
}

std::string lengthText(std::uint32_t given, std::size_t got) {
    const std::string text = std::to_string(got);
    return given == got ? '[' + text + ']' : '[' + std::to_string(given) + " => " + text + ']';
}

/// A sockaddr that the call filled in, with its value-result length; pointers when it failed.
std::string filledAddress(const CallRecord& record, Bytes bytes, CallNotation notation) {
    if (notation == CallNotation::Planned) return notKnownYet + ", [" + std::to_string(record.asked) + "]";
    if (record.failed()) return pointerText(bytes, 0) + ", [" + std::to_string(record.asked) + "]";
    return sockaddrText(bytes) + ", " + lengthText(record.asked, bytes.size());
}

std::string optionArguments(const CallRecord& record, Bytes bytes) {
    const std::string name = optionName(record.args[0], record.args[1]);
    const bool get = record.call == Call::Getsockopt;
    // strace takes four bytes for a number and prints any other length as they are.
    std::string value = bytes.size() == sizeof(int) ? '[' + std::to_string(optionValue(bytes)) + ']'
                                                    : straceQuoted(bytes, bytes.size());
    if (name == "SO_ERROR" && optionValue(bytes) != 0) value = '[' + errnoName(optionValue(bytes)) + ']';
    if (name == "SO_LINGER" && bytes.size() == 8)
        value = "{l_onoff=" + std::to_string(optionValue(bytes)) +
                ", l_linger=" + std::to_string(optionValue(bytes.subspan(4))) + '}';
    const std::string length = std::to_string(record.asked);
    return optionLevelName(record.args[0]) + ", " + name + ", " + value + ", " +
           (get ? '[' + length + ']' : length);
}

std::string sendArguments(const CallRecord& record, Bytes bytes, CallNotation notation) {
    const auto data = bytes.first(bytes.size() - record.addressLength);
    const bool unknown = notation == CallNotation::Planned && data.empty();
    std::string text = (unknown ? notKnownYet : straceQuoted(data, record.asked)) + ", " +
                       (unknown && record.asked == 0 ? notKnownYet : std::to_string(record.asked)) + ", " +
                       messageFlagsText(record.args[0]);
    if (record.call == Call::Sendto)
        return text + ", " + sockaddrText(bytes.last(record.addressLength)) + ", " +
               std::to_string(record.addressLength);
    return notation == CallNotation::Strace ? text + ", NULL, 0" : text;
}

std::string plannedReceive(const CallRecord& record) {
    const std::string text =
        notKnownYet + ", " + std::to_string(record.asked) + ", " + messageFlagsText(record.args[0]);
    if (record.call == Call::Recv) return text;
    return text + ", " + notKnownYet + ", [" + std::to_string(record.args[1]) + "]";
}

std::string receiveArguments(const CallRecord& record, Bytes bytes, CallNotation notation) {
    if (notation == CallNotation::Planned) return plannedReceive(record);
    const auto data = bytes.first(bytes.size() - record.addressLength);
    const auto got = static_cast<std::size_t>(std::max<std::int64_t>(record.result, 0));
    std::string text = record.failed() ? pointerText(bytes, 0)
                                       : straceQuoted(data, std::min<std::size_t>(got, record.asked));
    text += ", " + std::to_string(record.asked) + ", " + messageFlagsText(record.args[0]);
    if (record.call == Call::Recv) return notation == CallNotation::Strace ? text + ", NULL, NULL" : text;
    if (record.failed())
        return text + ", " + pointerText(bytes, 1) + ", [" + std::to_string(record.args[1]) + "]";
    return text + ", " + sockaddrText(bytes.last(record.addressLength)) + ", " +
           lengthText(static_cast<std::uint32_t>(record.args[1]), record.addressLength);
}

/// strace knows a message's fields only where the call filled them in.
std::string messageArguments(const CallRecord& record, Bytes bytes, CallNotation notation) {
    const std::string flags = messageFlagsText(record.args[0]);
    const std::string given = std::to_string(messageNameLength);
    if (notation == CallNotation::Planned) return '{' + notKnownYet + "}, " + flags;
    if (record.failed()) return "{msg_namelen=" + given + "}, " + flags;
    const std::size_t got = std::min<std::size_t>(static_cast<std::size_t>(record.result), record.asked);
    const Bytes data = bytes.first(record.dataLength());
    const Bytes control = messageControl(record, bytes);
    const Bytes name = bytes.last(record.addressLength);
    return "{msg_name=" + (name.empty() ? "NULL" : sockaddrText(name)) + ", msg_namelen=" + given +
           (name.size() == messageNameLength ? "" : " => " + std::to_string(name.size())) +
           ", msg_iov=[{iov_base=" + straceQuoted(data, got) + ", iov_len=" + std::to_string(record.asked) +
           "}], msg_iovlen=1" +
           (control.empty() ? ""
                            : ", msg_control=" + controlText(control, notation != CallNotation::Strace)) +
           ", msg_controllen=" + std::to_string(control.size()) +
           ", msg_flags=" + messageFlagsText(record.args[1]) + "}, " + flags;
}

/// Node and service of a recorded getaddrinfo, and what follows them.
struct Resolution {
    std::string_view node, service;
    Bytes addresses;
};

Resolution readResolution(Bytes bytes) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const std::size_t first = text.find('\0');
    const std::size_t second = text.find('\0', first + 1);
    return {text.substr(0, first), text.substr(first + 1, second - first - 1), bytes.subspan(second + 1)};
}

std::string getaddrinfoArguments(const CallRecord& record, Bytes bytes, CallNotation notation) {
    const Resolution resolution = readResolution(bytes);
    const auto asText = [](std::string_view s) {
        return straceQuoted(std::as_bytes(std::span(s)), s.size());
    };
    std::string text = asText(resolution.node) + ", " + asText(resolution.service) +
                       ", {ai_flags=" + addrinfoFlagsText(record.args[0]) +
                       ", ai_family=" + familyName(record.args[1]) +
                       ", ai_socktype=" + socketTypeName(record.args[2]) + "}, ";
    if (notation == CallNotation::Planned) return text + notKnownYet;
    text += '[';
    bool first = true;
    for (const std::string& address : resolvedAddresses(bytes)) {
        text += (first ? "" : ", ") + address;
        first = false;
    }
    return text + "]";
}

std::string fdText(const CallRecord& record, CallNotation notation) {
    return notation == CallNotation::Planned && record.fd < 0 ? notKnownYet : std::to_string(record.fd);
}

std::string arguments(const CallRecord& record, Bytes bytes, CallNotation notation) {
    const auto fdThen = [&](const std::string& rest) { return fdText(record, notation) + ", " + rest; };
    switch (record.call) {
        case Call::Mark:
            return {};
        case Call::Getaddrinfo:
            return getaddrinfoArguments(record, bytes, notation);
        case Call::Socket:
            return familyName(record.args[0]) + ", " + typeAndFlagsText(record.args[1]) + ", " +
                   protocolName(record.args[2]);
        case Call::Setsockopt:
        case Call::Getsockopt:
            return fdThen(optionArguments(record, bytes));
        case Call::Bind:
        case Call::Connect:
            if (bytes.empty() && notation == CallNotation::Planned)
                return fdThen(notKnownYet + ", " + notKnownYet);
            return fdThen(sockaddrText(bytes) + ", " + std::to_string(bytes.size()));
        case Call::Getsockname:
        case Call::Getpeername:
            return fdThen(filledAddress(record, bytes, notation));
        case Call::Listen:
            return fdThen(std::to_string(record.args[0]));
        case Call::Accept4:
            return fdThen(filledAddress(record, bytes, notation) + ", " + socketFlagsText(record.args[0]));
        case Call::Recv:
        case Call::Recvfrom:
            return fdThen(receiveArguments(record, bytes, notation));
        case Call::Send:
        case Call::Sendto:
            return fdThen(sendArguments(record, bytes, notation));
        case Call::Shutdown:
            return fdThen(shutdownName(record.args[0]));
        case Call::Close:
            return fdText(record, notation);
        case Call::Recvmsg:
        case Call::RecvmsgDatagram:
            return fdThen(messageArguments(record, bytes, notation));
    }
    return {};
}

std::string resultText(const CallRecord& record) {
    const std::string number = std::to_string(record.result);
    if (!record.failed()) return number;
    if (record.call == Call::Getaddrinfo)
        return number + ' ' + errorName(record) + " (" + eaiText(static_cast<int>(record.result)) + ')';
    return number + ' ' + errnoName(record.error) + " (" + errnoText(record.error) + ')';
}

}  // namespace

std::string_view callName(Call call) {
    return callNames[static_cast<std::size_t>(call)];
}

std::string callText(const CallRecord& record, std::span<const std::byte> bytes, CallNotation notation) {
    if (record.call == Call::Mark) return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    const bool strace = notation == CallNotation::Strace;
    // The C library makes recv() and send() with the system calls recvfrom and sendto.
    const Call shown = !strace                     ? record.call
                       : record.call == Call::Recv ? Call::Recvfrom
                       : record.call == Call::Send ? Call::Sendto
                                                   : record.call;
    const std::string text = std::string(callName(shown)) + '(' + arguments(record, bytes, notation) + ')';
    return notation == CallNotation::Planned ? text : text + " = " + resultText(record);
}

std::string errorName(const CallRecord& record) {
    if (!record.failed()) return {};
    return record.call == Call::Getaddrinfo ? eaiName(static_cast<int>(record.result))
                                            : errnoName(record.error);
}

int optionValue(std::span<const std::byte> bytes) {
    int value = 0;
    if (bytes.size() >= sizeof value) std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

std::vector<std::string> resolvedAddresses(std::span<const std::byte> bytes) {
    std::vector<std::string> addresses;
    Bytes rest = readResolution(bytes).addresses;
    while (!rest.empty()) {
        const auto length = std::to_integer<std::size_t>(rest[0]);
        addresses.push_back(SocketAddress::fromBytes(rest.subspan(1, length)).text());
        rest = rest.subspan(1 + length);
    }
    return addresses;
}

std::string addressText(const CallRecord& record, std::span<const std::byte> bytes) {
    switch (record.call) {
        case Call::Recvfrom:
        case Call::Sendto:
        case Call::Recvmsg:
        case Call::RecvmsgDatagram:
            bytes = bytes.last(record.addressLength);
            break;
        case Call::Bind:
        case Call::Connect:
            break;
        case Call::Accept4:
        case Call::Getsockname:
        case Call::Getpeername:
            if (record.failed()) return {};
            break;
        default:
            return {};
    }
    return bytes.empty() ? std::string() : SocketAddress::fromBytes(bytes).text();
}

}  // namespace sockstage
