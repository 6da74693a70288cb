// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cerrno>
#include <utility>

#include "calltext.h"
#include "datagramsocket.h"
#include "kernellook.h"

// How a datagram socket receives, and hears of errors: the other half of datagramsocket.cpp, which sends.

namespace sockstage {
namespace {

constexpr int receivesPerWake = 64;
constexpr int errorsPerWake = 64;
/// Echoes that the kernel does not take are given up beyond this; they count as discarded.
constexpr std::uint64_t echoQueueLimit = std::uint64_t{4} << 20;

}  // namespace

void DatagramSocket::onEvents(std::uint32_t events) {
    const bool receives = wantsReceive();
    const bool sends = wantsSend();
    const bool error = (events & Reactor::hasError) != 0;
    if (error) showQueuedError();
    const bool told = error && receives && readErrors();
    if (receives && ((events & Reactor::readable) != 0 || (error && !told))) receive();
    if (isOpen() && (events & (Reactor::writable | Reactor::hasError)) != 0 && sends) transmit();
    if (isOpen() && !receives && !sends) env_.reactor.park(id_);  // a pending error waits for the release
}

// The error queue --------------------------------------------------------------------------------

/// False: there was nothing in it. The error that epoll reported then waits for the next call.
bool DatagramSocket::readErrors() {
    bool any = false;
    for (int i = 0; i < errorsPerWake && isOpen() && wantsReceive() && Syscalls::errorWaits(fd_.get()); ++i) {
        if (!readError()) break;
        any = true;
    }
    if (any) showQueuedError();
    updateInterest();
    return any;
}

/// Shown for a step: while recv is held, an entry of the error queue waits, and a step reads it before any
/// datagram. Without IP_RECVERR there is none, and the next call of any kind reports a pending error.
void DatagramSocket::showQueuedError() {
    const bool held = isOpen() && held_.contains(Stage::Recv);
    const bool queued = held && Syscalls::errorWaits(fd_.get()) && hasErrorQueue(fd_.get());
    if (env_.record.errorQueued.exchange(queued, std::memory_order_relaxed) != queued) env_.log.changed();
}

/// One recvmsg(): a call of the recv stage, which is held and stepped like the others.
bool DatagramSocket::readError() {
    const auto told = env_.calls.recvmsg({Stage::Recv}, fd_.get(), this);
    if (!told.taken) return false;
    receivePermits_ = std::max(0, receivePermits_ - 1);
    env_.log.called(Stage::Recv, told.result);
    if (told.error.error != 0) reported(told);
    return true;
}

/// A server's peer that has gone is its own affair; for a client it is the session's.
void DatagramSocket::reported(const Syscalls::ReceivedError& told) {
    const QueuedError& error = told.error;
    if (error.origin != QueuedError::Origin::Local && error.error == soughtError_) soughtError_ = 0;
    env_.record.causes.set(told.connection, told.text);
    unheard_.insert(told.connection);
    if (isServer(env_.record.config.role)) {
        env_.log.note({Stage::Recv, told.connection}, told.text);
        return env_.log.changed();
    }
    env_.record.causes.set(0, told.text);
    env_.log.enter(Stage::Recv, StageState::Failed, told.text, error.error, told.connection);
    env_.log.failAt(Stage::Recv, failureText(stageName(Stage::Recv), error.destination, error.error));
}

/// Did a failed send report what became of an earlier datagram? Then this one was not sent, and gets its turn
/// again; only once where the error queue does not say so.
bool DatagramSocket::toldOfEarlier(const CallResult& result) {
    soughtError_ = result.error;
    if (wantsReceive() && readErrors() && soughtError_ == 0) return true;
    const bool likely = result.error == ECONNREFUSED ||
                        (!wantsReceive() && result.error != EMSGSIZE && Syscalls::errorWaits(fd_.get()));
    if (!likely || std::exchange(retriedRefusal_, true)) return false;
    failed(Stage::Send, result, connected_ ? env_.record.remote.get() : SocketAddress());
    return true;
}

// Receiving --------------------------------------------------------------------------------------

void DatagramSocket::receive() {
    for (int i = 0; i < receivesPerWake && isOpen() && wantsReceive(); ++i)
        if (!receiveOnce()) break;
    updateInterest();
}

/// One recvfrom(), or with SO_RXQ_OVFL one recvmsg(). False: there is nothing more for now.
bool DatagramSocket::receiveOnce() {
    const std::size_t size = env_.record.readBytes.load(std::memory_order_relaxed);
    const bool counts = env_.record.dropCounts.load(std::memory_order_relaxed);
    const auto got = counts ? env_.calls.recvmsg({Stage::Recv}, fd_.get(), size, *this)
                            : env_.calls.recvfrom({Stage::Recv}, fd_.get(), size, *this);
    if (got.result.wouldBlock()) return false;
    receivePermits_ = std::max(0, receivePermits_ - 1);
    env_.log.called(Stage::Recv, got.result);
    if (!got.result.ok()) {
        failed(Stage::Recv, got.result, env_.record.remote.get());
        return true;
    }
    SessionCounters& sums = env_.record.counters;
    sums.receivedBytes.add(got.data.size());
    sums.receivedMessages.add(1);
    sums.truncatedBytes.add(static_cast<std::uint64_t>(got.result.value) - got.data.size());
    if (got.connection != 0) {
        slot(got.connection).receivedBytes.add(got.data.size());
        slot(got.connection).receivedMessages.add(1);
        heardFrom(got.connection);
    }
    recovered(Stage::Recv);
    noteDrops(got);
    if (env_.record.config.echo && got.connection != 0) echo(got.connection, got.data);
    return true;
}

/// What the user sent is in the same queue, and never gives way to an echo.
void DatagramSocket::echo(std::uint32_t peer, std::span<const std::byte> data) {
    if (queue_.empty() || queue_.bytes() + data.size() <= echoQueueLimit)
        return send(SendItem::of(Payload::copyOf(data), peer));
    env_.record.counters.discardedBytes.add(data.size());
    slot(peer).discardedBytes.add(data.size());
}

/// Each datagram carries the count that there was when the kernel queued it.
void DatagramSocket::noteDrops(const Syscalls::Received& got) {
    if (got.drops == 0 || got.drops == drops_) return;
    const std::uint32_t dropped = got.drops - std::exchange(drops_, got.drops);
    env_.log.note({Stage::Recv, got.connection}, "the kernel dropped " + std::to_string(dropped) +
                                                     (dropped == 1 ? " datagram" : " datagrams") +
                                                     " before this one, " + std::to_string(got.drops) +
                                                     " since the socket was made");
}

}  // namespace sockstage
