// SPDX-License-Identifier: GPL-3.0-or-later
#include "listener.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "calltext.h"
#include "kernellook.h"
#include "kernelprobe.h"
#include "quietly.h"

namespace sockstage {
namespace {

constexpr int acceptsPerWake = 64;
constexpr int firstRetryMs = 100;
constexpr int longestRetryMs = 1000;

/// accept(2): these leave the connection in the queue; it can be taken once there is room.
bool lacksResources(int error) {
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

/// Sampled just before close(). What becomes of them is the kernel's: with tcp_migrate_req another listener
/// of the port may get them.
std::string notAccepted(int fd) {
    const std::int64_t waiting = lookAtSocket(fd, true).acceptQueue;
    if (waiting <= 0) return {};
    return waiting == 1 ? "; 1 connection was waiting for accept(): the kernel usually resets it"
                        : "; " + std::to_string(waiting) +
                              " connections were waiting for accept(): the kernel usually resets them";
}

}  // namespace

Listener::Listener(Environment environment, FileDescriptor fd, const SocketAddress& local,
                   OnAccepted onAccepted)
    : env_(environment), fd_(std::move(fd)), local_(local), onAccepted_(std::move(onAccepted)) {}

Listener::~Listener() {
    close();
}

void Listener::start(bool held) {
    id_ = env_.reactor.add(fd_.get(), 0, [this](std::uint32_t) { acceptBatch(); });
    held_ = held;
    env_.log.enter(
        Stage::Accept, held ? StageState::Held : StageState::Waiting,
        held ? "held before accept: clients wait in the kernel's accept queue" : "waiting for a client");
    updateInterest();
    noteIfStarved(env_, {Stage::Accept});
}

void Listener::updateInterest() {
    if (!isOpen()) return;
    const bool wants = !paused_ && (!held_ || permits_ > 0);
    if (wants)
        env_.reactor.setInterest(id_, Reactor::readable);
    else
        env_.reactor.park(id_);
    env_.record.stages.at(Stage::Accept)
        .armed.store(static_cast<std::uint32_t>(permits_), std::memory_order_relaxed);
}

void Listener::acceptBatch() {
    for (int i = 0; i < acceptsPerWake && isOpen() && !paused_ && (!held_ || permits_ > 0); ++i)
        if (pausedByStarvation() || !acceptOne()) break;
    updateInterest();
}

/// One accept4(). False: no client waits, or there is no room.
bool Listener::acceptOne() {
    auto accepted = env_.calls.accept4(fd_.get(), local_);
    if (accepted.result.wouldBlock()) return false;
    env_.log.called(Stage::Accept, accepted.result);
    if (accepted.result.ok()) {
        permits_ = std::max(0, permits_ - 1);
        retryMs_ = 0;
        if (std::exchange(announcedPause_, false))
            env_.log.enter(Stage::Accept, held_ ? StageState::Held : StageState::Waiting, "goes on");
        onAccepted_(accepted.connection, std::move(accepted.fd));
        return true;
    }
    if (!lacksResources(accepted.result.error)) return true;  // a client that had gone; the next may be there
    const int error = accepted.result.error;
    pause(error, errnoNameAndText(error));
    return false;
}

/// Whom it cannot watch it does not take.
bool Listener::pausedByStarvation() {
    const int error = env_.reactor.starvedBy();
    if (error != 0) pause(error, starvedText(error));
    return error != 0;
}

void Listener::pause(int error, const std::string& why) {
    retryMs_ = std::clamp(retryMs_ * 2, firstRetryMs, longestRetryMs);
    retryTimer_ = env_.reactor.after(retryMs_, [this] { resume(); });
    paused_ = true;
    if (!std::exchange(announcedPause_, true))
        env_.log.enter(Stage::Accept, StageState::Waiting,
                       "paused: " + why + "; clients wait in the accept queue", error);
}

void Listener::resume() {
    env_.reactor.cancel(std::exchange(retryTimer_, 0));
    paused_ = false;
    updateInterest();
}

void Listener::descriptorFreed() {
    if (paused_) resume();
}

void Listener::setHeld(bool held) {
    if (held_ == held || !isOpen()) return;
    held_ = held;
    permits_ = 0;
    env_.log.enter(Stage::Accept, held ? StageState::Held : StageState::Waiting,
                   held ? "held: clients wait in the kernel's accept queue" : "waiting for a client");
    updateInterest();
}

void Listener::step() {
    if (!isHeld()) return;
    ++permits_;
    updateInterest();
}

void Listener::close() {
    if (!isOpen()) return;
    env_.reactor.cancel(std::exchange(retryTimer_, 0));
    env_.reactor.remove(id_);
    quietly([this] { env_.probe.closing(0, fd_.get()); });
    std::string waiting;
    quietly([&] { waiting = notAccepted(fd_.get()); });
    const CallResult result = env_.calls.close({Stage::Close}, std::move(fd_));
    env_.record.fd.store(-1, std::memory_order_relaxed);
    quietly([this] { env_.probe.closed(0); });
    env_.log.called(Stage::Close, result);
    env_.log.enter(Stage::Accept, StageState::Done, "the listening socket is closed" + waiting);
}

}  // namespace sockstage
