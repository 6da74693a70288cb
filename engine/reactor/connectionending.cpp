#include <utility>

#include "connection.h"

// How a connection ends, and what is held: the other half of connection.cpp, which moves the bytes.

namespace sockstage {

// Ending -----------------------------------------------------------------------------------------

void Connection::shutdownSending() {
    if (!isOpen() || sending_ != DirectionState::Open) return;
    shutdownRequested_ = true;
    if (!queue_.empty()) return;
    if (held_.contains(Stage::Shutdown)) {
        tell(Stage::Shutdown, StageState::Held, "held before shutdown");
        return;
    }
    const CallResult result = env_.calls.shutdownSending(site(Stage::Shutdown), fd_.get());
    if (own_) env_.log.called(Stage::Shutdown, result);
    sending_ = result.ok() ? DirectionState::ShutDown : DirectionState::Broken;
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
    const CallResult result = env_.calls.shutdownReceiving(site(Stage::Shutdown), fd_.get());
    if (own_) env_.log.called(Stage::Shutdown, result);
    if (!result.ok()) {
        endWith(result.error, Stage::Shutdown);
        return;
    }
    receiving_ = DirectionState::ShutDown;
    tell(Stage::Recv, StageState::Done, "our receiving side is shut down (SHUT_RD)");
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
    closeNow(reason);
}

void Connection::close(int graceMs) {
    if (!isOpen()) return;
    if (closeRequested_) return closeNow(EndReason::ClosedByUs);
    closeRequested_ = true;
    closeReason_ = EndReason::ClosedByUs;
    if (queue_.empty() || graceMs <= 0 || sending_ != DirectionState::Open) return requestClose(closeReason_);
    tell(Stage::Close, StageState::Waiting, std::to_string(queue_.bytes()) + " queued bytes go first");
    graceTimer_ = env_.reactor.after(graceMs, [this] { closeNow(EndReason::ClosedByUs); });
}

void Connection::reset() {
    if (!isOpen()) return;
    const CallResult result = env_.calls.setLinger(site(Stage::Close), fd_.get(), 0);
    closeNow(result.ok() ? EndReason::ResetByUs : EndReason::ClosedByUs);
}

void Connection::closeNow(EndReason reason) {
    if (!isOpen()) return;
    env_.reactor.cancel(std::exchange(graceTimer_, 0));
    const bool orderly = reason == EndReason::ClosedByUs || reason == EndReason::ClosedAfterEof;
    if (const std::uint32_t unread = Syscalls::unreadBytes(fd_.get()); orderly && unread != 0) {
        slot_.unreadAtClose.store(unread, std::memory_order_relaxed);
        env_.log.note(site(Stage::Close),
                      std::to_string(unread) + " bytes were unread: the kernel sends the peer a reset");
    }
    if (own_ && orderly && !queue_.empty())
        env_.log.fail("close: " + std::to_string(queue_.bytes()) + " queued bytes were never sent");
    discardQueue("closed before the kernel took them");
    env_.reactor.remove(id_);
    const CallResult result = env_.calls.close(site(Stage::Close), std::move(fd_));
    if (own_) env_.log.called(Stage::Close, result);
    slot_.fd.store(-1, std::memory_order_relaxed);
    slot_.end.store(reason, std::memory_order_relaxed);
    slot_.endedNs.store(CaptureStore::nowNs(), std::memory_order_relaxed);
    slot_.state.store(ConnectionState::Closed, std::memory_order_release);
    env_.record.counters.openConnections.subtract(1);
    owner_.connectionClosed(*this);
}

// Holds ------------------------------------------------------------------------------------------

void Connection::hold(Stage stage) {
    held_.insert(stage);
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
    if (stage == Stage::Shutdown && shutdownRequested_) shutdownSending();
    if (stage == Stage::Close && closeRequested_ && (queue_.empty() || sending_ != DirectionState::Open))
        closeNow(closeReason_);
    updateInterest();
}

void Connection::step(Stage stage) {
    const bool wasHeld = held_.contains(stage);
    if (!wasHeld) return;
    if (stage == Stage::Recv) ++receivePermits_;
    if (stage == Stage::Send) ++sendPermits_;
    if (stage == Stage::Shutdown || stage == Stage::Close) {
        held_.erase(stage);
        if (stage == Stage::Shutdown) shutdownSending();
        if (stage == Stage::Close) requestClose(EndReason::ClosedByUs);
        held_.insert(stage);
    }
    updateInterest();
}

bool Connection::stepAny() {
    const bool sendReady = !queue_.empty() && sending_ == DirectionState::Open;
    const auto stepIf = [this](Stage stage, bool useful) {
        if (useful && held_.contains(stage)) step(stage);
        return useful && held_.contains(stage);
    };
    return stepIf(Stage::Send, sendReady) || stepIf(Stage::Recv, receiving_ == DirectionState::Open) ||
           stepIf(Stage::Shutdown, shutdownRequested_ && sending_ == DirectionState::Open) ||
           stepIf(Stage::Close, closeRequested_);
}

}  // namespace sockstage
