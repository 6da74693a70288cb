// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>

#include "tcpstate.h"

namespace sockstage {

/// Where a look at the kernel got its facts: from the open descriptor (TCP_INFO, SO_MEMINFO, the queue
/// ioctls), from sock_diag once the descriptor is closed, or nowhere because the kernel knows no such socket
/// any more.
enum class FactsSource : std::uint8_t { None, Descriptor, SockDiag, Gone };

/// The timer that runs for a socket (sock_diag's idiag_timer).
enum class KernelTimer : std::uint8_t { None, Retransmit, KeepAlive, TimeWait, ZeroWindowProbe, Unknown };

/// All that the kernel said about one socket at one moment, and what our own queue held then. A plain value.
/// `absent` marks what this kernel, this kind of socket or this source does not report. The names in the
/// comments are the kernel's.
struct KernelFacts {
    static constexpr std::int64_t absent = -1;

    std::int64_t atNs = 0;  ///< the capture's clock
    FactsSource source = FactsSource::None;
    TcpState state = TcpState::Unknown;  ///< Unknown for UDP
    KernelTimer timer = KernelTimer::None;
    std::int64_t timerMs = absent;  ///< until it fires; in TIME-WAIT the time that remains

    // Sending: our queue -> send buffer (not yet sent, in flight) -> network.
    std::int64_t queuedBytes = 0;  ///< ours, not yet given to send()
    std::int64_t unackedBytes =
        absent;  ///< SIOCOUTQ: in the send buffer, not acknowledged (UDP: not yet left)
    std::int64_t notSentBytes = absent;     ///< SIOCOUTQNSD: of these, not yet sent once
    std::int64_t sendBufferBytes = absent;  ///< SO_MEMINFO sndbuf: the limit
    std::int64_t sendChargedBytes =
        absent;  ///< SO_MEMINFO wmem_queued (TCP), wmem_alloc (UDP): memory charged for it
    std::int64_t peerWindowBytes = absent;  ///< tcpi_snd_wnd: what the peer says it would still take

    // Receiving: network -> receive buffer -> recv().
    std::int64_t unreadBytes = absent;          ///< SIOCINQ (TCP); UDP: the next datagram's length
    std::int64_t receiveBufferBytes = absent;   ///< SO_MEMINFO rcvbuf: the limit
    std::int64_t receiveChargedBytes = absent;  ///< SO_MEMINFO rmem_alloc
    std::int64_t ownWindowBytes = absent;  ///< tcpi_rcv_wnd: what we last advertised (Linux 6.2 and newer)
    std::int64_t drops = absent;  ///< SO_MEMINFO drops: thrown away by the kernel, receive buffer full

    // TCP_INFO.
    std::int64_t rttUs = absent, rttVarianceUs = absent,
                 minRttUs = absent;             ///< tcpi_rtt tcpi_rttvar tcpi_min_rtt
    std::int64_t retransmitTimeoutUs = absent;  ///< tcpi_rto
    std::int64_t congestionWindow = absent;     ///< tcpi_snd_cwnd, segments
    std::int64_t slowStartThreshold = absent;   ///< tcpi_snd_ssthresh, segments; absent while infinite
    std::int64_t sendMss = absent, receiveMss = absent, pathMtu = absent;
    std::int64_t segmentsInFlight = absent;        ///< tcpi_unacked
    std::int64_t lostSegments = absent;            ///< tcpi_lost
    std::int64_t retransmittingSegments = absent;  ///< tcpi_retrans: out now
    std::int64_t totalRetransmits = absent;        ///< tcpi_total_retrans, segments
    std::int64_t bytesRetransmitted = absent;      ///< tcpi_bytes_retrans
    std::int64_t reordering = absent;              ///< tcpi_reordering: segments
    std::int64_t reorderingSeen = absent;          ///< tcpi_reord_seen: events
    std::int64_t deliveryRate = absent;            ///< tcpi_delivery_rate, bytes/s
    std::int64_t pacingRate = absent;              ///< tcpi_pacing_rate, bytes/s; absent while unlimited
    std::int64_t bytesSent = absent, bytesAcked = absent, bytesReceived = absent;
    std::int64_t segmentsOut = absent, segmentsIn = absent;
    std::int64_t sinceLastSentMs = absent,
                 sinceLastReceivedMs = absent;  ///< tcpi_last_data_sent, tcpi_last_data_recv
    std::int64_t backoff = absent;              ///< tcpi_backoff: times the timeout was doubled
    std::int64_t probes = absent;               ///< tcpi_probes: unanswered window or keep-alive probes
    std::int64_t windowLimitedUs = absent;      ///< tcpi_rwnd_limited: sending waited for the peer's window
    std::int64_t sendBufferLimitedUs = absent;  ///< tcpi_sndbuf_limited
    std::array<char, 16> congestionControl{};   ///< "bbr", NUL terminated

    // A listening socket.
    std::int64_t acceptQueue = absent;       ///< tcpi_unacked: connections that wait for accept()
    std::int64_t acceptQueueLimit = absent;  ///< tcpi_sacked: min(backlog, net.core.somaxconn)
    std::int64_t somaxconn = absent;         ///< /proc/sys/net/core/somaxconn
    std::int64_t listenOverflows = absent;   ///< of the whole network namespace since our listen()
    std::int64_t listenDrops = absent;       ///< the same; /proc/net/netstat
};

/// After it nothing more can be learned of the socket.
constexpr bool isLastLook(const KernelFacts& facts) {
    return facts.source == FactsSource::Gone || facts.source == FactsSource::None;
}

}  // namespace sockstage
