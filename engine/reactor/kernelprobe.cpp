// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernelprobe.h"

#include <algorithm>
#include <utility>

#include "kernellook.h"

namespace sockstage {
namespace {

constexpr int tickMs = 100;
constexpr int leftIntervalMs = 500;
constexpr std::uint32_t ticksPerClosedLook = 5;
constexpr std::uint32_t sweptPerTick = 200;

}  // namespace

KernelProbe::KernelProbe(Reactor& reactor, SessionRecord& record)
    : reactor_(reactor),
      record_(record),
      view_(record),
      observed_(
          reactor, view_, [this](std::uint32_t, const KernelFacts& facts) { history_->add(facts); },
          [this] { endIfForgotten(); }),
      leftClosed_(
          reactor, view_, [this](std::uint32_t number, const KernelFacts& facts) { add(number, facts); },
          [this] { endIfForgotten(); }),
      all_(
          reactor, view_,
          [&record](std::uint32_t number, const KernelFacts& facts) { record.kernelLog.add(number, facts); },
          [this] { endIfForgotten(); }) {
    leftClosed_.setInterval(leftIntervalMs);
}

// Who looks --------------------------------------------------------------------------------------

void KernelProbe::watch(std::vector<std::uint32_t> visible, bool sweep) {
    visible_ = std::move(visible);
    sweep_ = sweep;
    const bool wanted = sweep_ || !visible_.empty();
    if (wanted) view_.setWatched();
    if (!wanted) reactor_.cancel(std::exchange(timer_, 0));
    if (wanted && timer_ == 0) tick();
    endIfForgotten();
}

/// Asking again for what is observed already changes nothing, also once it is gone.
void KernelProbe::observe(std::shared_ptr<KernelHistory> history, int intervalMs) {
    if (history == history_ && intervalMs == intervalMs_) return;
    observed_.stop();
    intervalMs_ = intervalMs;
    std::swap(history_, history);
    if (history_) followHistory();
    if (history && history != history_) leave(std::move(history));
    endIfForgotten();
}

void KernelProbe::leave(std::shared_ptr<KernelHistory> history) {
    const std::uint32_t number = history->connection();
    if (isOver(*history) || view_.isRetired(number)) return;
    left_[number] = std::move(history);
    if (view_.exists(number) && !view_.isOpen(number)) leftClosed_.follow(number);
}

void KernelProbe::add(std::uint32_t number, const KernelFacts& facts) {
    const auto left = left_.find(number);
    if (left == left_.end()) return;
    left->second->add(facts);
    if (isLastLook(facts)) left_.erase(left);
}

/// Its socket was gone at the last look, and no other has come in its place.
bool KernelProbe::isOver(const KernelHistory& history) const {
    const auto last = history.latest();
    return last && isLastLook(*last) && !view_.isOpen(history.connection());
}

/// Not again what was gone when it was observed before, and once all is closed nothing that never was. A
/// retired one would be waited for as if it were still to come.
void KernelProbe::followHistory() {
    view_.setWatched();
    observed_.setInterval(intervalMs_);
    const std::uint32_t number = history_->connection();
    left_.erase(number);
    leftClosed_.forget(number);
    if (isOver(*history_) || view_.isRetired(number) || (done_ && !view_.exists(number))) return;
    observed_.follow(number);
}

void KernelProbe::logAll(int intervalMs) {
    all_.stop();
    logging_ = intervalMs > 0;
    if (!logging_) return endIfForgotten();
    view_.setWatched();
    all_.setInterval(intervalMs);
    if (const int fd = record_.fd.load(std::memory_order_relaxed); fd >= 0) all_.follow(view_.resolved(0));
    if (!isTcp(record_.config.role)) return;
    const ConnectionTable& table = record_.connections;
    for (std::uint32_t number = table.firstOpen(); number != 0;
         number = table.edit(number).nextOpen.load(std::memory_order_relaxed))
        all_.follow(number);
}

// The sockets' life ------------------------------------------------------------------------------

void KernelProbe::opened(std::uint32_t number, int fd) {
    view_.opened(number, fd);
    if (logging_) {
        if (view_.resolved(0) != 0) all_.forget(0);  // a client's own socket has got its number
        all_.follow(number);
    }
    if (!observes(number)) return;
    observed_.follow(history_->connection());  // again: an attempt that failed has ended the former socket
}

bool KernelProbe::observes(std::uint32_t number) const {
    return history_ && view_.resolved(history_->connection()) == number;
}

void KernelProbe::changed(std::uint32_t number, int fd) {
    if (isTcp(record_.config.role)) view_.noteState(number, fd);
    if (observes(number)) observed_.sample(history_->connection());
}

void KernelProbe::closing(std::uint32_t number, int fd) {
    view_.closing(number, fd);
    if (observes(number)) observed_.sample(history_->connection());
    all_.sample(number);
}

void KernelProbe::closed(std::uint32_t number) {
    if (observes(number)) observed_.sample(history_->connection());
    all_.sample(number);
    const auto left = std::find_if(left_.begin(), left_.end(), [this, number](const auto& each) {
        return view_.resolved(each.first) == number;
    });
    if (left != left_.end()) leftClosed_.follow(left->first);
    if (number != 0 && std::find(visible_.begin(), visible_.end(), number) != visible_.end())
        lookClosed(number);
}

/// The table's rows are sampled only as long as they are in it; a socket that was observed, or logged with
/// all of them, is followed to its end.
bool KernelProbe::followsAny(std::uint32_t first, std::uint32_t last) const {
    return observed_.followsAny(first, last) || leftClosed_.followsAny(first, last) ||
           all_.followsAny(first, last);
}

void KernelProbe::whenForgotten(std::function<void()> done) {
    done_ = std::move(done);
    observed_.dropNeverOpened();
    leftClosed_.dropNeverOpened();
    endIfForgotten();
}

void KernelProbe::endIfForgotten() {
    if (!done_ || !observed_.isIdle() || !leftClosed_.isIdle() || !all_.isIdle()) return;
    if (timer_ != 0 && std::any_of(visible_.begin(), visible_.end(),
                                   [this](std::uint32_t number) { return isInKernel(number); }))
        return;
    stop();
    std::exchange(done_, nullptr)();
}

void KernelProbe::stop() {
    observed_.stop();
    leftClosed_.stop();
    all_.stop();
    reactor_.cancel(std::exchange(timer_, 0));
}

// The table --------------------------------------------------------------------------------------

/// Closed, and for all we know still there: it has a name, and no look since has missed it.
bool KernelProbe::isInKernel(std::uint32_t number) const {
    if (!record_.connections.owns(number)) return false;
    const ConnectionSlot& slot = record_.connections.edit(number);
    if (slot.fd.load(std::memory_order_relaxed) >= 0 || slot.cookie == 0) return false;
    const auto sampled = slot.kernel.sampledNs.load(std::memory_order_relaxed);
    return sampled <= slot.endedNs.load(std::memory_order_relaxed) ||
           slot.kernel.tcpState.load(std::memory_order_relaxed) !=
               static_cast<std::uint32_t>(TcpState::Closed);
}

void KernelProbe::lookClosed(std::uint32_t number) {
    if (!isInKernel(number)) return;
    const auto facts = view_.look(number);
    if (!facts) return;
    ConnectionSlot& slot = record_.connections.edit(number);
    if (facts->source == FactsSource::None) {
        slot.cookie = 0;  // cannot be queried: not again
        return;
    }
    slot.kernel.tcpState.store(static_cast<std::uint32_t>(facts->state), std::memory_order_relaxed);
    slot.kernel.sampledNs.store(CaptureStore::nowNs(), std::memory_order_relaxed);
}

void KernelProbe::look(std::uint32_t number) {
    if (!record_.connections.owns(number)) return;
    ConnectionSlot& slot = record_.connections.edit(number);
    const int fd = slot.fd.load(std::memory_order_relaxed);
    const TcpState told = fd < 0 ? TcpState::Unknown : sampleTcp(fd, slot.kernel);
    if (told == TcpState::Unknown) return;
    const TcpState state = view_.stateOf(number, told);
    slot.kernel.tcpState.store(static_cast<std::uint32_t>(state), std::memory_order_relaxed);
    slot.kernel.sampledNs.store(CaptureStore::nowNs(), std::memory_order_relaxed);
    slot.stateHistory.note(state);
}

/// By turns, and only the open ones, however many were closed before them. The one that it stands on may have
/// been closed since, and the next of that one be retired: then it begins again.
void KernelProbe::sweep() {
    const ConnectionTable& table = record_.connections;
    for (std::uint32_t i = 0; i < sweptPerTick; ++i) {
        nextSwept_ = table.owns(nextSwept_) ? table.edit(nextSwept_).nextOpen.load(std::memory_order_relaxed)
                                            : table.firstOpen();
        if (nextSwept_ == 0) return;  // the end; the next turn begins at the first
        look(nextSwept_);
    }
}

void KernelProbe::tick() {
    timer_ = reactor_.after(tickMs, [this] { tick(); });
    if (!isTcp(record_.config.role)) {
        if (const int fd = record_.fd.load(std::memory_order_relaxed); fd >= 0)
            view_.countDrops(droppedDatagrams(fd));
        return;
    }
    for (const std::uint32_t number : visible_)
        look(number);
    if (sweep_) sweep();
    if (++ticks_ % ticksPerClosedLook != 0) return;
    for (const std::uint32_t number : visible_)
        lookClosed(number);
    endIfForgotten();
}

}  // namespace sockstage
