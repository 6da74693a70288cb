// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>
#include <vector>

namespace sockstage {

/// The eleven states of RFC 9293, with Linux's numbers (TCP_ESTABLISHED ... in netinet/tcp.h). Unknown:
/// not sampled yet, or the kernel gave no answer.
enum class TcpState : std::uint8_t {
    Unknown,
    Established,
    SynSent,
    SynReceived,
    FinWait1,
    FinWait2,
    TimeWait,
    Closed,
    CloseWait,
    LastAck,
    Listen,
    Closing
};
inline constexpr std::size_t tcpStateCount = 12;

/// "ESTABLISHED", "FIN-WAIT-1", "SYN-RECEIVED": the RFC's names; "unknown" for Unknown.
std::string_view tcpStateName(TcpState state);
/// From the kernel's number; 12 (TCP_NEW_SYN_RECV) is SYN-RECEIVED; what is not known becomes Unknown.
TcpState tcpStateFromKernel(unsigned number);

/// May RFC 9293's diagram (figure 5, with the reset and abort edges) lead from one state to the other in one
/// step?
bool isTcpTransition(TcpState from, TcpState to);
/// The states that lie between two observed ones on the shortest way of the diagram, both excluded; empty for
/// neighbours and where there is no way. What passed between two looks is shown as passed, not as seen.
std::vector<TcpState> tcpStatesBetween(TcpState from, TcpState to);

/// Every state that the kernel reported for a connection, oldest first. One writer, any readers.
class TcpStateHistory {
public:
    static constexpr std::size_t longest = 14;
    /// Worker only. Notes the state if it differs from the last one; once full, the last place is
    /// overwritten.
    void note(TcpState state);
    /// Worker only: another socket begins.
    void clear() { packed_.store(0, std::memory_order_relaxed); }
    /// Worker only: what was noted under another number comes first.
    void continueFrom(const TcpStateHistory& earlier) {
        packed_.store(earlier.packed_.load(std::memory_order_relaxed), std::memory_order_relaxed);
    }
    std::vector<TcpState> states() const;
    TcpState last() const;

private:
    std::atomic<std::uint64_t> packed_{0};  ///< four bits each, the oldest lowest; the top byte is the count
};

}  // namespace sockstage
