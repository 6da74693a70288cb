#include "failurecause.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <string_view>

#include "payloadtext.h"
#include "symbolnames.h"

// What is said here was measured: an errno, a time, a count, who sent a message. What follows from it only
// most likely has "probably" in front.

namespace sockstage {
namespace {

constexpr std::int64_t msPerSecond = 1000, nsPerMs = 1'000'000;

std::string millisecondsWords(std::int64_t milliseconds) {
    return durationWords(milliseconds * nsPerMs);
}

std::string counted(std::int64_t number, const std::string& one, const std::string& many) {
    return std::to_string(number) + ' ' + (number == 1 ? one : many);
}

/// "IPv4's ARP" for the people who look for it.
std::string_view neighbourQuestion(const SocketAddress& address) {
    return address.isIpv4() || address.isV4Mapped() ? "ARP" : "neighbour discovery";
}

/// The kernel's own message about a neighbour that did not answer.
std::string nobodyOnTheLink(const ConnectFailure& failure) {
    return "No packet got as far as the network: for " + durationWords(failure.waitedNs) +
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
    if (told.fromHere && failure.error == EHOSTUNREACH && failure.waitedNs > 500 * nsPerMs)
        return nobodyOnTheLink(failure);
    std::string text = toldText(told, failure);
    if (failure.error == ECONNREFUSED && failure.tcp)
        text += " A closed port answers with a reset: probably a firewall rejects the connection.";
    return text;
}

/// An ICMP message that the kernel acted upon, but did not keep for us.
std::string unknownSender(const ConnectFailure& failure) {
    const bool stuck = failure.trace.timeouts > 0 && failure.trace.retransmitted == 0;
    if (stuck)
        return "The SYN has not left this machine in " + durationWords(failure.waitedNs) +
               ": probably nobody answers its " + std::string(neighbourQuestion(failure.target)) +
               " for the next hop to " + failure.target.hostText() + ".";
    return "No TCP segment came from " + failure.target.hostText() +
           ", but an ICMP message about it, within " + durationWords(failure.waitedNs) +
           ". Who sent it is told where the socket asks for it (IPV6_RECVERR, IP_RECVERR).";
}

std::string refused(const ConnectFailure& failure) {
    const std::string after = durationWords(failure.waitedNs);
    if (failure.trace.segmentsIn == 0) return unknownSender(failure);
    const std::string reset =
        (failure.trace.segmentsIn > 0 ? "A reset (RST) came back after " : "Refused after ") + after + ": ";
    const std::string nobody = "nothing listens on " + failure.target.text();
    if (failure.target.isLoopback()) return reset + nobody + ".";
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
    return text + " Probably a firewall drops them, or nobody has the address " + failure.target.hostText() +
           ".";
}

/// connect() returned the error itself: no packet was sent.
std::string refusedHere(const ConnectFailure& failure) {
    const std::string target = failure.target.hostText();
    const std::string atOnce =
        ", at once (" + durationWords(failure.waitedNs) + "): no packet left this machine.";
    switch (failure.error) {
        case ENETUNREACH:
            return "This machine has no route to " + target + atOnce;
        case EHOSTUNREACH:
            return "This machine's routing table says that " + target + " is unreachable" + atOnce;
        case EACCES:
            return failure.tcp ? "This machine's routing table or firewall forbids " + target + atOnce
                               : "The kernel forbids " + target + atOnce +
                                     " If it is a broadcast address, the socket needs SO_BROADCAST.";
        case EPERM:
            return "This machine's firewall forbids " + target + atOnce;
        case EINVAL:
            return "This machine's routing table has " + target +
                   " on a blackhole route, or the address does not fit the socket" + atOnce;
        case EADDRNOTAVAIL:
            return failure.local.isValid() && failure.local.port() != 0
                       ? "The connection from " + failure.local.text() + " to " + failure.target.text() +
                             " exists already, or its end still waits (TIME-WAIT)" + atOnce
                       : "The kernel found no local address and free port towards " + target + atOnce;
        default:
            return "connect() itself said so" + atOnce;
    }
}

std::string unreachable(const ConnectFailure& failure) {
    if (failure.trace.segmentsIn > 0)
        return "It ended " + durationWords(failure.waitedNs) + " after connect() began.";
    return unknownSender(failure);
}

std::string forbiddenPort(const BindFailure& failure) {
    const int port = failure.wanted.port();
    if (port == 0 || port >= failure.firstFreePort || failure.mayBindLowPorts)
        return "The kernel's rules forbid it, and not because of the port: ports from " +
               std::to_string(failure.firstFreePort) + " on are free for all.";
    return "Port " + std::to_string(port) + " is below net.ipv4.ip_unprivileged_port_start (" +
           std::to_string(failure.firstFreePort) + "), and this process (user " +
           std::to_string(failure.uid) + ") does not have CAP_NET_BIND_SERVICE.";
}

std::string portTaken(const BindFailure& failure) {
    constexpr std::size_t most = 3;
    if (failure.holders.empty())
        return "The system does not tell who has the port (before Linux 6.8 not of a socket that is bound "
               "and does "
               "not listen).";
    std::string text = "The port is held by ";
    for (std::size_t i = 0; i < std::min(most, failure.holders.size()); ++i)
        text += (i == 0 ? "" : "; ") + portHolderText(failure.holders[i]);
    const std::size_t count = failure.holders.size() + failure.moreHolders;
    if (count > most) text += "; and " + std::to_string(count - most) + " more";
    return text + ". " + reuseAdvice(failure.holders, failure.reuseWasOn);
}

std::string addressMissing(const BindFailure& failure) {
    const std::string host = failure.wanted.hostText();
    if (failure.addressHere == true)
        return "An interface has " + host +
               ", but it cannot be used yet: an IPv6 address is tentative while its "
               "uniqueness is being checked.";
    return failure.addressHere == false ? "No interface of this machine has the address " + host + "."
                                        : "The address " + host + " cannot be used here.";
}

std::string asked(const ResolveFailure& failure) {
    if (failure.nameServers.empty()) return " /etc/resolv.conf names no name server.";
    std::string list;
    for (const std::string& server : failure.nameServers)
        list += (list.empty() ? "" : ", ") + server;
    return " Name servers in /etc/resolv.conf: " + list + ".";
}

std::string silentPeer(const TransferFailure& failure) {
    const TcpTrace& trace = failure.trace;
    std::string text = "The peer stopped answering";
    if (trace.sinceAcknowledgedMs >= 0)
        text += ": nothing was acknowledged for " + millisecondsWords(trace.sinceAcknowledgedMs);
    if (trace.timeouts > 0)
        text += ", though the oldest bytes were sent again " + counted(trace.timeouts, "time", "times");
    else if (trace.probes > 0)
        text += ", " + counted(trace.probes, "probe", "probes") + " (keep-alive or window) went unanswered";
    if (trace.unacknowledged > 0)
        text += "; " + counted(trace.unacknowledged, "byte", "bytes") + " of ours never arrived for certain";
    return text + ".";
}

std::string resetByPeer(const TransferFailure& failure) {
    const TcpTrace& trace = failure.trace;
    std::string text = "The peer sent a reset (RST). " + std::string(failure.sending ? "send()" : "recv()") +
                       " reported it " + durationWords(failure.livedNs) + " after the connection began";
    if (trace.receivedBytes > 0 && trace.sinceReceivedMs >= 0)
        text += ", " + millisecondsWords(trace.sinceReceivedMs) + " after the last of " +
                counted(trace.receivedBytes, "byte", "bytes") + " had come";
    text += ".";
    if (trace.unacknowledged > 0)
        text += " " + counted(trace.unacknowledged, "byte", "bytes") + " of ours were not acknowledged.";
    return text + " Probably it closed with bytes unread, aborted, or its process ended.";
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
            return unreachable(failure);
        default:
            return "It ended " + durationWords(failure.waitedNs) + " after connect() began.";
    }
}

std::string bindCause(const BindFailure& failure) {
    switch (failure.error) {
        case EADDRINUSE:
            return portTaken(failure);
        case EADDRNOTAVAIL:
            return addressMissing(failure);
        case EACCES:
            return forbiddenPort(failure);
        case EINVAL:
            return failure.wanted.isLinkLocal() && failure.wanted.hostText().find('%') == std::string::npos
                       ? "A link-local address needs its interface: " + failure.wanted.hostText() + "%eth0."
                       : std::string();
        default:
            return {};
    }
}

std::string resolveCause(const ResolveFailure& failure) {
    const std::string after = durationWords(failure.waitedNs);
    const std::string host = "\"" + escapedText(failure.host) + "\"";
    const std::string name = eaiName(failure.code);
    if (name == "EAI_AGAIN")
        return "No name server gave an answer for " + host + " in " + after + "." + asked(failure);
    if (name == "EAI_NONAME" || name == "EAI_NODATA")
        return "The answer after " + after + ": there is no address for the name " + host + "." +
               asked(failure);
    if (name == "EAI_SERVICE")
        return "The system knows no service \"" + escapedText(failure.service) +
               "\" for this kind of socket (/etc/services).";
    if (name == "EAI_ADDRFAMILY")
        return "The name " + host + " has addresses, but none of the wanted family (after " + after + ").";
    if (name == "EAI_FAIL") return "The name server could not answer (after " + after + ")." + asked(failure);
    return {};
}

std::string transferCause(const TransferFailure& failure) {
    switch (failure.error) {
        case ECONNRESET:
            return resetByPeer(failure);
        case EPIPE:
            // A reset after the peer's FIN; without one it would be ECONNRESET (tcp_reset() in the kernel).
            return "The peer had closed, and answered what was sent to it afterwards with a reset (RST): "
                   "nobody reads there any more.";
        case ETIMEDOUT:
            return silentPeer(failure);
        case EHOSTUNREACH:
        case ENETUNREACH:
            return silentPeer(failure) +
                   " The last that came about it was an ICMP message: the peer is unreachable.";
        default:
            return {};
    }
}

}  // namespace sockstage
