// SPDX-License-Identifier: GPL-3.0-or-later
#include "tcpinfo.h"

#include <limits>

namespace sockstage {
namespace {

/// Only what the kernel filled is a fact: older ones stop earlier.
class Filled {
public:
    Filled(const TcpInfo& info, std::size_t length) : info_(info), length_(length) {}
    template <typename T>
    std::int64_t operator()(T TcpInfo::*field) const {
        const auto* const base = reinterpret_cast<const std::byte*>(&info_);
        const auto* const at = reinterpret_cast<const std::byte*>(&(info_.*field));
        if (static_cast<std::size_t>(at - base) + sizeof(T) > length_) return KernelFacts::absent;
        return static_cast<std::int64_t>(info_.*field);
    }
    /// Some fields say "nothing known yet" by a number of their own.
    template <typename T>
    std::int64_t unless(T TcpInfo::*field, T nothing) const {
        return info_.*field == nothing ? KernelFacts::absent : (*this)(field);
    }

private:
    const TcpInfo& info_;
    const std::size_t length_;
};

constexpr std::uint32_t infiniteThreshold = 0x7fffffff;  // TCP_INFINITE_SSTHRESH in net/tcp.h
constexpr auto noNumber = std::numeric_limits<std::uint32_t>::max();
constexpr auto noRate = std::numeric_limits<std::uint64_t>::max();

void readPath(const TcpInfo& info, const Filled& filled, KernelFacts& facts) {
    facts.rttUs = filled.unless(&TcpInfo::rtt, 0U);
    if (info.rtt != 0) facts.rttVarianceUs = filled(&TcpInfo::rttvar);
    facts.minRttUs = filled.unless(&TcpInfo::minRtt, noNumber);
    facts.retransmitTimeoutUs = filled(&TcpInfo::rto);
    facts.congestionWindow = filled(&TcpInfo::sndCwnd);
    if (info.sndSsthresh < infiniteThreshold) facts.slowStartThreshold = filled(&TcpInfo::sndSsthresh);
    facts.sendMss = filled(&TcpInfo::sndMss);
    facts.receiveMss = filled(&TcpInfo::rcvMss);
    facts.pathMtu = filled.unless(&TcpInfo::pmtu, 0U);
    facts.reordering = filled(&TcpInfo::reordering);
    facts.reorderingSeen = filled(&TcpInfo::reordSeen);
    facts.deliveryRate = filled.unless(&TcpInfo::deliveryRate, std::uint64_t{0});
    facts.pacingRate = filled.unless(&TcpInfo::pacingRate, noRate);
}

void readTraffic(const Filled& filled, KernelFacts& facts) {
    facts.segmentsInFlight = filled(&TcpInfo::unacked);
    facts.lostSegments = filled(&TcpInfo::lost);
    facts.retransmittingSegments = filled(&TcpInfo::retrans);
    facts.totalRetransmits = filled(&TcpInfo::totalRetrans);
    facts.bytesRetransmitted = filled(&TcpInfo::bytesRetrans);
    facts.bytesSent = filled(&TcpInfo::bytesSent);
    facts.bytesAcked = filled(&TcpInfo::bytesAcked);
    facts.bytesReceived = filled(&TcpInfo::bytesReceived);
    facts.segmentsOut = filled(&TcpInfo::segsOut);
    facts.segmentsIn = filled(&TcpInfo::segsIn);
    facts.backoff = filled(&TcpInfo::backoff);
    facts.probes = filled(&TcpInfo::probes);
    facts.windowLimitedUs = filled(&TcpInfo::rwndLimited);
    facts.sendBufferLimitedUs = filled(&TcpInfo::sndbufLimited);
}

/// These begin to count, or come from the peer, with the handshake.
void readSynchronized(const Filled& filled, KernelFacts& facts) {
    facts.sinceLastSentMs = filled(&TcpInfo::lastDataSent);
    facts.sinceLastReceivedMs = filled(&TcpInfo::lastDataRecv);
    facts.peerWindowBytes = filled(&TcpInfo::sndWnd);
    facts.ownWindowBytes = filled(&TcpInfo::rcvWnd);
}

}  // namespace

void readTcpInfo(const TcpInfo& info, std::size_t length, KernelFacts& facts) {
    const Filled filled(info, length);
    if (length == 0) return;
    facts.state = tcpStateFromKernel(info.state);
    if (facts.state == TcpState::Listen) {  // for a listener these two fields have another meaning
        facts.acceptQueue = filled(&TcpInfo::unacked);
        facts.acceptQueueLimit = filled(&TcpInfo::sacked);
        return;
    }
    facts.notSentBytes = filled(&TcpInfo::notsentBytes);
    readPath(info, filled, facts);
    readTraffic(filled, facts);
    if (facts.state != TcpState::Closed && facts.state != TcpState::SynSent) readSynchronized(filled, facts);
}

void readSocketMemory(const SocketMemory& memory, std::size_t length, bool tcp, KernelFacts& facts) {
    if (length < offsetof(SocketMemory, optmem)) return;
    facts.receiveChargedBytes = memory.rmemAlloc;
    facts.receiveBufferBytes = memory.rcvbuf;
    facts.sendBufferBytes = memory.sndbuf;
    facts.sendChargedBytes = tcp ? memory.wmemQueued : memory.wmemAlloc;
    if (length >= sizeof memory) facts.drops = memory.drops;
}

}  // namespace sockstage
