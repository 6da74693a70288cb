// SPDX-License-Identifier: GPL-3.0-or-later
#include "tcptrace.h"

#include <algorithm>

namespace sockstage {
namespace {

constexpr std::array<TcpState, tcpNodeCount> states{
    TcpState::Closed,      TcpState::Listen,    TcpState::SynReceived, TcpState::SynSent,
    TcpState::Established, TcpState::CloseWait, TcpState::FinWait1,    TcpState::Closing,
    TcpState::LastAck,     TcpState::FinWait2,  TcpState::TimeWait,    TcpState::Closed};

/// Walks the way and remembers where it is.
class Walk {
public:
    Walk(TcpTrace& trace, bool reset) : trace_(trace), reset_(reset) {}

    void stepTo(TcpState state, Reach reach) {
        const TcpNode node = nodeOf(state, at_);
        Reach& known = trace_.reach[indexOf(node)];
        known = std::max(known, reach);
        trace_.visits.push_back(node);
        if (at_ != TcpState::Unknown && connected_)
            trace_.steps.push_back({node_, node, reach == Reach::Seen && reach_ == Reach::Seen});
        at_ = state;
        node_ = node;
        reach_ = reach;
        connected_ = true;
    }
    /// What must lie between here and there; where the diagram knows no way, the line has a gap.
    void passTo(TcpState state) {
        if (at_ == TcpState::Unknown) return;
        if (state == TcpState::Closed && !reset_) return endInOrder();
        const std::vector<TcpState> between = tcpStatesBetween(at_, state);
        connected_ = !between.empty() || isTcpTransition(at_, state);
        for (const TcpState passed : between)
            stepTo(passed, Reach::Passed);
    }
    TcpNode node() const { return node_; }

private:
    /// The kernel knows it no more. An acknowledged LAST-ACK is over in no time; which way any other state
    /// took is not known. FIN-WAIT-2 ends by its own time when close() was called and no FIN comes.
    void endInOrder() {
        using enum TcpState;
        if (at_ == CloseWait) stepTo(LastAck, Reach::Passed);
        connected_ = at_ == LastAck || at_ == TimeWait || at_ == FinWait2 || at_ == Listen || at_ == SynSent;
    }

    TcpTrace& trace_;
    const bool reset_;
    TcpState at_ = TcpState::Unknown;
    TcpNode node_ = TcpNode::Closed;
    Reach reach_ = Reach::Never;
    bool connected_ = false;
};

}  // namespace

TcpState stateOf(TcpNode node) {
    return states[indexOf(node)];
}

TcpNode nodeOf(TcpState state, TcpState previous) {
    const bool begins = previous == TcpState::Unknown || previous == TcpState::Closed ||
                        previous == TcpState::Listen || previous == TcpState::SynSent;
    if (state == TcpState::Closed) return begins ? TcpNode::Closed : TcpNode::Ended;
    const auto found = std::find(states.begin(), states.end(), state);
    return found == states.end() ? TcpNode::Closed : static_cast<TcpNode>(found - states.begin());
}

const TcpTrace::Step* TcpTrace::step(TcpNode from, TcpNode to) const {
    const auto found = std::find_if(steps.begin(), steps.end(), [from, to](const Step& each) {
        return each.from == from && each.to == to;
    });
    return found == steps.end() ? nullptr : &*found;
}

TcpTrace traceOf(const std::vector<TcpState>& way, TcpState origin, bool reset) {
    TcpTrace trace;
    Walk walk(trace, reset);
    const auto known = [](TcpState state) { return state != TcpState::Unknown; };
    const auto first = std::find_if(way.begin(), way.end(), known);
    if (first == way.end()) return trace;
    if (origin != TcpState::Unknown && origin != *first) walk.stepTo(origin, Reach::Passed);
    for (const TcpState state : way) {
        if (!known(state)) continue;
        walk.passTo(state);
        walk.stepTo(state, Reach::Seen);
    }
    trace.now = walk.node();
    return trace;
}

const std::vector<TcpEdge>& tcpEdges() {
    using enum TcpNode;
    static const std::vector<TcpEdge> edges{{Closed, Listen},
                                            {Listen, Closed},
                                            {Closed, SynSent},
                                            {SynSent, Closed},
                                            {Listen, SynReceived},
                                            {SynReceived, Listen},
                                            {SynSent, Established},
                                            {SynReceived, Established},
                                            {Established, CloseWait},
                                            {Established, FinWait1},
                                            {CloseWait, LastAck},
                                            {FinWait1, FinWait2},
                                            {FinWait1, Closing},
                                            {FinWait1, TimeWait},
                                            {FinWait2, TimeWait},
                                            {Closing, TimeWait},
                                            {LastAck, Ended},
                                            {TimeWait, Ended},
                                            {Listen, SynSent, false},
                                            {SynSent, SynReceived, false},
                                            {SynReceived, FinWait1, false}};
    return edges;
}

}  // namespace sockstage
