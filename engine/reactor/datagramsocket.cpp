// SPDX-License-Identifier: GPL-3.0-or-later
#include "datagramsocket.h"

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

#include "calltext.h"
#include "failurefacts.h"
#include "kernellook.h"
#include "kernelprobe.h"
#include "payloadtext.h"
#include "quietly.h"
#include "steporder.h"

namespace sockstage {
namespace {

constexpr int sendsPerWake = 64;
/// A file that is longer than one datagram goes out in pieces.
std::uint64_t filePieceBytes(const SendItem& item) {
    return item.size <= longestDatagram ? longestDatagram : fileDatagramBytes;
}

}  // namespace

DatagramSocket::DatagramSocket(Environment environment, FileDescriptor fd, const SocketAddress& local,
                               const SocketAddress& remote, bool connected, DatagramOwner& owner)
    : env_(environment),
      fd_(std::move(fd)),
      local_(local),
      connected_(connected),
      owner_(owner),
      queue_(environment.record.counters, nullptr, nullptr) {
    if (remote.isValid()) DatagramSocket::numberOf(remote);
}

DatagramSocket::~DatagramSocket() {
    if (isOpen()) closeDescriptor();
}

void DatagramSocket::start(StageSet held) {
    held_ = held;
    id_ = env_.reactor.add(fd_.get(), 0, [this](std::uint32_t events) { onEvents(events); });
    const auto begin = [this](Stage stage, std::string_view sentence) {
        const bool isHeld = held_.contains(stage);
        env_.log.enter(stage, isHeld ? StageState::Held : StageState::Waiting, isHeld ? "held" : sentence);
    };
    begin(Stage::Recv, "waiting for datagrams");
    begin(Stage::Send, "ready");
    updateInterest();
    noteIfStarved(env_, {Stage::Recv});
}

std::uint32_t DatagramSocket::knownNumberOf(const SocketAddress& peer) const {
    const auto found = peers_.find(peer);
    return found == peers_.end() ? 0 : found->second;
}

/// Peers for which there is no room share number 0, the socket's own; their bytes still count in the sums.
std::uint32_t DatagramSocket::numberOf(const SocketAddress& peer) try {
    if (const auto found = peers_.find(peer); found != peers_.end()) return found->second;
    const auto place = peers_.try_emplace(peer, 0).first;
    const std::uint32_t number = env_.record.connections.add(
        peer, local_, fd_.get(), env_.record.capture.endRow(), CaptureStore::nowNs());
    if (number == 0) {
        peers_.erase(place);
        return 0;
    }
    env_.record.counters.connections.add(1);
    env_.record.counters.openConnections.add(1);
    return place->second = number;
} catch (const std::bad_alloc&) {
    if (const auto found = peers_.find(peer); found != peers_.end()) peers_.erase(found);
    return 0;
}

void DatagramSocket::updateInterest() {
    if (!isOpen()) return;
    env_.reactor.setInterest(
        id_, (wantsReceive() ? Reactor::readable : 0U) | (wantsSend() ? Reactor::writable : 0U));
    const auto showArmed = [this](Stage stage, int permits) {
        env_.record.stages.at(stage).armed.store(static_cast<std::uint32_t>(permits),
                                                 std::memory_order_relaxed);
    };
    showArmed(Stage::Recv, receivePermits_);
    showArmed(Stage::Send, sendPermits_);
    showNextSend();
}

/// Only while send is held: otherwise it is gone before it could be read.
void DatagramSocket::showNextSend() {
    if (!held_.contains(Stage::Send) || queue_.empty()) {
        if (std::exchange(nextSendShown_, false)) env_.record.nextSends.clear(0);
        return;
    }
    const SendItem& item = queue_.front();
    const std::uint64_t offered = item.file ? std::min(item.left(), filePieceBytes(item)) : item.left();
    env_.record.nextSends.set(0, nextSendOf(item, offered));
    nextSendShown_ = true;
}

void DatagramSocket::send(SendItem item) {
    if (!isOpen()) return;
    const bool direct = queue_.empty();
    queue_.push(std::move(item));
    if (direct && wantsSend()) transmit();
    updateInterest();
}

void DatagramSocket::sendTo(const SocketAddress& peer, Payload payload) {
    const std::uint32_t number = numberOf(peer);
    if (number != 0) return send(SendItem::of(std::move(payload), number));
    env_.record.counters.discardedBytes.add(payload.bytes.size());
    env_.log.note({Stage::Send}, "not sent: there is no memory for another peer");
}

void DatagramSocket::transmit() {
    for (int i = 0; i < sendsPerWake && isOpen() && wantsSend(); ++i)
        if (!transmitOnce()) break;
    if (isOpen() && queue_.empty() && closeRequested_) requestClose();
    updateInterest();
}

std::span<const std::byte> DatagramSocket::pieceOf(const SendItem& item) {
    if (!item.file) return item.payload.bytes;
    const auto room =
        env_.calls.sendRoom(static_cast<std::size_t>(std::min(item.left(), filePieceBytes(item))));
    return room.first(item.file->read(item.offset, room));
}

CallResult DatagramSocket::sendPiece(const SendItem& item, std::span<const std::byte> piece) {
    const CallSite site{Stage::Send, item.peer};
    if (connected_ && item.peer == 1) return env_.calls.send(site, fd_.get(), piece);
    return env_.calls.sendto(site, fd_.get(), piece, slot(item.peer).peer);
}

/// One datagram. False: the kernel takes no more for now.
bool DatagramSocket::transmitOnce() {
    SendItem& item = queue_.front();
    const auto piece = pieceOf(item);
    if (item.file && piece.empty() && item.left() != 0) {
        env_.log.failFile(escapedText(item.file->path()) + ": " + item.file->shortfall(item.offset));
        giveUpFront();
        return true;
    }
    const CallResult result = sendPiece(item, piece);
    if (result.wouldBlock()) return false;
    env_.log.called(Stage::Send, result);
    if (result.ok()) {
        sendPermits_ = std::max(0, sendPermits_ - 1);
        retriedRefusal_ = false;
        env_.record.counters.sentBytes.add(piece.size());
        env_.record.counters.sentMessages.add(1);
        slot(item.peer).sentBytes.add(piece.size());
        slot(item.peer).sentMessages.add(1);
        recovered(Stage::Send);
        queue_.taken(piece.size());
        if (!local_.isValid()) learnLocalAddress();
        return true;
    }
    if (toldOfEarlier(result)) return true;
    const SocketAddress& peer = slot(item.peer).peer;
    // Looked up once in a row of failures: a file may be thousands of them.
    const bool again = env_.log.state(Stage::Send) == StageState::Failed;
    failed(Stage::Send, result, peer,
           again ? env_.record.causes.get(0) : sendCause(result, fd_.get(), peer, local_));
    retriedRefusal_ = false;
    giveUpFront();
    return true;
}

/// Neither bind() nor connect() gave it one: with its first datagram the kernel has chosen a port.
void DatagramSocket::learnLocalAddress() {
    if (!env_.calls.getsockname({Stage::Send}, fd_.get(), local_).ok()) return;
    env_.record.local.set(local_);
    env_.log.changed();
}

/// Of its peer as well: the queue only knows the session's sum.
void DatagramSocket::giveUpFront() noexcept {
    const SendItem& item = queue_.front();
    slot(item.peer).discardedBytes.add(item.left());
    queue_.discardFront();
}

std::uint64_t DatagramSocket::giveUpAll() noexcept {
    const std::uint64_t bytes = queue_.bytes();
    while (!queue_.empty())
        giveUpFront();
    return bytes;
}

/// No valid peer: it is not known whose the error is, and a server goes on as if nothing were.
void DatagramSocket::failed(Stage stage, const CallResult& result, const SocketAddress& peer,
                            std::string cause) {
    if (!peer.isValid() && isServer(env_.record.config.role))
        return env_.log.note({stage}, "about an earlier datagram: " + errnoText(result.error));
    env_.record.causes.set(0, std::move(cause));  // in place of an earlier one
    env_.log.enter(stage, StageState::Failed, errnoText(result.error), result.error);
    env_.log.failAt(stage, failureText(stageName(stage), peer, result.error));
}

void DatagramSocket::recovered(Stage stage) {
    if (env_.log.state(stage) != StageState::Failed) return;
    env_.record.causes.set(0, {});
    env_.log.recovered(stage);
    env_.log.enter(stage, StageState::Waiting, "goes on after the error");
}

/// It has sent something: whatever became of an earlier datagram is over.
void DatagramSocket::heardFrom(std::uint32_t peer) {
    if (!unheard_.empty() && unheard_.erase(peer) != 0) env_.record.causes.set(peer, {});
}

void DatagramSocket::cancelSends(std::span<const std::uint32_t> targets) {
    const std::uint64_t count = queue_.discardWhere([&](const SendItem& item) {
        if (!targets.empty() && std::find(targets.begin(), targets.end(), item.peer) == targets.end())
            return false;
        slot(item.peer).discardedBytes.add(item.left());
        return true;
    });
    if (count != 0)
        env_.log.note({Stage::Send}, std::to_string(count) + " queued bytes were never sent: cancelled");
    if (closeRequested_ && queue_.empty()) requestClose();
    updateInterest();
}

void DatagramSocket::hold(Stage stage) {
    if (held_.contains(stage)) return;
    held_.insert(stage);
    if (stage == Stage::Recv) receivePermits_ = 0;
    if (stage == Stage::Send) sendPermits_ = 0;
    if (stage == Stage::Close) env_.reactor.cancel(std::exchange(graceTimer_, 0));
    if (stage == Stage::Recv || stage == Stage::Send) env_.log.enter(stage, StageState::Held, "held");
    if (stage == Stage::Recv) showQueuedError();
    updateInterest();
}

void DatagramSocket::release(Stage stage) {
    if (!held_.contains(stage)) return;
    held_.erase(stage);
    if (stage == Stage::Recv || stage == Stage::Send) env_.log.enter(stage, StageState::Waiting, "released");
    if (stage == Stage::Recv) showQueuedError();
    if (stage == Stage::Close && closeRequested_) queue_.empty() ? closeDescriptor() : startGrace();
    updateInterest();
}

void DatagramSocket::step(Stage stage) {
    if (!held_.contains(stage)) return;
    if (stage == Stage::Recv) ++receivePermits_;
    if (stage == Stage::Send) ++sendPermits_;
    if (stage == Stage::Close) closeDescriptor();
    updateInterest();
}

void DatagramSocket::stepAny() {
    const HeldSteps held{.send = held_.contains(Stage::Send) && !queue_.empty(),
                         .receive = held_.contains(Stage::Recv),
                         .close = held_.contains(Stage::Close) && closeRequested_ && queue_.empty()};
    if (const auto stage = steppedStage(held)) step(*stage);
}

void DatagramSocket::requestClose() {
    env_.reactor.cancel(std::exchange(graceTimer_, 0));
    if (held_.contains(Stage::Close))
        env_.log.enter(Stage::Close, StageState::Held, "held before close");
    else
        closeDescriptor();
}

void DatagramSocket::close(int graceMs) {
    if (!isOpen()) return;
    if (std::exchange(closeRequested_, true)) return closeDescriptor();
    if (queue_.empty() || graceMs <= 0) return requestClose();
    env_.log.enter(Stage::Close, StageState::Waiting,
                   std::to_string(queue_.bytes()) + " queued bytes go first");
    closeGraceMs_ = graceMs;
    // A close that is held waits for a step, and so does the queue before it: no time may run out meanwhile.
    if (!held_.contains(Stage::Close)) startGrace();
}

void DatagramSocket::startGrace() {
    env_.reactor.cancel(graceTimer_);
    graceTimer_ = env_.reactor.after(closeGraceMs_, [this] { closeDescriptor(); });
}

/// Datagrams that were not received are lost with the socket.
void DatagramSocket::noteUnread() {
    const UnreadDatagrams unread = lookForDatagrams(fd_.get());
    if (!unread.any) return;
    std::string text = "at least one datagram was unread, the next of " + std::to_string(unread.nextBytes) +
                       (unread.nextBytes == 1 ? " byte" : " bytes");
    if (unread.charged > 0)
        text += " (" + std::to_string(unread.charged) + " bytes of memory for all of them)";
    env_.log.note({Stage::Close}, text + ": the kernel throws away what was not received");
}

void DatagramSocket::closeDescriptor() noexcept {
    if (!isOpen()) return;
    env_.reactor.cancel(std::exchange(graceTimer_, 0));
    quietly([this] {
        if (!queue_.empty())
            env_.log.fail("close: " + std::to_string(queue_.bytes()) + " queued bytes were never sent");
    });
    giveUpAll();
    showNextSend();
    quietly([this] { noteUnread(); });
    env_.reactor.remove(id_);
    quietly([this] { env_.probe.closing(0, fd_.get()); });
    quietly([this] { env_.log.called(Stage::Close, env_.calls.close({Stage::Close}, std::move(fd_))); });
    env_.record.fd.store(-1, std::memory_order_relaxed);
    quietly([this] { env_.probe.closed(0); });
    ConnectionTable& table = env_.record.connections;
    while (const std::uint32_t number = table.firstOpen()) {
        slot(number).fd.store(-1, std::memory_order_relaxed);
        slot(number).end.store(EndReason::ClosedByUs, std::memory_order_relaxed);
        slot(number).endedNs.store(CaptureStore::nowNs(), std::memory_order_relaxed);
        table.close(number);
    }
    env_.record.counters.openConnections.set(0);
    owner_.datagramSocketClosed();
}

}  // namespace sockstage
