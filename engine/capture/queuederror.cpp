// SPDX-License-Identifier: GPL-3.0-or-later
#include "queuederror.h"

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "controlmessages.h"
#include "payloadtext.h"
#include "symbolnames.h"

namespace sockstage {
namespace {

using Bytes = std::span<const std::byte>;
using Origin = QueuedError::Origin;

template <typename T>
T read(Bytes bytes) {
    T value{};
    std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof value));
    return value;
}

bool isQueuedError(const ControlMessage& message) {
    const bool v4 = message.level == IPPROTO_IP && message.type == IP_RECVERR;
    const bool v6 = message.level == IPPROTO_IPV6 && message.type == IPV6_RECVERR;
    return (v4 || v6) && message.data.size() >= sizeof(sock_extended_err);
}

/// The sockaddr behind the error; AF_UNSPEC where the error has no offender.
SocketAddress offenderOf(Bytes data) {
    const auto address = SocketAddress::fromBytes(data.subspan(sizeof(sock_extended_err)));
    const bool known = address.family() == AF_INET || address.family() == AF_INET6;
    return known ? address : SocketAddress();
}

Origin originOf(int number) {
    switch (number) {
        case SO_EE_ORIGIN_LOCAL:
            return Origin::Local;
        case SO_EE_ORIGIN_ICMP:
            return Origin::Icmp;
        case SO_EE_ORIGIN_ICMP6:
            return Origin::Icmp6;
        default:
            return Origin::Other;
    }
}

// RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1.
constexpr std::array<std::string_view, 16> icmpUnreachable{"network unreachable",
                                                           "host unreachable",
                                                           "protocol unreachable",
                                                           "port unreachable",
                                                           "fragmentation needed",
                                                           "source route failed",
                                                           "destination network unknown",
                                                           "destination host unknown",
                                                           "source host isolated",
                                                           "network administratively prohibited",
                                                           "host administratively prohibited",
                                                           "network unreachable for this type of service",
                                                           "host unreachable for this type of service",
                                                           "communication administratively prohibited",
                                                           "host precedence violation",
                                                           "precedence cutoff in effect"};
// RFC 4443 section 3.1.
constexpr std::array<std::string_view, 8> icmp6Unreachable{"no route to destination",
                                                           "communication administratively prohibited",
                                                           "beyond scope of source address",
                                                           "address unreachable",
                                                           "port unreachable",
                                                           "source address failed policy",
                                                           "reject route to destination",
                                                           "error in source routing header"};

template <std::size_t N>
std::string_view nameIn(const std::array<std::string_view, N>& names, int code, std::string_view other) {
    return code >= 0 && static_cast<std::size_t>(code) < N ? names[static_cast<std::size_t>(code)] : other;
}

std::string_view icmpWords(int type, int code) {
    switch (type) {
        case 3:
            return nameIn(icmpUnreachable, code, "destination unreachable");
        case 4:
            return "source quench";
        case 11:
            return code == 0 ? "time to live exceeded" : "fragment reassembly time exceeded";
        case 12:
            return "parameter problem";
        default:
            return "an error";
    }
}

std::string_view icmp6Words(int type, int code) {
    switch (type) {
        case 1:
            return nameIn(icmp6Unreachable, code, "destination unreachable");
        case 2:
            return "packet too big";
        case 3:
            return code == 0 ? "hop limit exceeded" : "fragment reassembly time exceeded";
        case 4:
            return "parameter problem";
        default:
            return "an error";
    }
}

/// A little of the datagram, in quotes; "a datagram" where nothing of it came back.
std::string quotedDatagram(Bytes bytes) {
    constexpr std::size_t most = 32;
    if (bytes.empty()) return "a datagram";
    std::string text = "the datagram \"";
    for (const char c : escapedText(bytes.first(std::min(bytes.size(), most))))
        text += c == '"' ? std::string("\\\"") : std::string(1, c);
    return text + (bytes.size() > most ? "...\"" : "\"");
}

std::string offenderText(Bytes sockaddr) {
    const auto address = SocketAddress::fromBytes(sockaddr);
    if (address.family() != AF_UNSPEC) return address.structText();
    std::string text = "{sa_family=AF_UNSPEC, sa_data=\"";
    for (std::size_t i = sizeof(sa_family_t); i < sockaddr.size(); ++i)
        text += "\\0";  // the kernel clears what it does not know
    return text + "\"}";
}

/// strace 6.1 knows the fields for IPv4 only.
std::string controlDataText(const ControlMessage& message) {
    if (message.level != IPPROTO_IP || !isQueuedError(message)) return {};
    const auto error = read<sock_extended_err>(message.data);
    const auto number = [](const char* name, std::uint32_t value) {
        return std::string(name) + '=' + std::to_string(value) + ", ";
    };
    return ", cmsg_data={" + number("ee_errno", error.ee_errno) + number("ee_origin", error.ee_origin) +
           number("ee_type", error.ee_type) + number("ee_code", error.ee_code) +
           number("ee_info", error.ee_info) + number("ee_data", error.ee_data) +
           "offender=" + offenderText(message.data.subspan(sizeof error)) + '}';
}

}  // namespace

std::optional<QueuedError> queuedError(const CallRecord& record, Bytes bytes) {
    if (record.call != Call::Recvmsg || record.failed()) return std::nullopt;
    for (const ControlMessage& message : controlMessages(messageControl(record, bytes))) {
        if (!isQueuedError(message)) continue;
        const auto told = read<sock_extended_err>(message.data);
        QueuedError error;
        error.error = static_cast<int>(told.ee_errno);
        error.origin = originOf(told.ee_origin);
        error.type = told.ee_type;
        error.code = told.ee_code;
        if (error.error == EMSGSIZE) error.mtu = told.ee_info;
        error.offender = offenderOf(message.data);
        if (record.addressLength != 0)
            error.destination = SocketAddress::fromBytes(bytes.last(record.addressLength));
        error.quoted = bytes.first(record.dataLength());
        return error;
    }
    return std::nullopt;
}

std::string queuedErrorReason(const QueuedError& error) {
    const bool v6 = error.origin == Origin::Icmp6;
    if (error.origin == Origin::Local && error.error == EMSGSIZE)
        return "longer than the path allows (MTU " + std::to_string(error.mtu) + ")";
    if (error.origin != Origin::Icmp && !v6) return errnoText(error.error);
    const std::string_view words =
        v6 ? icmp6Words(error.type, error.code) : icmpWords(error.type, error.code);
    return std::string(words) + (v6 ? " (ICMPv6 type " : " (ICMP type ") + std::to_string(error.type) +
           " code " + std::to_string(error.code) +
           (error.mtu == 0 ? ")" : ", MTU " + std::to_string(error.mtu) + ")");
}

std::string queuedErrorText(const QueuedError& error, bool stream) {
    const bool portKnown = error.destination.port() != 0;
    const std::string target = portKnown ? error.destination.text() : error.destination.hostText();
    const std::string what = stream ? "our SYN to " : quotedDatagram(error.quoted) + " sent to ";
    const std::string who = error.offender.isValid() ? error.offender.hostText() : "the kernel here";
    return who + " says " + queuedErrorReason(error) + " for " + what + target;
}

std::string controlText(Bytes control, bool named) {
    std::string text;
    for (const ControlMessage& message : controlMessages(control)) {
        const bool drops = named && message.level == SOL_SOCKET && message.type == SO_RXQ_OVFL;
        const std::string type =
            drops ? "SO_RXQ_OVFL, cmsg_data=[" + std::to_string(read<std::uint32_t>(message.data)) + ']'
                  : controlTypeName(message.level, message.type);
        text += text.empty() ? "[{" : ", {";
        text += "cmsg_len=" + std::to_string(message.length) +
                ", cmsg_level=" + optionLevelName(message.level) + ", cmsg_type=" + type +
                controlDataText(message) + '}';
    }
    return text + ']';
}

}  // namespace sockstage
