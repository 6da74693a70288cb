#include "connectiontable.h"

namespace sockstage {

ConnectionTable::~ConnectionTable() {
    for (auto& segment : segments_)
        delete segment.load(std::memory_order_relaxed);
}

ConnectionSlot* ConnectionTable::prepare() {
    const std::uint32_t number = count_.load(std::memory_order_relaxed) + 1;
    if (number > maxConnections) return nullptr;
    auto& segment = segments_[number / segmentSlots];
    if (segment.load(std::memory_order_relaxed) == nullptr)
        segment.store(new Segment, std::memory_order_release);
    return &slot(number);
}

std::uint32_t ConnectionTable::publish() {
    const std::uint32_t number = count_.load(std::memory_order_relaxed) + 1;
    count_.store(number, std::memory_order_release);
    return number;
}

}  // namespace sockstage
