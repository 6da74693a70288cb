// SPDX-License-Identifier: GPL-3.0-or-later
#include "clientorder.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "connectiontext.h"

namespace sockstage {
namespace {

using Key = std::array<quint64, 4>;

quint64 bigEndian(std::span<const std::byte> bytes, std::size_t from, std::size_t length) {
    quint64 value = 0;
    for (std::size_t i = from; i < from + length; ++i)
        value = value << 8U | (i < bytes.size() ? std::to_integer<quint64>(bytes[i]) : 0);
    return value;
}

// By address, then by port, and IPv4 before IPv6. The address follows family and port in a sockaddr_in,
// and a flow label too in a sockaddr_in6.
Key peerKey(const SocketAddress& peer) {
    const auto bytes = peer.bytes();
    const std::size_t from = bytes.size() > 16 ? 8 : 4;
    const std::size_t length = bytes.size() > 16 ? 8 : 4;
    return {bytes.size(), bigEndian(bytes, from, length), bigEndian(bytes, from + length, 8), peer.port()};
}

Key sinceKey(const ConnectionSlot& slot) {
    if (isOpen(slot)) return {0, static_cast<quint64>(slot.openedNs), 0, 0};
    return {1, static_cast<quint64>(slot.end.load()), static_cast<quint64>(slot.endedNs.load()), 0};
}

/// Rows that show — stand together, whatever the kernel said of them before.
quint64 sampled(const ConnectionSlot& slot, const std::atomic<std::uint32_t>& value) {
    return isSampled(slot) ? value.load(std::memory_order_relaxed) : 0;
}

quint64 valueKey(const ConnectionSlot& slot, ClientColumn column) {
    switch (column) {
        case ClientColumn::Fd:
            return static_cast<quint64>(std::max(0, slot.firstFd));
        case ClientColumn::TcpState:
            return isOpen(slot) || isInKernelAfterClose(slot) ? slot.kernel.tcpState.load() : ~quint64{0};
        case ClientColumn::Received:
            return slot.receivedBytes.get();
        case ClientColumn::Sent:
            return slot.sentBytes.get();
        case ClientColumn::SendQueue:
            return sampled(slot, slot.kernel.sendQueueBytes) + slot.queuedBytes.get();
        case ClientColumn::ReceiveQueue:
            return sampled(slot, slot.kernel.receiveQueueBytes);
        case ClientColumn::Rtt:
            return sampled(slot, slot.kernel.rttUs);
        default:
            return 0;
    }
}

Key keyOf(const ConnectionSlot& slot, ClientColumn column, quint64 movedBefore) {
    if (column == ClientColumn::Peer) return peerKey(slot.peer);
    if (column == ClientColumn::SinceOrEnd) return sinceKey(slot);
    if (column == ClientColumn::Rate) return {movedBytes(slot) - movedBefore, 0, 0, 0};
    return {valueKey(slot, column), 0, 0, 0};
}

}  // namespace

quint64 movedBytes(const ConnectionSlot& slot) {
    return slot.receivedBytes.get() + slot.sentBytes.get();
}

std::vector<std::uint32_t> sortedClients(const ConnectionTable& connections,
                                         std::vector<std::uint32_t> numbers, ClientColumn column,
                                         Qt::SortOrder order, const MovedBytes& movedBefore) {
    std::sort(numbers.begin(), numbers.end());
    // The keys are read once: they change while this sorts, and a sort by changing keys is undefined.
    std::vector<std::pair<Key, std::uint32_t>> keyed;
    keyed.reserve(numbers.size());
    for (const std::uint32_t number : numbers) {
        const auto before = movedBefore.find(number);
        keyed.emplace_back(
            keyOf(connections.at(number), column, before == movedBefore.end() ? 0 : before->second), number);
    }
    std::stable_sort(keyed.begin(), keyed.end(), [order](const auto& a, const auto& b) {
        return order == Qt::AscendingOrder ? a.first < b.first : b.first < a.first;
    });
    std::transform(keyed.begin(), keyed.end(), numbers.begin(), [](const auto& each) { return each.second; });
    return numbers;
}

}  // namespace sockstage
