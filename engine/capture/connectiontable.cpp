#include "connectiontable.h"

namespace sockstage {

ConnectionTable::~ConnectionTable() {
    for (auto& segment : segments_)
        delete segment.load(std::memory_order_relaxed);
}

std::uint32_t ConnectionTable::add(const SocketAddress& peer, const SocketAddress& local, int fd,
                                   std::uint64_t firstRow, std::int64_t nowNs) {
    const std::uint32_t number = count_.load(std::memory_order_relaxed) + 1;
    if (number > maxConnections) return 0;
    auto& segment = segments_[number / segmentSlots];
    if (segment.load(std::memory_order_relaxed) == nullptr)
        segment.store(new Segment, std::memory_order_release);
    ConnectionSlot& added = slot(number);
    added.peer = peer;
    added.local = local;
    added.openedNs = nowNs;
    added.firstFd = fd;
    added.fd.store(fd, std::memory_order_relaxed);
    added.firstRow.store(firstRow, std::memory_order_relaxed);
    count_.store(number, std::memory_order_release);
    return number;
}

}  // namespace sockstage
