// SPDX-License-Identifier: GPL-3.0-or-later
#include <utility>

#include "quietly.h"
#include "sessionsockets.h"

// What is held and stepped, and how it all ends: the other half of sessionsockets.cpp, which begins it.

namespace sockstage {

// Holds and steps --------------------------------------------------------------------------------

void SessionSockets::setHeld(Stage stage, bool held) {
    held ? held_.insert(stage) : held_.erase(stage);
    record_.stages.setHeld(held_);
    runner_->setHeld(stage, held);
    if (listener_ && stage == Stage::Accept) listener_->setHeld(held);
    if (datagrams_) held ? datagrams_->hold(stage) : datagrams_->release(stage);
    if (stage == Stage::Close && !held) goOnClosing();
    log_.changed();
}

/// A close of the session's own descriptor that was requested and is stopped by a hold. Connections and
/// datagram sockets keep their own.
bool SessionSockets::closeIsStopped() const {
    const bool listening = listener_ && listener_->isOpen();
    return closing_ && !finished_ && (listening || (runner_->isRunning() && runner_->hasSocket()));
}

void SessionSockets::goOnClosing() {
    if (!closeIsStopped()) return;
    if (runner_->isRunning()) return runner_->abort();
    closing_ = false;
    held_.erase(Stage::Close);
    close(closeGraceMs_);
}

void SessionSockets::hold(Stage stage, const Targets& targets) {
    if (targets.empty()) setHeld(stage, true);
    for (Connection* connection : open(targets))
        connection->hold(stage);
}

void SessionSockets::release(Stage stage, const Targets& targets) {
    if (targets.empty()) setHeld(stage, false);
    for (Connection* connection : open(targets))
        connection->release(stage);
}

void SessionSockets::holdAll() {
    for (std::size_t i = 0; i < stageCount; ++i)
        hold(static_cast<Stage>(i), {});
}

void SessionSockets::releaseAll() {
    for (std::size_t i = 0; i < stageCount; ++i)
        release(static_cast<Stage>(i), {});
}

/// The next thing that is held: a close that was requested, a set-up stage, accept, a connection.
void SessionSockets::step(std::uint32_t connection) {
    if (connection == 0 && closeIsStopped()) return goOnClosing();
    if (runner_->isRunning()) return runner_->step();
    if (datagrams_) return datagrams_->stepAny();
    if (listener_ && connection == 0) return stepServer();
    for (Connection* each : open(connection == 0 ? Targets{} : Targets{connection}))
        each->stepAny();
}

void SessionSockets::stepServer() {
    Connection *ready = nullptr, *idle = nullptr;
    for (Connection* each : open({})) {
        const HeldSteps held = each->heldSteps();
        if (ready == nullptr && isReady(held)) ready = each;
        if (idle == nullptr && steppedStage(held)) idle = each;
        if (ready != nullptr) break;
    }
    switch (stepTaker(ready != nullptr, listener_->isHeld(), idle != nullptr)) {
        case StepTaker::ReadyConnection:
            return ready->stepAny();
        case StepTaker::Accept:
            return listener_->step();
        case StepTaker::IdleConnection:
            return idle->stepAny();
        case StepTaker::Nobody:
            return;
    }
}

void SessionSockets::step(Stage stage, std::uint32_t connection) {
    if (stage == Stage::Close && connection == 0 && closeIsStopped()) return goOnClosing();
    if (runner_->isRunning()) return runner_->step(stage);
    if (datagrams_) return datagrams_->step(stage);
    if (stage == Stage::Accept && listener_) return listener_->step();
    if (stage == Stage::Close && listener_ && connection == 0) return;
    for (Connection* each : open(connection == 0 ? Targets{} : Targets{connection}))
        each->step(stage);
}

// Ending -----------------------------------------------------------------------------------------

void SessionSockets::shutdownSending(const Targets& targets) {
    shutdownPending_ = record_.config.role == Role::TcpClient && runner_->isRunning();
    for (Connection* connection : open(targets))
        connection->shutdownSending();
}

void SessionSockets::shutdownReceiving(const Targets& targets) {
    for (Connection* connection : open(targets))
        connection->shutdownReceiving();
}

void SessionSockets::closeConnections(const Targets& targets, int graceMs) {
    for (Connection* connection : open(targets))
        connection->close(graceMs);
}

/// A client that still connects may go on for a moment when a message waits for it.
void SessionSockets::closeSetUp(int graceMs) {
    if (graceMs > 0 && pendingMayGo()) {
        graceTimer_ = reactor_.after(graceMs, [this] { runner_->abort(); });
        return;
    }
    runner_->abort();
}

void SessionSockets::close(int graceMs) {
    record_.closing.store(true, std::memory_order_relaxed);
    const int grace = std::exchange(closing_, true) ? 0 : graceMs;
    closeGraceMs_ = grace;
    if (held_.contains(Stage::Close) && grace > 0 && closeIsStopped()) {
        log_.enter(Stage::Close, StageState::Held, "held before close");
        return;
    }
    if (runner_->isRunning()) return closeSetUp(grace);
    if (listener_) listener_->close();
    if (log_.state(Stage::Close) == StageState::Held && !connections_.empty())
        log_.enter(Stage::Close, StageState::Waiting, "the listening socket is closed, its clients follow");
    for (Connection* connection : open({}))
        grace > 0 ? connection->close(grace) : connection->abortClose();
    if (datagrams_) grace > 0 ? datagrams_->close(grace) : datagrams_->closeDescriptor();
    reactor_.defer([this] { finishIfDone(); });
}

void SessionSockets::endAtOnce() noexcept {
    if (finished_) return;
    closing_ = true;
    record_.closing.store(true, std::memory_order_relaxed);
    for (const Pending& each : pending_)
        discard(each.item, "the session had to end");
    pending_.clear();
    quietly([this] { runner_->abort(); });
    quietly([this] {
        if (listener_) listener_->close();
    });
    for (const auto& [number, connection] : connections_) {
        if (!connection) continue;
        quietly([&each = *connection] { each.abortClose(); });
        connection->closeDescriptor(EndReason::ClosedByUs);  // where that had no memory
    }
    if (datagrams_) datagrams_->closeDescriptor();
    connections_.clear();
    while (const std::uint32_t number = record_.connections.firstOpen())
        endUnborn(number);
    record_.fd.store(-1, std::memory_order_relaxed);
    quietly([this] { finishIfDone(); });
}

/// As long as every record is kept, so is every slot. A UDP peer stays until its socket is closed, and a
/// client has one connection: there is nothing to give up.
void SessionSockets::retireConnections() {
    const std::uint64_t beginRow = record_.capture.beginRow();
    if (record_.config.role != Role::TcpServer || beginRow == retiredBefore_) return;
    retiredBefore_ = beginRow;
    record_.connections.retire(beginRow, [this](std::uint32_t first, std::uint32_t last) {
        if (probe_.followsAny(first, last)) return false;
        // A Connection holds its slot until it is deleted, a moment after it was closed.
        for (std::uint32_t number = first; number <= last; ++number)
            if (connections_.contains(number)) return false;
        return true;
    });
}

void SessionSockets::reset(const Targets& targets) {
    for (Connection* connection : open(targets))
        connection->reset();
    if (!targets.empty()) return;
    closing_ = true;
    record_.closing.store(true, std::memory_order_relaxed);
    if (runner_->isRunning()) runner_->abort();
    if (listener_) listener_->close();
    if (datagrams_) datagrams_->closeDescriptor();
    reactor_.defer([this] { finishIfDone(); });
}

}  // namespace sockstage
