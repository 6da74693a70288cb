#include "connectiontable.h"

namespace sockstage {

ConnectionTable::~ConnectionTable() {
    for (const auto& each : pages_) {
        const std::unique_ptr<Page> page(each.load(std::memory_order_relaxed));
        if (!page) break;
        for (const auto& segment : *page)
            delete segment.load(std::memory_order_relaxed);
    }
}

void ConnectionTable::makeRoom(std::uint32_t number) {
    auto& page = pages_[pageOf(number)];
    const auto grown = [this](std::size_t bytes) {
        memoryBytes_.fetch_add(bytes, std::memory_order_relaxed);
    };
    if (page.load(std::memory_order_relaxed) == nullptr) {
        page.store(new Page{}, std::memory_order_release);
        grown(sizeof(Page));
    }
    auto& segment = (*page.load(std::memory_order_relaxed))[segmentOf(number)];
    if (segment.load(std::memory_order_relaxed) != nullptr) return;
    segment.store(new Segment, std::memory_order_release);
    grown(sizeof(Segment));
}

std::uint32_t ConnectionTable::add(const SocketAddress& peer, const SocketAddress& local, int fd,
                                   std::uint64_t firstRow, std::int64_t nowNs) {
    const std::uint32_t number = count_.load(std::memory_order_relaxed) + 1;
    if (number > maxConnections) return 0;
    makeRoom(number);
    ConnectionSlot& added = slot(number);
    added.peer = peer;
    added.local = local;
    added.openedNs = nowNs;
    added.firstFd = fd;
    added.fd.store(fd, std::memory_order_relaxed);
    added.firstRow.store(firstRow, std::memory_order_relaxed);
    added.previousOpen = lastOpen_;
    count_.store(number, std::memory_order_release);
    linkAfter(lastOpen_).store(number, std::memory_order_release);
    lastOpen_ = number;
    return number;
}

/// The slot keeps its own link: who stands on it goes on from there, to higher numbers only.
void ConnectionTable::close(std::uint32_t number) {
    ConnectionSlot& closed = slot(number);
    closed.state.store(ConnectionState::Closed, std::memory_order_release);
    const std::uint32_t next = closed.nextOpen.load(std::memory_order_relaxed);
    linkAfter(closed.previousOpen).store(next, std::memory_order_release);
    (next == 0 ? lastOpen_ : slot(next).previousOpen) = closed.previousOpen;
}

}  // namespace sockstage
