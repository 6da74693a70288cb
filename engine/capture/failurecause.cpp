// SPDX-License-Identifier: GPL-3.0-or-later
#include "failurecause.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <string_view>

#include "payloadtext.h"
#include "symbolnames.h"

// What is said here was measured, or the kernel was asked for it: an errno, a time, a count, who sent a
// message. What may only follow from it has "possibly" or "probably" in front.

namespace sockstage {
namespace {

constexpr std::int64_t msPerSecond = 1000, nsPerMs = 1'000'000;

std::string counted(std::int64_t number, const std::string& one, const std::string& many) {
    return std::to_string(number) + ' ' + (number == 1 ? one : many);
}

/// "IPv4's ARP" for the people who look for it.
std::string_view neighbourQuestion(const SocketAddress& address) {
    return address.isIpv4() || address.isV4Mapped() ? "ARP" : "neighbour discovery";
}

std::string afterConnect(const ConnectFailure& failure) {
    return "It ended " + durationWords(failure.waitedNs) + " after connect() began.";
}

/// The next machine on the way does not answer on the link.
std::string nobodyOnTheLink(const ConnectFailure& failure) {
    return std::string(failure.neighbour == Neighbour::Silent ? "No" : "Probably no") +
           " packet got as far as the network: for " + durationWords(failure.waitedNs) +
           " nobody answered this machine's " + std::string(neighbourQuestion(failure.target)) +
           " for the next hop to " + failure.target.hostText() + ".";
}

std::string toldText(const ToldByIcmp& told, const ConnectFailure& failure) {
    const std::string who = told.error.offender.hostText();
    const bool itself = who == failure.target.hostText();
    const char* const place = itself          ? " itself says "
                              : told.fromHere ? " (this machine) says "
                                              : " (on the way) says ";
    return who + place + queuedErrorReason(told.error) + ", " + durationWords(failure.waitedNs) +
           " after connect() began.";
}

/// From the last ICMP message; empty where there was none.
std::string fromIcmp(const ConnectFailure& failure) {
    if (failure.told.empty()) return {};
    const ToldByIcmp& told = failure.told.back();
    // The kernel asks three times, a second apart; what comes sooner has another reason.
    if (told.fromHere && failure.error == EHOSTUNREACH && failure.waitedNs > 500 * nsPerMs &&
        failure.neighbour != Neighbour::Answers)
        return nobodyOnTheLink(failure);
    std::string text = toldText(told, failure);
    if (failure.error == ECONNREFUSED && failure.tcp)
        text += " A closed port answers with a reset: probably a firewall rejects the connection.";
    return text;
}

/// No TCP segment came, and no message that the kernel kept for us.
std::string unknownSender(const ConnectFailure& failure) {
    const bool stuck = failure.trace.timeouts > 0 && failure.trace.retransmitted == 0;
    if (stuck || failure.neighbour == Neighbour::Silent) return nobodyOnTheLink(failure);
    return "No TCP segment came from " + failure.target.hostText() + " in " +
           durationWords(failure.waitedNs) +
           ". Possibly an ICMP message came about it: who sends one is told where the socket asks for it "
           "(IPV6_RECVERR, IP_RECVERR).";
}

/// Linux connects to itself where the target is the address that stands for all.
std::string targetText(const ConnectFailure& failure) {
    return failure.target.text() +
           (failure.target.isWildcard() ? " (as a target, the address of this machine)" : "");
}

bool isHere(const ConnectFailure& failure) {
    return failure.target.isLoopback() || failure.target.isWildcard() || failure.targetHere == true;
}

std::string refused(const ConnectFailure& failure) {
    if (failure.trace.segmentsIn == 0) return unknownSender(failure);
    const std::string reset =
        (failure.trace.segmentsIn > 0 ? "A reset (RST) came back after " : "Refused after ") +
        durationWords(failure.waitedNs) + ": ";
    if (!failure.holders.empty())
        return reset + "though a socket listens there (" + portHolderText(failure.holders.front()) +
               "). Possibly a firewall rejects the connection, the accept queue is full and "
               "tcp_abort_on_overflow is on, or it began to listen only now.";
    const std::string nobody = "nothing listens on " + targetText(failure);
    if (isHere(failure)) return reset + nobody + ".";
    return reset + "the machine is there, and " + nobody + " (or a firewall answers so).";
}

std::string timedOut(const ConnectFailure& failure) {
    const std::string after = durationWords(failure.waitedNs);
    if (failure.trace.segmentsIn > 0)
        return counted(failure.trace.segmentsIn, "segment", "segments") + " came back in " + after +
               ", but none that completes the handshake.";
    std::string text = "Nothing came back";
    if (failure.trace.retransmitted >= 0)
        text += ": " + counted(failure.trace.retransmitted + 1, "SYN", "SYNs") + " in " + after +
                ", none answered.";
    else
        text += " in " + after + ".";
    if (!failure.holders.empty())
        return text + " A socket listens there (" + portHolderText(failure.holders.front()) +
               "): possibly its accept queue is full, or a firewall drops them.";
    if (isHere(failure)) return text + " Possibly a firewall drops them.";
    return text +
           " Possibly a firewall drops them, the server's accept queue is full, or nobody has the "
           "address " +
           failure.target.hostText() + ".";
}

// connect() returned the error itself --------------------------------------------------------------

/// The routing, queried again, answers with the same error: there the packet was stopped.
bool routingSays(const ConnectFailure& failure) {
    return failure.route && failure.route->error == failure.error;
}

/// The same, asked with the address that the socket is bound to.
bool routingFromSays(const ConnectFailure& failure) {
    return failure.routeFrom && failure.routeFrom->error == failure.error;
}

std::string fromBoundAddress(const ConnectFailure& failure) {
    return failure.target.hostText() + " cannot be reached from " + failure.local.hostText() +
           ", to which the socket is bound";
}

std::string networkUnreachable(const ConnectFailure& failure) {
    const std::string target = failure.target.hostText();
    if (failure.tcp && failure.target.isMulticast())
        return target + " is a multicast group, and a TCP connection has one peer";
    if (failure.tcp && failure.route && failure.route->broadcast)
        return target + " is a broadcast address, and a TCP connection has one peer";
    if (routingSays(failure)) return "This machine has no route to " + target;
    if (routingFromSays(failure)) return fromBoundAddress(failure);
    return "The kernel says that " + target + " is unreachable, and possibly had no route to it";
}

std::string notAllowed(const ConnectFailure& failure) {
    const std::string target = failure.target.hostText();
    if (routingSays(failure))
        return "This machine's routing table forbids " + target + " (a route or rule of type prohibit)";
    if (routingFromSays(failure))
        return "This machine's routing table forbids " + target + " from " + failure.local.hostText() +
               ", to which the socket is bound (a route or rule of type prohibit)";
    if (!failure.tcp && failure.route && failure.route->broadcast)
        return target + " is a broadcast address, and the socket needs SO_BROADCAST for it";
    return "The kernel forbids " + target +
           ", and its routes alone do not: possibly a rule for this protocol or port, a security module, or "
           "a "
           "BPF program of this control group (a container, a service)";
}

std::string notAccepted(const ConnectFailure& failure) {
    const std::string target = failure.target.hostText();
    if (routingSays(failure))
        return "This machine's routing table throws away what goes to " + target +
               " (a route or rule of type blackhole)";
    if (routingFromSays(failure)) return fromBoundAddress(failure);
    return "The kernel does not accept " + failure.target.text() + " for this socket";
}

std::string noLocalEnd(const ConnectFailure& failure) {
    const std::string target = failure.target.text();
    if (!failure.local.isValid() || failure.local.port() == 0)
        return "The kernel found no local address, or no free port, towards " + target;
    if (!failure.samePair.empty())
        return "This pair of addresses is taken (" + portHolderText(failure.samePair.front()) + ")";
    return "The kernel does not let " + failure.local.text() + " connect to " + target +
           ": possibly the same connection was there already";
}

/// No packet was sent.
std::string refusedHere(const ConnectFailure& failure) {
    const std::string target = failure.target.hostText();
    const std::string atOnce =
        ", at once (" + durationWords(failure.waitedNs) + "): no packet left this machine.";
    switch (failure.error) {
        case ENETUNREACH:
            return networkUnreachable(failure) + atOnce;
        case EHOSTUNREACH:
            return (routingSays(failure)
                        ? "This machine's routing table says that " + target + " is unreachable"
                    : routingFromSays(failure) ? fromBoundAddress(failure)
                                               : "The kernel says that " + target + " is unreachable") +
                   atOnce;
        case EACCES:
        case EPERM:
            return notAllowed(failure) + atOnce;
        case EINVAL:
            if (failure.target.needsScope() && failure.target.scope() == 0)
                return needsInterface(failure.target, failure.upInterfaces);
            return notAccepted(failure) + atOnce;
        case EADDRNOTAVAIL:
            return noLocalEnd(failure) + atOnce;
        default:
            return "connect() itself said so" + atOnce;
    }
}

// A connection that was there ----------------------------------------------------------------------

std::string silentPeer(const TransferFailure& failure) {
    const TcpTrace& trace = failure.trace;
    std::string text = "The kernel gave the connection up";
    if (trace.sinceAcknowledgedMs >= 0)
        text += ": nothing was acknowledged for " + tickedWords(trace.sinceAcknowledgedMs, trace.tickMs);
    if (trace.timeouts > 0)
        text += ", though the oldest bytes were sent again " + counted(trace.timeouts, "time", "times");
    else if (trace.probes > 0)
        text += ", " + counted(trace.probes, "probe", "probes") + " (keep-alive or window) went unanswered";
    if (trace.unacknowledged > 0)
        text += "; " + counted(trace.unacknowledged, "byte", "bytes") + " of ours were not acknowledged";
    return text + ".";
}

/// How long after the last byte it was, where the kernel's ticks are fine enough.
std::string afterLastByte(const TransferFailure& failure) {
    const TcpTrace& trace = failure.trace;
    if (trace.receivedBytes <= 0) return {};
    const std::string bytes = counted(trace.receivedBytes, "byte", "bytes");
    const std::int64_t longest = (trace.sinceReceivedMs + std::max<std::int64_t>(trace.tickMs, 0)) * nsPerMs;
    if (trace.sinceReceivedMs < 0 || (!failure.accepted && longest > failure.livedNs))
        return ", after " + bytes + " had come";
    return ", " + tickedWords(trace.sinceReceivedMs, trace.tickMs) + " after the last of " + bytes +
           " had come";
}

std::string resetByPeer(const TransferFailure& failure) {
    std::string text = "A reset (RST) came from the peer's address. " +
                       std::string(failure.sending ? "send()" : "recv()") + " reported it " +
                       durationWords(failure.livedNs) + " after " +
                       (failure.accepted ? "accept() took the connection" : "the connection began") +
                       afterLastByte(failure) + ".";
    if (failure.trace.unacknowledged > 0)
        text +=
            " " + counted(failure.trace.unacknowledged, "byte", "bytes") + " of ours were not acknowledged.";
    return text +
           " Possibly the peer closed with bytes unread, aborted, or its process ended; or something "
           "on the way answered for it.";
}

}  // namespace

std::string durationWords(std::int64_t nanoseconds) {
    const double milliseconds = static_cast<double>(nanoseconds) / static_cast<double>(nsPerMs);
    const bool seconds = milliseconds >= msPerSecond;
    const double number = seconds ? milliseconds / msPerSecond : milliseconds;
    std::array<char, 32> text{};
    const int digits = number < 10 ? 2 : number < 100 ? 1 : 0;
    std::snprintf(text.data(), text.size(), "%.*f %s", digits, number, seconds ? "s" : "ms");
    return text.data();
}

std::string tickedWords(std::int64_t milliseconds, std::int64_t tickMs) {
    constexpr std::int64_t coarse = 100;  // so many ticks, and one more or less is not worth a word
    const std::int64_t tick = std::max<std::int64_t>(tickMs, 1);
    if (milliseconds >= coarse * tick) return "about " + durationWords(milliseconds * nsPerMs);
    const std::string most = std::to_string(milliseconds + tick) + " ms";
    if (milliseconds <= tick) return "less than " + most;
    return std::to_string(milliseconds - tick) + " to " + most;
}

std::string interfacesWords(const std::vector<std::string>& upInterfaces) {
    if (upInterfaces.empty()) return "No interface is up here but the loopback.";
    std::string text;
    for (const std::string& each : upInterfaces)
        text += (text.empty() ? "Interfaces that are up: " : ", ") + escapedText(each);
    return text + ".";
}

std::string needsInterface(const SocketAddress& address, const std::vector<std::string>& upInterfaces) {
    const std::string example = upInterfaces.empty() ? "eth0" : escapedText(upInterfaces.front());
    return "A link-local address needs its interface, as in " + address.hostText() + "%" + example + ". " +
           interfacesWords(upInterfaces);
}

std::string connectCause(const ConnectFailure& failure) {
    if (failure.atOnce && failure.error != ECONNREFUSED) return refusedHere(failure);
    if (std::string told = fromIcmp(failure); !told.empty()) return told;
    switch (failure.error) {
        case ECONNREFUSED:
            return refused(failure);
        case ETIMEDOUT:
            return timedOut(failure);
        case EHOSTUNREACH:
        case ENETUNREACH:
        case EACCES:
        case EPROTO:
        case ENOPROTOOPT:
            return failure.trace.segmentsIn > 0 ? afterConnect(failure) : unknownSender(failure);
        default:
            return afterConnect(failure);
    }
}

std::string transferCause(const TransferFailure& failure) {
    switch (failure.error) {
        case ECONNRESET:
            return resetByPeer(failure);
        case EPIPE:
            // A reset after the peer's FIN; without one it would be ECONNRESET (tcp_reset() in the kernel).
            return "The peer had ended its side (FIN), and then a reset (RST) came from its address: "
                   "probably nobody reads there any more, and what was sent since is lost.";
        case ETIMEDOUT:
            return silentPeer(failure);
        case EHOSTUNREACH:
        case ENETUNREACH:
            return silentPeer(failure) + " The last error about it was " + errnoName(failure.error) +
                   ": possibly an ICMP message said so, or this machine's own routes.";
        default:
            return {};
    }
}

}  // namespace sockstage
