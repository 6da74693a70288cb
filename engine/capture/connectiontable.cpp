// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectiontable.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace sockstage {

ConnectionTable::~ConnectionTable() {
    for (const auto& each : pages_) {
        const std::unique_ptr<Page> page(each.load(std::memory_order_relaxed));
        if (!page) break;
        for (const Place& place : *page)
            delete place.shown.load(std::memory_order_relaxed);  // retired or not
    }
}

/// Shared by all tables and never written.
const ConnectionSlot& ConnectionTable::gone() {
    struct Gone : ConnectionSlot {
        Gone() {
            state.store(ConnectionState::Closed, std::memory_order_relaxed);
            receiving.store(DirectionState::ShutDown, std::memory_order_relaxed);
            sending.store(DirectionState::ShutDown, std::memory_order_relaxed);
        }
    };
    static const Gone slot;
    return slot;
}

std::uint32_t ConnectionTable::keptFrom(std::uint32_t number) const {
    const std::uint64_t last = count();
    std::uint64_t next = std::max<std::uint32_t>(number, 1);
    while (next <= last && shown(static_cast<std::uint32_t>(next)) == nullptr)
        next = (next / segmentSlots + 1) * segmentSlots;
    return next <= last ? static_cast<std::uint32_t>(next) : 0;
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
    if (own(number) != nullptr) return;
    auto segment = std::make_unique<Segment>();
    segment->first = number / segmentSlots * segmentSlots;
    kept_.push_back(segment.get());
    place(number).own = segment.get();
    place(number).shown.store(segment.release(), std::memory_order_release);
    grown(sizeof(Segment));
}

std::uint32_t ConnectionTable::add(const SocketAddress& peer, const SocketAddress& local, int fd,
                                   std::uint64_t firstRow, std::int64_t nowNs) {
    const std::uint32_t number = count_.load(std::memory_order_relaxed) + 1;
    if (number > maxConnections) return 0;
    makeRoom(number);
    Segment& segment = *own(number);
    ConnectionSlot& added = segment.slots[number % segmentSlots];
    added.peer = peer;
    added.local = local;
    added.openedNs = nowNs;
    added.firstFd = fd;
    added.fd.store(fd, std::memory_order_relaxed);
    added.firstRow.store(firstRow, std::memory_order_relaxed);
    added.previousOpen = lastOpen_;
    ++segment.open;
    count_.store(number, std::memory_order_release);
    linkAfter(lastOpen_).store(number, std::memory_order_release);
    lastOpen_ = number;
    named(number, firstRow);
    return number;
}

void ConnectionTable::named(std::uint32_t number, std::uint64_t row) {
    if (!owns(number)) return;
    std::uint64_t& lastRow = own(number)->lastRow;
    lastRow = std::max(lastRow, row);
}

/// The slot keeps its own link: who stands on it goes on from there, to higher numbers only.
void ConnectionTable::close(std::uint32_t number) {
    ConnectionSlot& closed = edit(number);
    closed.state.store(ConnectionState::Closed, std::memory_order_release);
    const std::uint32_t next = closed.nextOpen.load(std::memory_order_relaxed);
    linkAfter(closed.previousOpen).store(next, std::memory_order_release);
    (next == 0 ? lastOpen_ : edit(next).previousOpen) = closed.previousOpen;
    --own(number)->open;
}

// Recycling --------------------------------------------------------------------------------------

bool ConnectionTable::mayRetire(const Segment& segment, std::uint64_t beginRow, const MayGo& mayGo) const {
    const std::uint32_t last = segment.first + (segmentSlots - 1);
    const bool full = last <= count_.load(std::memory_order_relaxed);
    return full && segment.open == 0 && segment.lastRow < beginRow && mayGo(segment.first, last);
}

void ConnectionTable::retire(std::uint64_t beginRow, const MayGo& mayGo) {
    std::erase_if(kept_, [&](Segment* each) {
        if (!mayRetire(*each, beginRow, mayGo)) return false;
        giveUp(*each);
        return true;
    });
}

void ConnectionTable::giveUp(Segment& segment) {
    place(segment.first).own = nullptr;
    segment.nextRetired = retired_.load(std::memory_order_relaxed);
    while (!retired_.compare_exchange_weak(segment.nextRetired, &segment, std::memory_order_release,
                                           std::memory_order_relaxed)) {
    }
}

void ConnectionTable::recycle() {
    Segment* next = retired_.exchange(nullptr, std::memory_order_acquire);
    while (next != nullptr) {
        const std::unique_ptr<Segment> segment(std::exchange(next, next->nextRetired));
        place(segment->first).shown.store(nullptr, std::memory_order_release);
        const std::uint32_t unused = segment->first == 0 ? 1 : 0;
        recycled_.fetch_add(segmentSlots - unused, std::memory_order_relaxed);
        memoryBytes_.fetch_sub(sizeof(Segment), std::memory_order_relaxed);
    }
}

}  // namespace sockstage
