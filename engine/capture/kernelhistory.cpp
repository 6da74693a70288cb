// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernelhistory.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "capturestore.h"

namespace sockstage {

void KernelHistory::add(const KernelFacts& facts) {
    const std::lock_guard lock(mutex_);
    facts_.push_back(facts);
    if (facts_.size() > capacity) facts_.pop_front();
    ++added_;
}

std::optional<KernelFacts> KernelHistory::latest() const {
    const std::lock_guard lock(mutex_);
    if (facts_.empty()) return std::nullopt;
    return facts_.back();
}

std::optional<KernelFacts> KernelHistory::present() const {
    constexpr std::int64_t staleNs = 500'000'000;  // five of the usual samples were missed
    const auto facts = latest();
    return facts && CaptureStore::nowNs() - facts->atNs < staleNs ? facts : std::nullopt;
}

std::uint64_t KernelHistory::copySince(std::uint64_t seen, std::vector<KernelFacts>& into) const {
    const std::lock_guard lock(mutex_);
    const std::uint64_t fresh = std::min<std::uint64_t>(added_ - std::min(seen, added_), facts_.size());
    into.insert(into.end(), facts_.end() - static_cast<std::ptrdiff_t>(fresh), facts_.end());
    return added_;
}

std::shared_ptr<KernelHistory> KernelHistories::ensure(std::uint32_t connection) {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(histories_.begin(), histories_.end(), [connection](const auto& each) {
        return each->connection() == connection;
    });
    if (found != histories_.end()) {
        std::rotate(found, found + 1, histories_.end());
    } else {
        if (histories_.size() == kept) histories_.erase(histories_.begin());
        histories_.push_back(std::make_shared<KernelHistory>(connection));
    }
    return histories_.back();
}

std::shared_ptr<const KernelHistory> KernelHistories::find(std::uint32_t connection) const {
    const std::lock_guard lock(mutex_);
    for (const auto& history : histories_)
        if (history->connection() == connection) return history;
    return nullptr;
}

void KernelLog::add(std::uint32_t connection, const KernelFacts& facts) {
    const std::lock_guard lock(mutex_);
    entries_.push_back({connection, facts});
    if (entries_.size() <= capacity) return;
    entries_.pop_front();
    ++dropped_;
}

std::uint64_t KernelLog::take(std::deque<Entry>& into) {
    const std::lock_guard lock(mutex_);
    if (into.empty())
        into.swap(entries_);
    else
        into.insert(into.end(), std::make_move_iterator(entries_.begin()),
                    std::make_move_iterator(entries_.end()));
    entries_.clear();
    return std::exchange(dropped_, 0);
}

}  // namespace sockstage
