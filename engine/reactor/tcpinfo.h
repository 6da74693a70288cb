// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernelfacts.h"

namespace sockstage {

/// The kernel's struct tcp_info (include/uapi/linux/tcp.h of Linux 6.18), which only ever grows at its end:
/// the headers of the system that builds may know less of it than the kernel that runs. Bit fields are whole
/// bytes here.
struct TcpInfo {
    std::uint8_t state, caState, retransmits, probes, backoff, options, windowScales, flags;
    std::uint32_t rto, ato, sndMss, rcvMss;
    std::uint32_t unacked, sacked, lost, retrans, fackets;
    std::uint32_t lastDataSent, lastAckSent, lastDataRecv, lastAckRecv;
    std::uint32_t pmtu, rcvSsthresh, rtt, rttvar, sndSsthresh, sndCwnd, advmss, reordering;
    std::uint32_t rcvRtt, rcvSpace, totalRetrans;
    std::uint64_t pacingRate, maxPacingRate, bytesAcked, bytesReceived;
    std::uint32_t segsOut, segsIn, notsentBytes, minRtt, dataSegsIn, dataSegsOut;
    std::uint64_t deliveryRate, busyTime, rwndLimited, sndbufLimited;
    std::uint32_t delivered, deliveredCe;
    std::uint64_t bytesSent, bytesRetrans;
    std::uint32_t dsackDups, reordSeen, rcvOoopack, sndWnd, rcvWnd, rehash;
};
static_assert(offsetof(TcpInfo, pacingRate) == 104 && offsetof(TcpInfo, deliveryRate) == 160);
static_assert(offsetof(TcpInfo, bytesSent) == 200 && offsetof(TcpInfo, rehash) == 236);

/// What the first `length` bytes of `info`, which the kernel filled, say; the rest stays absent.
void readTcpInfo(const TcpInfo& info, std::size_t length, KernelFacts& facts);

/// The words of SO_MEMINFO and of sock_diag's INET_DIAG_SKMEMINFO (SK_MEMINFO_... in linux/sock_diag.h).
struct SocketMemory {
    std::uint32_t rmemAlloc, rcvbuf, wmemAlloc, sndbuf, fwdAlloc, wmemQueued, optmem, backlog, drops;
};
static_assert(sizeof(SocketMemory) == 9 * sizeof(std::uint32_t));

void readSocketMemory(const SocketMemory& memory, std::size_t length, bool tcp, KernelFacts& facts);

}  // namespace sockstage
