// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "kernelfacts.h"

namespace sockstage {

/// The numbers of a `kernel` event, in their order. The names are a promise to scripts.
struct KernelField {
    std::string_view name;
    std::int64_t KernelFacts::*value;
};
inline constexpr std::array kernelFields{
    KernelField{"timer_ms", &KernelFacts::timerMs},
    KernelField{"queued_bytes", &KernelFacts::queuedBytes},
    KernelField{"unacked_bytes", &KernelFacts::unackedBytes},
    KernelField{"not_sent_bytes", &KernelFacts::notSentBytes},
    KernelField{"send_buffer_bytes", &KernelFacts::sendBufferBytes},
    KernelField{"send_charged_bytes", &KernelFacts::sendChargedBytes},
    KernelField{"peer_window_bytes", &KernelFacts::peerWindowBytes},
    KernelField{"unread_bytes", &KernelFacts::unreadBytes},
    KernelField{"receive_buffer_bytes", &KernelFacts::receiveBufferBytes},
    KernelField{"receive_charged_bytes", &KernelFacts::receiveChargedBytes},
    KernelField{"own_window_bytes", &KernelFacts::ownWindowBytes},
    KernelField{"drops", &KernelFacts::drops},
    KernelField{"rtt_us", &KernelFacts::rttUs},
    KernelField{"rtt_variance_us", &KernelFacts::rttVarianceUs},
    KernelField{"min_rtt_us", &KernelFacts::minRttUs},
    KernelField{"retransmit_timeout_us", &KernelFacts::retransmitTimeoutUs},
    KernelField{"congestion_window", &KernelFacts::congestionWindow},
    KernelField{"slow_start_threshold", &KernelFacts::slowStartThreshold},
    KernelField{"send_mss", &KernelFacts::sendMss},
    KernelField{"receive_mss", &KernelFacts::receiveMss},
    KernelField{"path_mtu", &KernelFacts::pathMtu},
    KernelField{"segments_in_flight", &KernelFacts::segmentsInFlight},
    KernelField{"lost_segments", &KernelFacts::lostSegments},
    KernelField{"retransmitting_segments", &KernelFacts::retransmittingSegments},
    KernelField{"total_retransmits", &KernelFacts::totalRetransmits},
    KernelField{"bytes_retransmitted", &KernelFacts::bytesRetransmitted},
    KernelField{"reordering", &KernelFacts::reordering},
    KernelField{"reordering_seen", &KernelFacts::reorderingSeen},
    KernelField{"delivery_rate", &KernelFacts::deliveryRate},
    KernelField{"pacing_rate", &KernelFacts::pacingRate},
    KernelField{"bytes_sent", &KernelFacts::bytesSent},
    KernelField{"bytes_acked", &KernelFacts::bytesAcked},
    KernelField{"bytes_received", &KernelFacts::bytesReceived},
    KernelField{"segments_out", &KernelFacts::segmentsOut},
    KernelField{"segments_in", &KernelFacts::segmentsIn},
    KernelField{"since_last_sent_ms", &KernelFacts::sinceLastSentMs},
    KernelField{"since_last_received_ms", &KernelFacts::sinceLastReceivedMs},
    KernelField{"backoff", &KernelFacts::backoff},
    KernelField{"probes", &KernelFacts::probes},
    KernelField{"window_limited_us", &KernelFacts::windowLimitedUs},
    KernelField{"send_buffer_limited_us", &KernelFacts::sendBufferLimitedUs},
    KernelField{"accept_queue", &KernelFacts::acceptQueue},
    KernelField{"accept_queue_limit", &KernelFacts::acceptQueueLimit},
    KernelField{"somaxconn", &KernelFacts::somaxconn},
    KernelField{"listen_overflows", &KernelFacts::listenOverflows},
    KernelField{"listen_drops", &KernelFacts::listenDrops}};

/// Each number of KernelFacts but its clock has a name here.
static_assert(sizeof(KernelFacts) == (kernelFields.size() + 1) * sizeof(std::int64_t) + 8 + 16);

}  // namespace sockstage
