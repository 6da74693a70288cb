// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernelfollower.h"

#include <algorithm>
#include <utility>

namespace sockstage {

KernelFollower::KernelFollower(Reactor& reactor, KernelView& view, Sink sink, std::function<void()> idle)
    : reactor_(reactor), view_(view), sink_(std::move(sink)), idle_(std::move(idle)) {}

void KernelFollower::setInterval(int milliseconds) {
    constexpr int shortestMs = 10;
    intervalMs_ = std::max(milliseconds, shortestMs);
}

void KernelFollower::follow(std::uint32_t number) {
    if (!numbers_.insert(number).second) return sample(number);
    if (isOver(number)) numbers_.erase(number);
    if (numbers_.empty()) return idle_();
    if (timer_ == 0) timer_ = reactor_.after(intervalMs_, [this] { tick(); });
}

void KernelFollower::sample(std::uint32_t number) {
    if (!numbers_.contains(number) || !isOver(number)) return;
    numbers_.erase(number);
    if (numbers_.empty()) idle_();
}

void KernelFollower::dropNeverOpened() {
    std::erase_if(numbers_, [this](std::uint32_t number) { return !view_.exists(number); });
}

bool KernelFollower::followsAny(std::uint32_t first, std::uint32_t last) const {
    const auto next = numbers_.lower_bound(first);
    return next != numbers_.end() && *next <= last;
}

void KernelFollower::stop() {
    numbers_.clear();
    reactor_.cancel(std::exchange(timer_, 0));
}

/// One look. True: it was the last.
bool KernelFollower::isOver(std::uint32_t number) {
    const auto facts = view_.look(number);
    if (!facts) return false;
    sink_(number, *facts);
    return isLastLook(*facts);
}

void KernelFollower::tick() {
    timer_ = 0;
    std::erase_if(numbers_, [this](std::uint32_t number) { return isOver(number); });
    if (numbers_.empty()) return idle_();
    timer_ = reactor_.after(intervalMs_, [this] { tick(); });
}

}  // namespace sockstage
