// SPDX-License-Identifier: GPL-3.0-or-later
#include "portholder.h"

#include <algorithm>
#include <utility>

#include "payloadtext.h"

namespace sockstage {
namespace {

std::string secondsText(std::int64_t milliseconds) {
    return std::to_string((milliseconds + 999) / 1000) + " s";
}

bool listens(const PortHolder& holder) {
    return holder.state == TcpState::Listen;
}

/// Bound and nothing more, or a UDP socket.
bool isBoundOnly(const PortHolder& holder) {
    return holder.state == TcpState::Closed || holder.state == TcpState::Unknown;
}

/// "400 ESTABLISHED, 102 TIME-WAIT"
std::string tallyText(const std::map<TcpState, std::size_t>& tally) {
    std::string text;
    for (const auto& [state, count] : tally)
        text += (text.empty() ? "" : ", ") + std::to_string(count) + ' ' + std::string(tcpStateName(state));
    return text;
}

/// Sockets of one kind: the first few, and how many more there are.
struct Some {
    void add(const PortHolder& holder) {
        constexpr std::size_t most = 3;
        if (lines.size() < most) lines.push_back(portHolderText(holder));
        ++tally[holder.state];
        ++count;
    }
    void add(TcpState state, std::size_t more) {
        tally[state] += more;
        count += more;
    }
    std::size_t left() const { return count - lines.size(); }
    std::vector<std::string> lines;
    std::map<TcpState, std::size_t> tally;
    std::size_t count = 0;
};

bool isConnection(TcpState state) {
    return state != TcpState::Listen && state != TcpState::Closed && state != TcpState::Unknown;
}

}  // namespace

std::size_t PortHolders::more() const {
    std::size_t sum = 0;
    for (const auto& [state, count] : rest)
        sum += count;
    return sum;
}

std::vector<std::string> portHolderLines(const PortHolders& holders) {
    Some waiting, connections;
    for (const PortHolder& each : holders.first)
        (isConnection(each.state) ? connections : waiting).add(each);
    for (const auto& [state, count] : holders.rest)
        (isConnection(state) ? connections : waiting).add(state, count);
    std::vector<std::string> lines = std::move(waiting.lines);
    if (const std::size_t left = waiting.count - lines.size(); left != 0)
        lines.push_back("and " + std::to_string(left) + " more like " + (lines.size() == 1 ? "it" : "these"));
    if (connections.left() == 0)
        lines.insert(lines.end(), connections.lines.begin(), connections.lines.end());
    else
        lines.push_back(std::string(lines.empty() ? "" : "and ") + std::to_string(connections.count) +
                        " connections (" + tallyText(connections.tally) + ')');
    return lines;
}

std::string portHolderText(const PortHolder& holder) {
    std::string text = holder.local.text();
    if (holder.remote.isValid()) text += " to " + holder.remote.text();
    if (!holder.tcp)
        text += " UDP";
    else
        text += holder.state == TcpState::Closed ? " bound, not listening"
                                                 : ' ' + std::string(tcpStateName(holder.state));
    if (holder.v6Only && holder.local.isWildcard()) text += " (IPv6 only)";
    if (holder.state == TcpState::TimeWait) {
        if (holder.timeWaitMs >= 0) text += ", " + secondsText(holder.timeWaitMs) + " left";
        return text;
    }
    if (holder.pid != 0)
        text += ", " + escapedText(holder.process) + ", process " + std::to_string(holder.pid);
    return text + ", user " + std::to_string(holder.uid);
}

bool anyListens(std::span<const PortHolder> holders) {
    return std::any_of(holders.begin(), holders.end(), listens);
}

std::string reuseAdvice(std::span<const PortHolder> holders, bool reuseWasOn) {
    if (holders.empty()) return {};
    if (anyListens(holders)) return "SO_REUSEADDR does not help: a listening socket keeps its port.";
    if (reuseWasOn)
        return "SO_REUSEADDR was on here and did not help: who holds the port had not set it too.";
    if (!holders.front().tcp)
        return "SO_REUSEADDR helps only if the other socket has set it too, and then the newest one gets the "
               "datagrams.";
    if (std::any_of(holders.begin(), holders.end(), isBoundOnly))
        return "SO_REUSEADDR helps only if the other socket has set it too, and as long as neither listens.";
    const bool waiting = std::all_of(holders.begin(), holders.end(), [](const PortHolder& holder) {
        return holder.state == TcpState::TimeWait;
    });
    return std::string("SO_REUSEADDR lets bind() have the port if the ") +
           (waiting ? "ended connections' program" : "connections' program") +
           " had set it too, as servers usually do.";
}

std::string portAdvice(const PortHolders& holders, bool reuseWasOn) {
    const std::string advice = reuseAdvice(holders.first, reuseWasOn);
    const auto isAcross = [&](const PortHolder& each) {
        const SocketAddress& v6 = holders.wanted.isIpv4() ? each.local : holders.wanted;
        return each.local.isIpv4() != holders.wanted.isIpv4() && v6.isWildcard() && !v6.isV4Mapped();
    };
    if (holders.first.empty() || !std::all_of(holders.first.begin(), holders.first.end(), isAcross))
        return advice;
    return "A socket on [::] is one for IPv4 too, unless IPV6_V6ONLY is on: with it, both can have the "
           "port. " +
           advice;
}

}  // namespace sockstage
