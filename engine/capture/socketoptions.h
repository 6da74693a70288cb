// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "stage.h"

namespace sockstage {

/// What an option's value is, and with it how the kernel takes it. In an OptionValue every kind but Text is
/// one number.
enum class OptionKind : std::uint8_t {
    Flag,  ///< 0 or 1
    Integer,
    Bytes,
    BytesPerSecond,  ///< -1: unlimited
    Seconds,
    Milliseconds,
    Microseconds,
    Timeval,  ///< struct timeval; the number is microseconds
    Linger,   ///< struct linger; the number is seconds, -1: off
    Hex,      ///< bits, shown in hexadecimal
    Choice,   ///< a small number with a name: optionChoices()
    Text      ///< a name, such as that of an algorithm or an interface
};

/// Until when setting it has an effect (and the kernel allows it).
enum class OptionMoment : std::uint8_t {
    AnyTime,
    BeforeBind,    ///< decided by bind(), which a client's connect() makes by itself
    BeforeStart,   ///< before listen() or connect(): the handshake carries it to the peer
    BeforeConnect  ///< a client's, for its connect()
};

/// One option that the system knows, as socket(7), ip(7), ipv6(7), tcp(7) and udp(7) describe it. Its meaning
/// in words is in resources/explanations/options.md.
struct OptionFact {
    int level = 0, name = 0;
    std::string_view symbol;  ///< "SO_RCVBUF"
    OptionKind kind = OptionKind::Integer;
    OptionMoment when = OptionMoment::AnyTime;
    bool readOnly = false;
    bool privileged = false;  ///< setting it needs CAP_NET_ADMIN or the like, at least for some values
};

/// The options that a socket of this role has; those of IPv6 for an IPv6 socket only (isIpv6Option()).
/// `accepted`: a server's connection, which lacks those that mean something to a listener only.
std::span<const OptionFact> optionsOf(Role role, bool accepted = false);
/// Null for an option that is not in the catalogue. Options of all roles.
const OptionFact* findOption(int level, int name);
/// By its symbol, in capitals or not.
const OptionFact* findOption(std::string_view symbol);
bool isIpv6Option(const OptionFact& fact);

/// "at any time", "before bind", "before listen or connect", "before connect"; "cannot be set".
std::string_view optionMomentText(const OptionFact& fact);

struct OptionChoice {
    std::int64_t value = 0;
    std::string_view name;
};
/// The values of a Choice; empty for every other kind.
std::span<const OptionChoice> optionChoices(const OptionFact& fact);

/// A value as a person reads it: "on", "212992 bytes", "off", "0x10", "bbr" has no number.
std::string optionValueText(const OptionFact& fact, std::int64_t value);
/// What a person typed for the option: "on", "yes", "1", "off", "65536", "0x10", "2.5" (seconds of a Timeval
/// or Linger), "unlimited", the name of a choice, and all that optionValueText() says. Nothing when it is no
/// such value; not for Text.
std::optional<std::int64_t> parseOptionValue(const OptionFact& fact, std::string_view text);

/// One option of one socket, when it was last looked at.
struct OptionValue {
    const OptionFact* fact = nullptr;
    std::optional<std::int64_t> asked;    ///< what this session last gave to setsockopt()
    std::optional<std::int64_t> granted;  ///< what getsockopt() says; nothing for Text or after an error
    std::string askedText;                ///< of Text
    std::string text;                     ///< what getsockopt() says, for reading; empty after an error
    std::string
        note;       ///< why granted is not what was asked, where that is known: "doubled by the kernel ..."
    int error = 0;  ///< errno of getsockopt(): this socket has no such option, or not yet
    int setError = 0;  ///< errno of the last setsockopt() that was refused; 0 once one succeeded
};

}  // namespace sockstage
