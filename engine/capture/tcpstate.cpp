// SPDX-License-Identifier: GPL-3.0-or-later
#include "tcpstate.h"

#include <algorithm>

namespace sockstage {
namespace {

using enum TcpState;

constexpr std::array<std::string_view, tcpStateCount> names{
    "unknown",   "ESTABLISHED", "SYN-SENT",   "SYN-RECEIVED", "FIN-WAIT-1", "FIN-WAIT-2",
    "TIME-WAIT", "CLOSED",      "CLOSE-WAIT", "LAST-ACK",     "LISTEN",     "CLOSING"};

struct Edge {
    TcpState from, to;
};
/// Figure 5 of RFC 9293. Where two ways are equally short, the one that stands first here is taken.
constexpr std::array<Edge, 20> edges{
    {{Closed, Listen},           {Closed, SynSent},       {Listen, SynReceived},  {Listen, SynSent},
     {Listen, Closed},           {SynSent, SynReceived},  {SynSent, Established}, {SynSent, Closed},
     {SynReceived, Established}, {SynReceived, FinWait1}, {SynReceived, Listen},  {Established, FinWait1},
     {Established, CloseWait},   {FinWait1, FinWait2},    {FinWait1, Closing},    {FinWait1, TimeWait},
     {FinWait2, TimeWait},       {CloseWait, LastAck},    {Closing, TimeWait},    {LastAck, Closed}}};

/// The abort edges: a reset ends any state, and TIME-WAIT ends by its timer.
constexpr bool mayEnd(TcpState from) {
    return from != Unknown && from != Closed;
}

constexpr std::uint64_t countShift = 56;

}  // namespace

std::string_view tcpStateName(TcpState state) {
    return names[static_cast<std::size_t>(state)];
}

TcpState tcpStateFromKernel(unsigned number) {
    constexpr unsigned newSynReceived = 12;
    if (number == newSynReceived) return SynReceived;
    return number < tcpStateCount ? static_cast<TcpState>(number) : Unknown;
}

bool isTcpTransition(TcpState from, TcpState to) {
    if (to == Closed && mayEnd(from)) return true;
    return std::any_of(edges.begin(), edges.end(),
                       [from, to](const Edge& edge) { return edge.from == from && edge.to == to; });
}

std::vector<TcpState> tcpStatesBetween(TcpState from, TcpState to) {
    if (from == to || isTcpTransition(from, to)) return {};
    std::array<TcpState, tcpStateCount> cameFrom{};
    std::vector<TcpState> reached{from};
    for (std::size_t i = 0; i < reached.size(); ++i)
        for (const Edge& edge : edges) {
            const bool known = std::find(reached.begin(), reached.end(), edge.to) != reached.end();
            if (edge.from != reached[i] || known) continue;
            cameFrom[static_cast<std::size_t>(edge.to)] = edge.from;
            reached.push_back(edge.to);
        }
    std::vector<TcpState> between;
    for (TcpState at = cameFrom[static_cast<std::size_t>(to)]; at != Unknown && at != from;
         at = cameFrom[static_cast<std::size_t>(at)])
        between.push_back(at);
    std::reverse(between.begin(), between.end());
    return between;
}

void TcpStateHistory::note(TcpState state) {
    if (state == Unknown || state == last()) return;
    std::uint64_t packed = packed_.load(std::memory_order_relaxed);
    std::uint64_t count = packed >> countShift;
    const std::uint64_t place = std::min<std::uint64_t>(count, longest - 1) * 4;
    packed &= ~(std::uint64_t{0xf} << place);
    packed |= static_cast<std::uint64_t>(state) << place;
    count = std::min<std::uint64_t>(count + 1, longest);
    packed = (packed & ~(std::uint64_t{0xff} << countShift)) | (count << countShift);
    packed_.store(packed, std::memory_order_relaxed);
}

std::vector<TcpState> TcpStateHistory::states() const {
    const std::uint64_t packed = packed_.load(std::memory_order_relaxed);
    std::vector<TcpState> states(packed >> countShift);
    for (std::size_t i = 0; i < states.size(); ++i)
        states[i] = static_cast<TcpState>((packed >> (i * 4)) & 0xf);
    return states;
}

TcpState TcpStateHistory::last() const {
    const std::uint64_t packed = packed_.load(std::memory_order_relaxed);
    const std::uint64_t count = packed >> countShift;
    return count == 0 ? Unknown : static_cast<TcpState>((packed >> ((count - 1) * 4)) & 0xf);
}

}  // namespace sockstage
