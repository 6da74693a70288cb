// SPDX-License-Identifier: GPL-3.0-or-later
#include "connection.h"

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

#include "calltext.h"
#include "failurefacts.h"
#include "kernelprobe.h"
#include "payloadtext.h"
#include "quietly.h"

namespace sockstage {
namespace {

/// So that one connection in a flood does not starve the others: calls for each time epoll wakes us.
constexpr int receivesPerWake = 16;
constexpr int sendsPerWake = 16;
/// Handed to one send(). Memory is there already; a file's piece is read into the capture first.
constexpr std::uint64_t largestSend = std::uint64_t{1} << 20;
constexpr std::uint64_t largestFilePiece = std::uint64_t{128} << 10;
/// An echo that its client does not read stops reading from that client, as a real server's would.
constexpr std::uint64_t echoQueueLimit = std::uint64_t{1} << 20;

}  // namespace

Connection::Connection(Environment environment, std::uint32_t number, FileDescriptor&& fd, bool own,
                       ConnectionOwner& owner)
    : env_(environment),
      number_(number),
      own_(own),
      owner_(owner),
      slot_(environment.record.connections.edit(number)),
      queue_(environment.record.counters, &slot_.queuedBytes, &slot_.discardedBytes) {
    fd_ = std::move(fd);
}

/// Orderly close. May block (SO_LINGER); ~Session does not join such a worker (SessionWorker).
Connection::~Connection() {
    closeDescriptor(EndReason::ClosedByUs);
}

void Connection::start(StageSet held) {
    held_ = held;
    env_.probe.opened(number_, fd_.get());
    id_ = env_.reactor.add(fd_.get(), 0, [this](std::uint32_t events) { onEvents(events); });
    const auto begin = [this](Stage stage, std::string_view sentence) {
        const bool isHeld = held_.contains(stage);
        if (own_) tell(stage, isHeld ? StageState::Held : StageState::Waiting, isHeld ? "held" : sentence);
    };
    begin(Stage::Recv, "waiting for the peer's bytes");
    begin(Stage::Send, "ready");
    showDirections();
    updateInterest();
    noteIfStarved(env_, site(Stage::Recv));
}

// Events wanted of epoll -------------------------------------------------------------------------

bool Connection::wantsReceive() const {
    return receiving_ == DirectionState::Open && !echoPaused_ &&
           (!held_.contains(Stage::Recv) || receivePermits_ > 0);
}

bool Connection::wantsSend() const {
    return sending_ == DirectionState::Open && !queue_.empty() &&
           (!held_.contains(Stage::Send) || sendPermits_ > 0);
}

void Connection::updateInterest() {
    if (!isOpen()) return;
    const std::uint32_t in = wantsReceive() ? Reactor::readable : 0U;
    const std::uint32_t out = wantsSend() ? Reactor::writable : 0U;
    env_.reactor.setInterest(id_, in | out);
    showHolds();
}

/// One client's want of memory is that client's affair.
void Connection::onEvents(std::uint32_t events) {
    if (own_) return handle(events);
    try {
        handle(events);
    } catch (const std::bad_alloc&) {
        giveUp();
    }
}

void Connection::handle(std::uint32_t events) {
    constexpr std::uint32_t ended = Reactor::hasError | Reactor::hungUp;
    const bool wanted = wantsReceive() || wantsSend();
    if ((events & (Reactor::readable | ended)) != 0 && wantsReceive()) receive();
    if (isOpen() && (events & (Reactor::writable | ended)) != 0 && wantsSend()) transmit();
    if (isOpen() && !wanted) onSilentEvents(events);
}

/// An error or a hang-up while we ask for nothing. After the peer's EOF recv() returns 0 for ever, also
/// after a reset: only SO_ERROR reports it. A held socket is left alone until it is released.
void Connection::onSilentEvents(std::uint32_t events) {
    if ((events & Reactor::hasError) != 0 && receiving_ == DirectionState::Eof &&
        !held_.contains(Stage::Recv)) {
        const CallResult asked = env_.calls.socketError(site(Stage::Recv), fd_.get());
        if (asked.ok() && asked.value != 0) {
            sending_ = DirectionState::Broken;
            discardQueue("the peer had gone");
            endWith(static_cast<int>(asked.value), Stage::Recv);
            return requestClose(EndReason::ResetByPeer);
        }
    }
    env_.reactor.park(id_);
}

// Receiving --------------------------------------------------------------------------------------

void Connection::receive() {
    for (int i = 0; i < receivesPerWake && isOpen() && wantsReceive(); ++i)
        if (!receiveOnce()) break;
    updateInterest();
}

/// One recv(). False: there is nothing more for now.
bool Connection::receiveOnce() {
    const std::size_t size = env_.record.readBytes.load(std::memory_order_relaxed);
    const auto got = env_.calls.recv(site(Stage::Recv), fd_.get(), size);
    showLessUnread(got.data.size() == size ? got.data.size() : ~std::uint64_t{0});
    if (got.result.wouldBlock()) return false;
    if (own_) env_.log.called(Stage::Recv, got.result);
    receivePermits_ = std::max(0, receivePermits_ - 1);
    if (!got.result.ok()) {
        receiveFailed(got.result);
        return false;
    }
    if (got.data.empty()) {
        receivedEof();
        return false;
    }
    received(got);
    return got.data.size() == size;  // less than requested: the kernel's buffer is empty
}

/// The last sample of the kernel's receive queue, less what was received since: there may be no further
/// sample. A recv() that returned less than its buffer holds has emptied the queue.
void Connection::showLessUnread(std::uint64_t taken) {
    auto& sampled = slot_.kernel.receiveQueueBytes;
    const std::uint32_t before = sampled.load(std::memory_order_relaxed);
    if (before == 0) return;
    sampled.store(before - static_cast<std::uint32_t>(std::min<std::uint64_t>(before, taken)),
                  std::memory_order_relaxed);
}

void Connection::received(const Syscalls::Received& got) {
    SessionCounters& sums = env_.record.counters;
    sums.receivedBytes.add(got.data.size());
    sums.receivedMessages.add(1);
    slot_.receivedBytes.add(got.data.size());
    slot_.receivedMessages.add(1);
    if (env_.record.config.echo && sending_ == DirectionState::Open) echo(got.data);
}

void Connection::echo(std::span<const std::byte> data) {
    if (queue_.empty() && !held_.contains(Stage::Send)) {
        const CallResult result = env_.calls.send(site(Stage::Send), fd_.get(), data);
        if (result.ok()) {
            sent(result);
            data = data.subspan(static_cast<std::size_t>(result.value));
        } else if (!result.wouldBlock()) {
            env_.record.counters.discardedBytes.add(data.size());
            slot_.discardedBytes.add(data.size());
            sendFailed(result);
            return;
        }
    }
    if (data.empty()) return;
    queue_.push(SendItem::of(Payload::copyOf(data)));
    echoPaused_ = queue_.bytes() > echoQueueLimit;
}

void Connection::receivedEof() {
    if (receiving_ == DirectionState::Eof) return;  // read again after an error event: still the end
    receiving_ = DirectionState::Eof;
    env_.record.counters.endedByPeer.add(1);
    env_.probe.changed(number_, fd_.get());
    tell(Stage::Recv, StageState::Done, "the peer closed its sending side (EOF)");
    showDirections();
    if (sending_ == DirectionState::Broken)
        requestClose(EndReason::ResetByPeer);
    else if (env_.record.config.afterEof == AfterEof::Close && queue_.empty())
        requestClose(EndReason::ClosedAfterEof);
    else
        finishIfEnded();
    updateInterest();
}

void Connection::receiveFailed(const CallResult& result) {
    receiving_ = DirectionState::Broken;
    if (sending_ == DirectionState::Open) sending_ = DirectionState::Broken;
    endWith(result.error, Stage::Recv);
    requestClose(result.error == ECONNRESET ? EndReason::ResetByPeer : EndReason::Error);
}

void Connection::endWith(int error, Stage stage) {
    slot_.endError.store(error, std::memory_order_relaxed);
    explain(error, stage);
    showDirections();
    tell(stage, StageState::Failed, errnoText(error), error);
    if (own_) env_.log.fail(failureText(stageName(stage), slot_.peer, error));
}

/// While the descriptor still shows what happened.
void Connection::explain(int error, Stage stage) {
    FailedTransfer failed;
    failed.fd = fd_.get();
    failed.error = error;
    failed.sending = stage == Stage::Send;
    failed.accepted = isServer(env_.record.config.role);
    failed.shutDown = sending_ == DirectionState::ShutDown;
    failed.eof = receiving_ == DirectionState::Eof;
    failed.openedNs = slot_.openedNs;
    const std::string cause = transferCause(failed);
    env_.record.causes.set(number_, cause);
    if (own_) env_.record.causes.set(0, cause);
}

// Sending ----------------------------------------------------------------------------------------

void Connection::send(SendItem item) {
    if (item.left() == 0) return;
    if (sending_ != DirectionState::Open || shutdownRequested_ || closeRequested_) {
        env_.record.counters.discardedBytes.add(item.left());
        slot_.discardedBytes.add(item.left());
        env_.log.note(site(Stage::Send),
                      std::to_string(item.left()) + " bytes not sent: our sending side is closed");
        return;
    }
    const bool direct = queue_.empty();
    queue_.push(std::move(item));
    if (direct && wantsSend()) transmit();
    updateInterest();
}

void Connection::transmit() {
    for (int i = 0; i < sendsPerWake && isOpen() && wantsSend(); ++i)
        if (!transmitOnce()) break;
    if (isOpen() && queue_.empty()) afterQueueDrained();
    updateInterest();
}

std::uint64_t Connection::nextOffer(const SendItem& item) const {
    return std::min(item.left(), item.file ? largestFilePiece : largestSend);
}

/// One send() of the front item. False: the kernel takes no more for now.
bool Connection::transmitOnce() {
    SendItem& item = queue_.front();
    std::span<const std::byte> piece;
    if (item.file) {
        const auto room = env_.calls.sendRoom(static_cast<std::size_t>(nextOffer(item)));
        piece = room.first(item.file->read(item.offset, room));
        if (piece.empty()) {
            giveUpFile(*item.file, item.offset);
            return true;
        }
    } else {
        piece = item.payload.bytes.subspan(static_cast<std::size_t>(item.offset),
                                           static_cast<std::size_t>(nextOffer(item)));
    }
    const CallResult result = env_.calls.send(site(Stage::Send), fd_.get(), piece);
    if (result.wouldBlock()) return false;
    sendPermits_ = std::max(0, sendPermits_ - 1);
    if (!result.ok()) {
        sendFailed(result);
        return false;
    }
    sent(result);
    queue_.taken(static_cast<std::uint64_t>(result.value));
    return static_cast<std::size_t>(result.value) == piece.size();
}

void Connection::sent(const CallResult& result) {
    const auto count = static_cast<std::uint64_t>(result.value);
    SessionCounters& sums = env_.record.counters;
    sums.sentBytes.add(count);
    sums.sentMessages.add(1);
    slot_.sentBytes.add(count);
    slot_.sentMessages.add(1);
    if (own_) env_.log.called(Stage::Send, result);
}

void Connection::giveUpFile(const FileSource& file, std::uint64_t offset) {
    const std::string reason = escapedText(file.path()) + ": " + file.shortfall(offset);
    env_.log.note(site(Stage::Send), reason);
    if (own_) env_.log.failFile(reason);
    queue_.discardFront();
}

/// The peer has gone, but what it sent before may still wait to be received: only sending ends here.
void Connection::sendFailed(const CallResult& result) {
    sending_ = DirectionState::Broken;
    if (own_) env_.log.called(Stage::Send, result);
    discardQueue("the peer had gone");
    endWith(result.error, Stage::Send);
    if (receiving_ != DirectionState::Open) requestClose(EndReason::ResetByPeer);
}

void Connection::discardQueue(std::string_view why) noexcept {
    if (const std::uint64_t count = queue_.discardAll(); count != 0)
        quietly([&] {
            env_.log.note(site(Stage::Send),
                          std::to_string(count) + " queued bytes were never sent: " + std::string(why));
        });
    echoPaused_ = false;
}

void Connection::cancelSends() {
    discardQueue("cancelled");
    if (isOpen()) afterQueueDrained();
    updateInterest();
}

/// Half-close and close wait for what was queued before them.
void Connection::afterQueueDrained() {
    echoPaused_ = false;
    if (shutdownRequested_) shutdownSending();
    if (!isOpen()) return;
    if (closeRequested_)
        requestClose(closeReason_);
    else if (receiving_ == DirectionState::Eof && env_.record.config.afterEof == AfterEof::Close)
        requestClose(EndReason::ClosedAfterEof);
}

// Showing ----------------------------------------------------------------------------------------

void Connection::tell(Stage stage, StageState state, std::string_view sentence, int error) {
    if (own_)
        env_.log.enter(stage, state, sentence, error, number_);
    else
        env_.calls.mark(site(stage), state, error, sentence);
}

void Connection::showDirections() {
    const auto shown = [this](DirectionState state, Stage stage) {
        return state == DirectionState::Open && held_.contains(stage) ? DirectionState::Held : state;
    };
    slot_.receiving.store(shown(receiving_, Stage::Recv), std::memory_order_relaxed);
    slot_.sending.store(shown(sending_, Stage::Send), std::memory_order_relaxed);
}

}  // namespace sockstage
