// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "tcpstate.h"

namespace sockstage {

/// The boxes of the state diagram, row by row. CLOSED stands twice, as in figure 5 of RFC 9293: where a
/// connection begins and where it has ended.
enum class TcpNode : std::uint8_t {
    Closed,
    Listen,
    SynReceived,
    SynSent,
    Established,
    CloseWait,
    FinWait1,
    Closing,
    LastAck,
    FinWait2,
    TimeWait,
    Ended
};
inline constexpr std::size_t tcpNodeCount = 12;
inline constexpr std::size_t indexOf(TcpNode node) {
    return static_cast<std::size_t>(node);
}

TcpState stateOf(TcpNode node);
/// The box of a state that was come to from `previous`: a connect or a listen that ends falls back to the
/// first CLOSED, all else ends in the second.
TcpNode nodeOf(TcpState state, TcpState previous = TcpState::Unknown);

/// Never: not on the way. Passed: not seen, but the way leads through it. Seen: the kernel was found
/// in it.
enum class Reach : std::uint8_t { Never, Passed, Seen };

/// The way of one end through the diagram, ready to draw. Plain values.
struct TcpTrace {
    struct Step {
        TcpNode from, to;
        bool seen = false;  ///< one transition between two looks, both ends seen
        bool operator==(const Step&) const = default;
    };

    std::array<Reach, tcpNodeCount> reach{};
    std::vector<TcpNode> visits;  ///< all that is on the way, in its order
    std::vector<Step> steps;
    std::optional<TcpNode> now;

    const Step* step(TcpNode from, TcpNode to) const;
    Reach at(TcpNode node) const { return reach[indexOf(node)]; }
    bool operator==(const TcpTrace&) const = default;
};

/// `way`: as the kernel was seen, oldest first. `origin`: where it must have begun although unseen,
/// LISTEN for an accepted connection, CLOSED for a client's; Unknown when that is not known. `reset`: a reset
/// ended it. Without one, a state that the diagram lets end only by a reset went on unseen.
TcpTrace traceOf(const std::vector<TcpState>& way, TcpState origin = TcpState::Unknown, bool reset = false);

/// An edge of the diagram's drawing. `always`: drawn also when it was not taken.
struct TcpEdge {
    TcpNode from, to;
    bool always = true;
};
/// The edges of figure 5. Its three rarest are drawn only where they are taken or requested, and so is a
/// reset, which may end any state.
const std::vector<TcpEdge>& tcpEdges();

}  // namespace sockstage
