// SPDX-License-Identifier: GPL-3.0-or-later
#include "sendqueue.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace sockstage {

Payload Payload::copyOf(std::span<const std::byte> bytes) {
    auto copy = std::make_shared<std::vector<std::byte>>(bytes.begin(), bytes.end());
    const std::span<const std::byte> view = *copy;
    return {std::move(copy), view};
}

SendItem SendItem::of(Payload payload, std::uint32_t peer) {
    const std::uint64_t size = payload.bytes.size();
    return {std::move(payload), nullptr, 0, size, peer};
}

SendItem SendItem::of(std::shared_ptr<FileSource> file, std::uint32_t peer) {
    const std::uint64_t size = file->size();
    return {{}, std::move(file), 0, size, peer};
}

NextSend nextSendOf(const SendItem& item, std::uint64_t offered) {
    NextSend next{item.peer, offered, {}};
    if (item.file) return next;
    const auto left = item.payload.bytes.subspan(static_cast<std::size_t>(item.offset));
    const auto shown = left.first(std::min(left.size(), NextSends::shownBytes));
    next.beginning.assign(shown.begin(), shown.end());
    return next;
}

void SendQueue::changed(std::uint64_t before) {
    sums_.queuedBytes.add(bytes_ - before);  // unsigned: a decrease wraps around and back
    if (slotQueued_ != nullptr) slotQueued_->set(bytes_);
}

void SendQueue::push(SendItem item) {
    const std::uint64_t before = bytes_;
    bytes_ += item.left();
    items_.push_back(std::move(item));
    changed(before);
}

void SendQueue::taken(std::uint64_t count) {
    const std::uint64_t before = bytes_;
    bytes_ -= count;
    SendItem& item = items_.front();
    item.offset += count;
    if (item.left() == 0) items_.pop_front();
    changed(before);
}

void SendQueue::discardFront() {
    const std::uint64_t before = bytes_;
    const std::uint64_t left = items_.front().left();
    bytes_ -= left;
    items_.pop_front();
    sums_.discardedBytes.add(left);
    if (slotDiscarded_ != nullptr) slotDiscarded_->add(left);
    changed(before);
}

std::uint64_t SendQueue::discardWhere(const std::function<bool(const SendItem&)>& chosen) {
    const std::uint64_t before = bytes_;
    std::uint64_t discarded = 0;
    std::erase_if(items_, [&](const SendItem& item) {
        if (!chosen(item)) return false;
        discarded += item.left();
        return true;
    });
    bytes_ -= discarded;
    sums_.discardedBytes.add(discarded);
    if (slotDiscarded_ != nullptr) slotDiscarded_->add(discarded);
    changed(before);
    return discarded;
}

std::uint64_t SendQueue::discardAll() {
    const std::uint64_t count = bytes_;
    while (!items_.empty())
        discardFront();
    return count;
}

}  // namespace sockstage
