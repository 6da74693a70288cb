// SPDX-License-Identifier: GPL-3.0-or-later
#include "socketoptions.h"

#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>

namespace sockstage {
namespace {

using enum OptionKind;
using enum OptionMoment;

// Newer than some C library's headers; numbers from the kernel's uapi headers.
#ifndef SO_COOKIE
constexpr int SO_COOKIE = 57;
#endif
#ifndef SO_ZEROCOPY
constexpr int SO_ZEROCOPY = 60;
#endif
#ifndef IP_BIND_ADDRESS_NO_PORT
constexpr int IP_BIND_ADDRESS_NO_PORT = 24;
#endif
constexpr int ipv6AutoFlowLabel = 70, ipv6MinHopCount = 73, ipv6FreeBind = 78;  // linux/in6.h, not in glibc
constexpr int udpNoCheck6Tx = 101, udpNoCheck6Rx = 102, udpSegment = 103;       // linux/udp.h
constexpr int tcpTxDelay = 37;                                                  // linux/tcp.h

constexpr bool readOnly = true;
constexpr bool privileged = true;
constexpr int socketLevel = SOL_SOCKET, ipLevel = IPPROTO_IP, ipv6Level = IPPROTO_IPV6;

// In the order in which they are shown: those that people look for first.
constexpr std::array common{
    OptionFact{socketLevel, SO_REUSEADDR, "SO_REUSEADDR", Flag, BeforeBind},
    OptionFact{socketLevel, SO_REUSEPORT, "SO_REUSEPORT", Flag, BeforeBind},
    OptionFact{socketLevel, SO_SNDBUF, "SO_SNDBUF", Bytes, AnyTime},
    OptionFact{socketLevel, SO_RCVBUF, "SO_RCVBUF", Bytes, AnyTime},
    OptionFact{socketLevel, SO_BINDTODEVICE, "SO_BINDTODEVICE", Text, BeforeBind},
    OptionFact{socketLevel, SO_RCVLOWAT, "SO_RCVLOWAT", Bytes, AnyTime},
    OptionFact{socketLevel, SO_RCVTIMEO, "SO_RCVTIMEO", Timeval, AnyTime},
    OptionFact{socketLevel, SO_SNDTIMEO, "SO_SNDTIMEO", Timeval, AnyTime},
    OptionFact{socketLevel, SO_DONTROUTE, "SO_DONTROUTE", Flag, AnyTime},
    OptionFact{socketLevel, SO_PRIORITY, "SO_PRIORITY", Integer, AnyTime},
    OptionFact{socketLevel, SO_MARK, "SO_MARK", Hex, AnyTime, !readOnly, privileged},
    OptionFact{socketLevel, SO_MAX_PACING_RATE, "SO_MAX_PACING_RATE", BytesPerSecond, AnyTime},
    OptionFact{socketLevel, SO_BUSY_POLL, "SO_BUSY_POLL", Microseconds, AnyTime, !readOnly, privileged},
    OptionFact{socketLevel, SO_ZEROCOPY, "SO_ZEROCOPY", Flag, AnyTime},
    OptionFact{socketLevel, SO_INCOMING_CPU, "SO_INCOMING_CPU", Integer, AnyTime},
    OptionFact{ipLevel, IP_TTL, "IP_TTL", Integer, AnyTime},
    OptionFact{ipLevel, IP_TOS, "IP_TOS", Hex, AnyTime},
    OptionFact{ipLevel, IP_MTU_DISCOVER, "IP_MTU_DISCOVER", Choice, AnyTime},
    OptionFact{ipLevel, IP_MTU, "IP_MTU", Bytes, AnyTime, readOnly},
    OptionFact{ipLevel, IP_RECVERR, "IP_RECVERR", Flag, AnyTime},
    OptionFact{ipLevel, IP_FREEBIND, "IP_FREEBIND", Flag, BeforeBind},
    OptionFact{ipLevel, IP_TRANSPARENT, "IP_TRANSPARENT", Flag, BeforeBind, !readOnly, privileged},
    OptionFact{ipLevel, IP_BIND_ADDRESS_NO_PORT, "IP_BIND_ADDRESS_NO_PORT", Flag, BeforeBind},
    OptionFact{ipv6Level, IPV6_V6ONLY, "IPV6_V6ONLY", Flag, BeforeBind},
    OptionFact{ipv6Level, IPV6_UNICAST_HOPS, "IPV6_UNICAST_HOPS", Integer, AnyTime},
    OptionFact{ipv6Level, IPV6_TCLASS, "IPV6_TCLASS", Hex, AnyTime},
    OptionFact{ipv6Level, IPV6_MTU_DISCOVER, "IPV6_MTU_DISCOVER", Choice, AnyTime},
    OptionFact{ipv6Level, IPV6_MTU, "IPV6_MTU", Bytes, AnyTime},
    OptionFact{ipv6Level, IPV6_RECVERR, "IPV6_RECVERR", Flag, AnyTime},
    OptionFact{ipv6Level, IPV6_DONTFRAG, "IPV6_DONTFRAG", Flag, AnyTime},
    OptionFact{ipv6Level, ipv6FreeBind, "IPV6_FREEBIND", Flag, BeforeBind},
    OptionFact{ipv6Level, ipv6AutoFlowLabel, "IPV6_AUTOFLOWLABEL", Flag, AnyTime},
    OptionFact{socketLevel, SO_TYPE, "SO_TYPE", Choice, AnyTime, readOnly},
    OptionFact{socketLevel, SO_DOMAIN, "SO_DOMAIN", Choice, AnyTime, readOnly},
    OptionFact{socketLevel, SO_PROTOCOL, "SO_PROTOCOL", Choice, AnyTime, readOnly},
    OptionFact{socketLevel, SO_COOKIE, "SO_COOKIE", Integer, AnyTime, readOnly},
};

constexpr std::array tcpOnly{
    OptionFact{IPPROTO_TCP, TCP_NODELAY, "TCP_NODELAY", Flag, AnyTime},
    OptionFact{IPPROTO_TCP, TCP_CORK, "TCP_CORK", Flag, AnyTime},
    OptionFact{IPPROTO_TCP, TCP_QUICKACK, "TCP_QUICKACK", Flag, AnyTime},
    OptionFact{IPPROTO_TCP, TCP_CONGESTION, "TCP_CONGESTION", Text, AnyTime},
    OptionFact{socketLevel, SO_KEEPALIVE, "SO_KEEPALIVE", Flag, AnyTime},
    OptionFact{IPPROTO_TCP, TCP_KEEPIDLE, "TCP_KEEPIDLE", Seconds, AnyTime},
    OptionFact{IPPROTO_TCP, TCP_KEEPINTVL, "TCP_KEEPINTVL", Seconds, AnyTime},
    OptionFact{IPPROTO_TCP, TCP_KEEPCNT, "TCP_KEEPCNT", Integer, AnyTime},
    OptionFact{IPPROTO_TCP, TCP_USER_TIMEOUT, "TCP_USER_TIMEOUT", Milliseconds, AnyTime},
    OptionFact{socketLevel, SO_LINGER, "SO_LINGER", Linger, AnyTime},
    OptionFact{IPPROTO_TCP, TCP_LINGER2, "TCP_LINGER2", Seconds, AnyTime},
    OptionFact{IPPROTO_TCP, TCP_NOTSENT_LOWAT, "TCP_NOTSENT_LOWAT", Bytes, AnyTime},
    OptionFact{IPPROTO_TCP, TCP_WINDOW_CLAMP, "TCP_WINDOW_CLAMP", Bytes, AnyTime},
    OptionFact{IPPROTO_TCP, TCP_MAXSEG, "TCP_MAXSEG", Bytes, BeforeStart},
    OptionFact{IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, "TCP_THIN_LINEAR_TIMEOUTS", Flag, AnyTime},
    OptionFact{IPPROTO_TCP, tcpTxDelay, "TCP_TX_DELAY", Microseconds, AnyTime},
    OptionFact{socketLevel, SO_OOBINLINE, "SO_OOBINLINE", Flag, AnyTime},
    OptionFact{socketLevel, SO_ACCEPTCONN, "SO_ACCEPTCONN", Flag, AnyTime, readOnly},
};

constexpr std::array serverOnly{
    OptionFact{IPPROTO_TCP, TCP_DEFER_ACCEPT, "TCP_DEFER_ACCEPT", Seconds, AnyTime},
    OptionFact{IPPROTO_TCP, TCP_FASTOPEN, "TCP_FASTOPEN", Integer, AnyTime},
    OptionFact{IPPROTO_TCP, TCP_SAVE_SYN, "TCP_SAVE_SYN", Flag, BeforeStart},
};

constexpr std::array clientOnly{
    OptionFact{IPPROTO_TCP, TCP_SYNCNT, "TCP_SYNCNT", Integer, BeforeConnect},
    OptionFact{IPPROTO_TCP, TCP_FASTOPEN_CONNECT, "TCP_FASTOPEN_CONNECT", Flag, BeforeConnect},
};

constexpr std::array udpOnly{
    OptionFact{socketLevel, SO_BROADCAST, "SO_BROADCAST", Flag, AnyTime},
    OptionFact{socketLevel, SO_RXQ_OVFL, "SO_RXQ_OVFL", Flag, AnyTime},
    OptionFact{ipLevel, IP_MULTICAST_TTL, "IP_MULTICAST_TTL", Integer, AnyTime},
    OptionFact{ipLevel, IP_MULTICAST_LOOP, "IP_MULTICAST_LOOP", Flag, AnyTime},
    OptionFact{ipLevel, IP_MULTICAST_ALL, "IP_MULTICAST_ALL", Flag, AnyTime},
    OptionFact{ipv6Level, IPV6_MULTICAST_HOPS, "IPV6_MULTICAST_HOPS", Integer, AnyTime},
    OptionFact{ipv6Level, IPV6_MULTICAST_LOOP, "IPV6_MULTICAST_LOOP", Flag, AnyTime},
    OptionFact{IPPROTO_UDP, UDP_CORK, "UDP_CORK", Flag, AnyTime},
    OptionFact{IPPROTO_UDP, udpSegment, "UDP_SEGMENT", Bytes, AnyTime},
    OptionFact{socketLevel, SO_NO_CHECK, "SO_NO_CHECK", Flag, AnyTime},
    OptionFact{IPPROTO_UDP, udpNoCheck6Tx, "UDP_NO_CHECK6_TX", Flag, AnyTime},
    OptionFact{IPPROTO_UDP, udpNoCheck6Rx, "UDP_NO_CHECK6_RX", Flag, AnyTime},
};

template <std::size_t A, std::size_t B>
constexpr std::array<OptionFact, A + B> joined(const std::array<OptionFact, A>& a,
                                               const std::array<OptionFact, B>& b) {
    std::array<OptionFact, A + B> all;
    std::copy(a.begin(), a.end(), all.begin());
    std::copy(b.begin(), b.end(), all.begin() + A);
    return all;
}

constexpr auto tcpCommon = joined(tcpOnly, common);
constexpr auto tcpServerOptions = joined(serverOnly, tcpCommon);
constexpr auto tcpClientOptions = joined(clientOnly, tcpCommon);
constexpr auto udpOptions = joined(udpOnly, common);
constexpr auto everyOption = joined(joined(serverOnly, clientOnly), joined(udpOnly, tcpCommon));

// ip(7); the last two are newer than the manual page (linux/in.h).
constexpr std::array discoverChoices{OptionChoice{IP_PMTUDISC_DONT, "DONT"},
                                     OptionChoice{IP_PMTUDISC_WANT, "WANT"},
                                     OptionChoice{IP_PMTUDISC_DO, "DO"},
                                     OptionChoice{IP_PMTUDISC_PROBE, "PROBE"},
                                     OptionChoice{IP_PMTUDISC_INTERFACE, "INTERFACE"},
                                     OptionChoice{IP_PMTUDISC_OMIT, "OMIT"}};
constexpr std::array typeChoices{OptionChoice{SOCK_STREAM, "SOCK_STREAM"},
                                 OptionChoice{SOCK_DGRAM, "SOCK_DGRAM"}};
constexpr std::array domainChoices{OptionChoice{AF_INET, "AF_INET"}, OptionChoice{AF_INET6, "AF_INET6"}};
constexpr std::array protocolChoices{OptionChoice{IPPROTO_TCP, "IPPROTO_TCP"},
                                     OptionChoice{IPPROTO_UDP, "IPPROTO_UDP"}};

std::string inUnit(std::int64_t value, std::string_view unit) {
    return std::to_string(value) + ' ' + std::string(unit);
}

std::string secondsText(std::int64_t microseconds) {
    std::string text = std::to_string(microseconds / 1'000'000);
    std::string fraction = std::to_string(1'000'000 + microseconds % 1'000'000).substr(1);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    if (!fraction.empty()) text += '.' + fraction;
    return text + " s";
}

std::string hexText(std::int64_t value) {
    std::array<char, 20> digits{};
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), static_cast<std::uint32_t>(value), 16);
    return "0x" + std::string(digits.data(), end.ptr);
}

std::string choiceText(const OptionFact& fact, std::int64_t value) {
    for (const OptionChoice& choice : optionChoices(fact))
        if (choice.value == value) return std::string(choice.name);
    return std::to_string(value);
}

/// What optionValueText() adds to the number of such an option.
std::string_view unitOf(OptionKind kind) {
    switch (kind) {
        case Bytes:
            return "bytes";
        case BytesPerSecond:
            return "bytes/s";
        case Seconds:
        case Timeval:
        case Linger:
            return "s";
        case Milliseconds:
            return "ms";
        case Microseconds:
            return "µs";
        case Flag:
        case Integer:
        case Hex:
        case Choice:
        case Text:
            break;
    }
    return {};
}

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' '))
        text.remove_prefix(1);
    while (text.ends_with(' '))
        text.remove_suffix(1);
    return text;
}

/// "on, 5 s" and "on (2)" are 5 s and 2, "1 byte" and "8192 bytes" are numbers.
std::string_view withoutWords(const OptionFact& fact, std::string_view text) {
    if (fact.kind == Linger && text.starts_with("on,")) text.remove_prefix(3);
    if (fact.kind == Flag && text.starts_with("on (") && text.ends_with(')'))
        text = text.substr(4, text.size() - 5);
    const std::string_view unit = unitOf(fact.kind);
    if (fact.kind == Bytes && text.ends_with(" byte")) text.remove_suffix(5);
    if (!unit.empty() && text.ends_with(unit)) text.remove_suffix(unit.size());
    return trimmed(text);
}

std::optional<double> parseDecimal(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool good = error == std::errc{} && end == text.data() + text.size() && std::abs(value) <= 1e9;
    return good ? std::optional(value) : std::nullopt;
}

std::optional<std::int64_t> parseInteger(std::string_view text) {
    const bool hex = text.starts_with("0x") || text.starts_with("0X");
    if (hex) text.remove_prefix(2);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
    const bool good = !text.empty() && error == std::errc{} && end == text.data() + text.size();
    return good ? std::optional(value) : std::nullopt;
}

std::optional<bool> parseSwitch(std::string_view text) {
    if (text == "on" || text == "yes") return true;
    if (text == "off" || text == "no") return false;
    return std::nullopt;
}

bool sameWord(std::string_view a, std::string_view b) {
    const auto upper = [](char c) { return std::toupper(static_cast<unsigned char>(c)); };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [upper](char x, char y) { return upper(x) == upper(y); });
}

}  // namespace

std::span<const OptionFact> optionsOf(Role role, bool accepted) {
    if (!isTcp(role)) return udpOptions;
    if (accepted) return tcpCommon;
    if (isServer(role)) return tcpServerOptions;
    return tcpClientOptions;
}

const OptionFact* findOption(int level, int name) {
    const auto* const found = std::find_if(
        everyOption.begin(), everyOption.end(),
        [level, name](const OptionFact& fact) { return fact.level == level && fact.name == name; });
    return found == everyOption.end() ? nullptr : found;
}

const OptionFact* findOption(std::string_view symbol) {
    const auto* const found =
        std::find_if(everyOption.begin(), everyOption.end(),
                     [symbol](const OptionFact& fact) { return sameWord(fact.symbol, symbol); });
    return found == everyOption.end() ? nullptr : found;
}

bool isIpv6Option(const OptionFact& fact) {
    return fact.level == ipv6Level || fact.name == udpNoCheck6Tx || fact.name == udpNoCheck6Rx;
}

std::string_view optionMomentText(const OptionFact& fact) {
    if (fact.readOnly) return "cannot be set";
    switch (fact.when) {
        case AnyTime:
            break;
        case BeforeBind:
            return "before bind";
        case BeforeStart:
            return "before listen or connect";
        case BeforeConnect:
            return "before connect";
    }
    return "at any time";
}

std::span<const OptionChoice> optionChoices(const OptionFact& fact) {
    if (fact.kind != Choice) return {};
    if (fact.level != socketLevel) return discoverChoices;
    if (fact.name == SO_TYPE) return typeChoices;
    if (fact.name == SO_DOMAIN) return domainChoices;
    return protocolChoices;
}

std::string optionValueText(const OptionFact& fact, std::int64_t value) {
    switch (fact.kind) {
        case Flag:
            return value == 0 ? "off" : value == 1 ? "on" : "on (" + std::to_string(value) + ")";
        case Bytes:
            return inUnit(value, value == 1 ? "byte" : unitOf(fact.kind));
        case BytesPerSecond:
            return value < 0 ? "unlimited" : inUnit(value, unitOf(fact.kind));
        case Seconds:
        case Milliseconds:
        case Microseconds:
            return inUnit(value, unitOf(fact.kind));
        case Timeval:
            return value == 0 ? "no limit" : secondsText(value);
        case Linger:
            return value < 0 ? "off" : "on, " + inUnit(value, unitOf(fact.kind));
        case Hex:
            return hexText(value);
        case Choice:
            return choiceText(fact, value);
        case Integer:
        case Text:
            break;
    }
    return std::to_string(value);
}

std::optional<std::int64_t> parseOptionValue(const OptionFact& fact, std::string_view text) {
    if (fact.kind == Text) return std::nullopt;
    text = trimmed(text);
    for (const OptionChoice& choice : optionChoices(fact))
        if (sameWord(choice.name, text)) return choice.value;
    const auto on = parseSwitch(text);
    if (fact.kind == Flag && on) return *on ? 1 : 0;
    if (fact.kind == Linger && on == false) return -1;
    if (fact.kind == BytesPerSecond && text == "unlimited") return -1;
    if (fact.kind == Timeval && text == "no limit") return 0;
    text = withoutWords(fact, text);
    if (fact.kind == Timeval) {
        const auto seconds = parseDecimal(text);
        return seconds ? std::optional<std::int64_t>(std::llround(*seconds * 1e6)) : std::nullopt;
    }
    const auto number = parseInteger(text);
    if (fact.kind == Hex && number && *number == static_cast<std::uint32_t>(*number))
        return static_cast<int>(static_cast<std::uint32_t>(*number));  // all 32 bits, the highest too
    const bool fits = number && *number >= std::numeric_limits<int>::min() &&
                      *number <= (fact.kind == BytesPerSecond ? std::numeric_limits<std::int64_t>::max()
                                                              : std::numeric_limits<int>::max());
    return fits ? number : std::nullopt;
}

}  // namespace sockstage
