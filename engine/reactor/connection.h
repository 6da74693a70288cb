// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "sendqueue.h"
#include "stagelog.h"
#include "steporder.h"

namespace sockstage {

class Connection;

/// Who owns connections and hears how they end. Called on the worker thread.
class ConnectionOwner {
public:
    /// The descriptor is closed; the owner lets go of it after the events at hand.
    virtual void connectionClosed(Connection& connection) noexcept = 0;

protected:
    ~ConnectionOwner() = default;
};

/// One connected stream socket: an accepted client, or a TCP client's own. Owned by SessionSockets, worker
/// thread only. Each direction ends on its own; when both have ended, or on a fatal error, it closes.
class Connection {
public:
    /// `number` has a published slot. `own`: it is the session's only socket (a TCP client), so its
    /// stages are the session's stages.
    /// When it throws, `fd` is still the caller's.
    Connection(Environment environment, std::uint32_t number, FileDescriptor&& fd, bool own,
               ConnectionOwner& owner);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    std::uint32_t number() const { return number_; }
    bool isOpen() const { return fd_.isOpen(); }
    void start(StageSet held);

    void send(SendItem item);
    void cancelSends();
    void hold(Stage stage);
    void release(Stage stage);
    /// One recv, send, shutdown or close although it is held.
    void step(Stage stage);
    HeldSteps heldSteps() const;
    /// The one that steppedStage() names.
    void stepAny();
    void shutdownSending();  ///< after what is queued
    void shutdownReceiving();
    /// Now when nothing is queued; else what is queued goes first, for at most `graceMs`. A second call
    /// closes now.
    void close(int graceMs);
    void reset();
    /// Whatever is held or queued.
    void closeDescriptor(EndReason reason) noexcept;
    /// The same, and the call itself does not wait.
    void abortClose();
    /// There is no memory to go on with it.
    void giveUp() noexcept;

private:
    bool wantsReceive() const;
    bool wantsSend() const;
    void updateInterest();
    void onEvents(std::uint32_t events);
    void handle(std::uint32_t events);
    void onSilentEvents(std::uint32_t events);
    void receive();
    bool receiveOnce();
    void showLessUnread(std::uint64_t taken);
    void received(const Syscalls::Received& got);
    void receivedEof();
    void receiveFailed(const CallResult& result);
    void transmit();
    bool transmitOnce();
    void sent(const CallResult& result);
    void sendFailed(const CallResult& result);
    void giveUpFile(const FileSource& file, std::uint64_t offset);
    void echo(std::span<const std::byte> data);
    void afterQueueDrained();
    void finishIfEnded();
    void requestClose(EndReason reason);
    EndReason heedLinger(EndReason orderly) noexcept;
    void startGrace();
    void discardQueue(std::string_view why) noexcept;
    void endWith(int error, Stage stage);
    void explain(int error, Stage stage);
    void tell(Stage stage, StageState state, std::string_view sentence, int error = 0);
    void showDirections();
    bool stopsBefore(Stage stage) const;
    bool receivingShutdownWaits() const {
        return receivingShutdownRequested_ && receiving_ == DirectionState::Open;
    }
    void showHolds();
    void countHolds();
    void showNextSend();
    std::uint64_t nextOffer(const SendItem& item) const;
    CallSite site(Stage stage) const { return {stage, number_}; }

    Environment env_;
    const std::uint32_t number_;
    FileDescriptor fd_;
    const bool own_;
    ConnectionOwner& owner_;
    ConnectionSlot& slot_;
    SendQueue queue_;
    Reactor::Id id_ = 0, graceTimer_ = 0;
    StageSet held_;
    DirectionState receiving_ = DirectionState::Open, sending_ = DirectionState::Open;
    int receivePermits_ = 0, sendPermits_ = 0;
    int closeGraceMs_ = 0;
    bool nextSendShown_ = false, holdsCounted_ = false;
    bool echoPaused_ = false, shutdownRequested_ = false, closeRequested_ = false;
    bool receivingShutdownRequested_ = false;
    EndReason closeReason_ = EndReason::None;
};

}  // namespace sockstage
