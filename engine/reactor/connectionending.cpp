// SPDX-License-Identifier: GPL-3.0-or-later
#include <cerrno>
#include <utility>

#include "connection.h"
#include "kernellook.h"
#include "kernelprobe.h"
#include "quietly.h"

// How a connection ends, and what is held: the other half of connection.cpp, which moves the bytes.

namespace sockstage {

// Ending -----------------------------------------------------------------------------------------

void Connection::shutdownSending() {
    if (!isOpen() || sending_ != DirectionState::Open) return;
    shutdownRequested_ = true;
    if (!queue_.empty()) return;
    if (held_.contains(Stage::Shutdown)) {
        tell(Stage::Shutdown, StageState::Held, "held before shutdown");
        showHolds();
        return;
    }
    env_.probe.shuttingDown(number_, fd_.get());
    const CallResult result = env_.calls.shutdownSending(site(Stage::Shutdown), fd_.get());
    env_.probe.changed(number_, fd_.get());
    if (own_) env_.log.called(Stage::Shutdown, result);
    sending_ = result.ok() ? DirectionState::ShutDown : DirectionState::Broken;
    slot_.sendingShutDown.store(result.ok(), std::memory_order_relaxed);
    showDirections();
    if (!result.ok()) {
        endWith(result.error, Stage::Shutdown);
        return;
    }
    tell(Stage::Shutdown, StageState::Done, "our sending side is shut down (SHUT_WR)");
    tell(Stage::Send, StageState::Done, "shut down");
    finishIfEnded();
    updateInterest();
}

void Connection::shutdownReceiving() {
    if (!isOpen() || receiving_ != DirectionState::Open) return;
    receivingShutdownRequested_ = true;
    if (held_.contains(Stage::Shutdown)) {
        tell(Stage::Shutdown, StageState::Held, "held before shutdown");
        showHolds();
        return;
    }
    const CallResult result = env_.calls.shutdownReceiving(site(Stage::Shutdown), fd_.get());
    if (own_) env_.log.called(Stage::Shutdown, result);
    if (!result.ok()) {
        endWith(result.error, Stage::Shutdown);
        return;
    }
    receiving_ = DirectionState::ShutDown;
    slot_.receivingShutDown.store(true, std::memory_order_relaxed);
    tell(Stage::Shutdown, StageState::Done, "our receiving side is shut down (SHUT_RD)");
    tell(Stage::Recv, StageState::Done, "shut down");
    showDirections();
    finishIfEnded();
    updateInterest();
}

/// With both directions ended in order the descriptor is of no more use.
void Connection::finishIfEnded() {
    const bool received = receiving_ == DirectionState::Eof || receiving_ == DirectionState::ShutDown;
    if (received && sending_ == DirectionState::ShutDown) requestClose(EndReason::ClosedAfterEof);
}

void Connection::requestClose(EndReason reason) {
    if (!isOpen()) return;
    closeRequested_ = true;
    closeReason_ = reason;
    env_.reactor.cancel(std::exchange(graceTimer_, 0));
    if (held_.contains(Stage::Close)) {
        tell(Stage::Close, StageState::Held, "held before close");
        updateInterest();
        return;
    }
    closeDescriptor(reason);
}

void Connection::close(int graceMs) {
    if (!isOpen()) return;
    if (closeRequested_) return abortClose();
    closeRequested_ = true;
    closeReason_ = EndReason::ClosedByUs;
    if (queue_.empty() || graceMs <= 0 || sending_ != DirectionState::Open) return requestClose(closeReason_);
    tell(Stage::Close, StageState::Waiting, std::to_string(queue_.bytes()) + " queued bytes go first");
    closeGraceMs_ = graceMs;
    // A close that is held waits for a step, and so does the queue before it: no time may run out meanwhile.
    if (!held_.contains(Stage::Close)) startGrace();
}

void Connection::startGrace() {
    env_.reactor.cancel(graceTimer_);
    graceTimer_ = env_.reactor.after(closeGraceMs_, [this] { closeDescriptor(closeReason_); });
}

void Connection::reset() {
    if (!isOpen()) return;
    const CallResult result = env_.calls.setLinger(site(Stage::Close), fd_.get(), 0);
    closeDescriptor(result.ok() ? EndReason::ResetByUs : EndReason::ClosedByUs);
}

/// With SO_LINGER above 0, Linux waits in close() for non-blocking descriptors too; an abort does not.
void Connection::abortClose() {
    if (isOpen() && env_.calls.lingerAsked() && lingerSeconds(fd_.get()) > 0) return reset();
    closeDescriptor(EndReason::ClosedByUs);
}

/// What SO_LINGER, which may come from the listener, makes of an orderly close; says so, and returns the end.
EndReason Connection::heedLinger(EndReason orderly) noexcept {
    if (!env_.calls.lingerAsked()) return orderly;
    const int seconds = lingerSeconds(fd_.get());
    // When both sides have sent EOF, there is nothing left that a reset could end.
    const bool bothEnded = receiving_ == DirectionState::Eof && sending_ == DirectionState::ShutDown;
    if (seconds > 0)
        quietly([&] {
            env_.log.note(site(Stage::Close),
                          "close() may wait up to " + std::to_string(seconds) +
                              " s for the peer, and all of this session with it: SO_LINGER");
        });
    if (seconds != 0 || bothEnded) return orderly;
    quietly([&] { env_.log.note(site(Stage::Close), "SO_LINGER is 0 s: close() sends the peer a reset"); });
    return EndReason::ResetByUs;
}

void Connection::closeDescriptor(EndReason reason) noexcept {
    if (!isOpen()) return;
    env_.reactor.cancel(std::exchange(graceTimer_, 0));
    const bool orderly = reason == EndReason::ClosedByUs || reason == EndReason::ClosedAfterEof;
    const std::uint32_t unread = orderly ? unreadBytes(fd_.get()) : 0;
    if (unread != 0) slot_.unreadAtClose.store(unread, std::memory_order_relaxed);
    quietly([&] {
        // After a received reset, the kernel sends none.
        const bool over = unread != 0 && tcpStateOf(fd_.get()) == TcpState::Closed;
        if (unread != 0)
            env_.log.note(site(Stage::Close),
                          std::to_string(unread) + (unread == 1 ? " byte was" : " bytes were") +
                              " unread: the kernel " +
                              (over ? "throws away what was not received" : "sends the peer a reset"));
        if (own_ && orderly && !queue_.empty())
            env_.log.fail("close: " + std::to_string(queue_.bytes()) + " queued bytes were never sent");
    });
    discardQueue("closed before the kernel took them");
    showNextSend();
    if (orderly) reason = heedLinger(reason);
    env_.reactor.remove(id_);
    quietly([&] { env_.probe.closing(number_, fd_.get()); });
    // Before the call: a reader of its record finds here what it did.
    slot_.end.store(reason, std::memory_order_relaxed);
    quietly([&] {
        const CallResult result = env_.calls.close(site(Stage::Close), std::move(fd_));
        if (own_) env_.log.called(Stage::Close, result);
    });
    slot_.fd.store(-1, std::memory_order_relaxed);
    slot_.endedNs.store(CaptureStore::nowNs(), std::memory_order_relaxed);
    env_.record.connections.close(number_);
    env_.record.counters.openConnections.subtract(1);
    if (receiving_ == DirectionState::Eof) env_.record.counters.endedByPeer.subtract(1);
    countHolds();
    quietly([&] { env_.probe.closed(number_); });
    owner_.connectionClosed(*this);
}

void Connection::giveUp() noexcept {
    if (!isOpen()) return;
    slot_.endError.store(ENOMEM, std::memory_order_relaxed);
    receiving_ = sending_ = DirectionState::Broken;
    showDirections();
    quietly([&] {
        env_.log.note(site(Stage::Close), "closed: there is no memory left for this connection (ENOMEM)");
    });
    closeDescriptor(EndReason::Error);
}

// Holds ------------------------------------------------------------------------------------------

void Connection::hold(Stage stage) {
    if (held_.contains(stage)) return;
    held_.insert(stage);
    if (stage == Stage::Recv) receivePermits_ = 0;
    if (stage == Stage::Send) sendPermits_ = 0;
    if (stage == Stage::Close) env_.reactor.cancel(std::exchange(graceTimer_, 0));
    const bool receivingStage = stage == Stage::Recv && receiving_ == DirectionState::Open;
    if (receivingStage || (stage == Stage::Send && sending_ == DirectionState::Open))
        tell(stage, StageState::Held, "held");
    showDirections();
    updateInterest();
}

void Connection::release(Stage stage) {
    if (!held_.contains(stage)) return;
    held_.erase(stage);
    const bool receivingStage = stage == Stage::Recv && receiving_ == DirectionState::Open;
    if (receivingStage || (stage == Stage::Send && sending_ == DirectionState::Open))
        tell(stage, StageState::Waiting, "released");
    showDirections();
    if (stage == Stage::Shutdown && receivingShutdownWaits()) shutdownReceiving();
    if (stage == Stage::Shutdown && shutdownRequested_) shutdownSending();
    if (stage == Stage::Close && closeRequested_)
        queue_.empty() || sending_ != DirectionState::Open ? closeDescriptor(closeReason_) : startGrace();
    updateInterest();
}

void Connection::step(Stage stage) {
    const bool wasHeld = held_.contains(stage);
    if (!wasHeld) return;
    if (stage == Stage::Recv) ++receivePermits_;
    if (stage == Stage::Send) ++sendPermits_;
    if (stage == Stage::Shutdown || stage == Stage::Close) {
        held_.erase(stage);
        if (stage == Stage::Shutdown) receivingShutdownWaits() ? shutdownReceiving() : shutdownSending();
        if (stage == Stage::Close) requestClose(closeRequested_ ? closeReason_ : EndReason::ClosedByUs);
        held_.insert(stage);
    }
    updateInterest();
}

/// Requested, next in line, and held.
bool Connection::stopsBefore(Stage stage) const {
    if (!isOpen() || !held_.contains(stage)) return false;
    const bool sends = sending_ == DirectionState::Open;
    if (stage == Stage::Shutdown)
        return receivingShutdownWaits() || (shutdownRequested_ && sends && queue_.empty());
    return closeRequested_ && (queue_.empty() || !sends);
}

/// So that who looks for something that is held need not go through connections where there is none.
void Connection::countHolds() {
    const bool holds = isOpen() && !held_.empty();
    if (holds == std::exchange(holdsCounted_, holds)) return;
    Counter& holding = env_.record.counters.holdingConnections;
    holds ? holding.add(1) : holding.subtract(1);
}

void Connection::showHolds() {
    countHolds();
    StageSet stopped;
    for (const Stage stage : {Stage::Shutdown, Stage::Close})
        if (stopsBefore(stage)) stopped.insert(stage);
    slot_.held.store(held_.bits(), std::memory_order_relaxed);
    slot_.stopped.store(stopped.bits(), std::memory_order_relaxed);
    slot_.receivingIsNext.store(receivingShutdownWaits(), std::memory_order_relaxed);
    slot_.armedReceives.store(static_cast<std::uint32_t>(receivePermits_), std::memory_order_relaxed);
    slot_.armedSends.store(static_cast<std::uint32_t>(sendPermits_), std::memory_order_relaxed);
    showNextSend();
}

/// Only while send is held: otherwise it is gone before it could be read.
void Connection::showNextSend() {
    const bool shows = isOpen() && held_.contains(Stage::Send) && !queue_.empty();
    if (!shows) {
        if (std::exchange(nextSendShown_, false)) env_.record.nextSends.clear(number_);
        return;
    }
    env_.record.nextSends.set(number_, nextSendOf(queue_.front(), nextOffer(queue_.front())));
    nextSendShown_ = true;
}

HeldSteps Connection::heldSteps() const {
    if (!isOpen()) return {};
    const bool receive = held_.contains(Stage::Recv) && receiving_ == DirectionState::Open;
    return {.send = held_.contains(Stage::Send) && !queue_.empty() && sending_ == DirectionState::Open,
            .receive = receive,
            .receiveReady = receive && unreadBytes(fd_.get()) != 0,
            .shutdown = stopsBefore(Stage::Shutdown),
            .close = stopsBefore(Stage::Close)};
}

void Connection::stepAny() {
    if (const auto stage = steppedStage(heldSteps())) step(*stage);
}

}  // namespace sockstage
