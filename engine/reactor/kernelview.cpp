// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernelview.h"

#include <utility>

#include "kernellook.h"

namespace sockstage {

KernelView::KernelView(SessionRecord& record) : record_(record), tcp_(isTcp(record.config.role)) {}

std::uint32_t KernelView::resolved(std::uint32_t number) const {
    if (!tcp_) return 0;
    const bool ownIsFirst = record_.config.role == Role::TcpClient && record_.connections.count() != 0;
    return number == 0 && ownIsFirst ? 1 : number;
}

int KernelView::descriptor(std::uint32_t number) const {
    const std::atomic<int>& fd = number == 0 ? record_.fd : record_.connections.edit(number).fd;
    return fd.load(std::memory_order_relaxed);
}

TcpStateHistory& KernelView::stateHistory(std::uint32_t number) {
    return number == 0 ? record_.ownStateHistory : record_.connections.edit(number).stateHistory;
}

bool KernelView::exists(std::uint32_t number) const {
    number = resolved(number);
    return number == 0 ? ownOpened_ : record_.connections.owns(number);
}

bool KernelView::isRetired(std::uint32_t number) const {
    number = resolved(number);
    return number != 0 && number <= record_.connections.count() && !record_.connections.owns(number);
}

// Life -------------------------------------------------------------------------------------------

void KernelView::opened(std::uint32_t number, int fd) {
    if (number == 0) {
        ownOpened_ = true;
        ownName_ = {};
        drops_ = 0;
        record_.ownStateHistory.clear();
    } else if (record_.config.role == Role::TcpClient) {
        stateHistory(number).continueFrom(record_.ownStateHistory);
    }
    noteState(number, fd);
}

bool KernelView::isFollowed(std::uint32_t number) const {
    return watched_ || number == 0 || record_.config.role == Role::TcpClient;
}

void KernelView::noteState(std::uint32_t number, int fd) {
    if (tcp_ && isFollowed(number)) stateHistory(number).note(stateOf(number, tcpStateOf(fd)));
}

void KernelView::closing(std::uint32_t number, int fd) {
    if (!isFollowed(number)) return;
    noteState(number, fd);
    if (!tcp_) countDrops(droppedDatagrams(fd));
    name(number, fd);
}

/// The kernel's own count has 32 bits and may wrap around.
void KernelView::countDrops(std::uint32_t now) {
    record_.counters.kernelDrops.add(now - std::exchange(drops_, now));
}

std::uint64_t KernelView::cookie(std::uint32_t number) const {
    return number == 0 ? ownName_.cookie : record_.connections.edit(number).cookie;
}

/// What is CLOSED and was never named was never shut down by us: it cannot be in TIME-WAIT. Until the
/// session is watched, what only a netlink request would show stays Unknown.
TcpState KernelView::stateOf(std::uint32_t number, TcpState told) {
    if (told != TcpState::Closed || cookie(number) == 0) return told;
    KernelFacts asked;
    if (!watched_) return TcpState::Unknown;
    return addTimeWait(number, asked) ? TcpState::TimeWait : told;
}

/// The cookie stays; the interface may be another since the last time (SO_BINDTODEVICE).
void KernelView::name(std::uint32_t number, int fd) {
    if (number == 0) {
        ownName_ = {ownName_.cookie == 0 ? socketCookie(fd) : ownName_.cookie, boundInterface(fd)};
        return;
    }
    ConnectionSlot& slot = record_.connections.edit(number);
    if (slot.cookie == 0) slot.cookie = socketCookie(fd);
    slot.interface = boundInterface(fd);
}

SocketIdentity KernelView::identity(std::uint32_t number) const {
    if (number != 0) {
        const ConnectionSlot& slot = record_.connections.edit(number);
        return {true, slot.local, slot.peer, slot.cookie, slot.interface};
    }
    const SocketConfig& config = record_.config;
    const bool connects = !isServer(config.role) && (tcp_ || config.connectUdp);
    SocketAddress local = record_.local.get();
    if (connects && local.isWildcard()) local = {};  // as it was bound: connect() has chosen another since
    return {tcp_, local, connects ? record_.remote.get() : SocketAddress(), ownName_.cookie,
            ownName_.interface};
}

// Looking ----------------------------------------------------------------------------------------

std::optional<KernelFacts> KernelView::look(std::uint32_t number) {
    if (!exists(number)) return std::nullopt;
    number = resolved(number);
    const int fd = descriptor(number);
    std::optional<KernelFacts> facts = fd >= 0 ? lookOpen(number, fd) : lookClosed(number);
    if (!facts) return std::nullopt;
    facts->queuedBytes = queuedBytes(number);
    if (tcp_) stateHistory(number).note(facts->state);
    return facts;
}

KernelFacts KernelView::lookOpen(std::uint32_t number, int fd) {
    KernelFacts facts = lookAtSocket(fd, tcp_);
    if (!tcp_ && facts.drops >= 0) countDrops(static_cast<std::uint32_t>(facts.drops));
    if (facts.state == TcpState::Listen)
        addListenCounters(facts);
    else if (tcp_ && facts.state != TcpState::Closed)
        addTimer(number, fd, facts);
    else if (tcp_ && cookie(number) != 0)
        addTimeWait(number, facts);
    return facts;
}

std::optional<KernelFacts> KernelView::lookClosed(std::uint32_t number) {
    KernelFacts facts;
    const SockDiag::Answer answer = diag_.find(identity(number), facts);
    if (answer == SockDiag::Answer::Found) return facts;
    if (answer == SockDiag::Answer::NotNow) return std::nullopt;
    facts = {};
    facts.atNs = CaptureStore::nowNs();
    if (answer == SockDiag::Answer::Unavailable) return facts;
    facts.source = FactsSource::Gone;
    if (tcp_) facts.state = TcpState::Closed;
    return facts;
}

/// No call on the descriptor reports the timer.
void KernelView::addTimer(std::uint32_t number, int fd, KernelFacts& facts) {
    name(number, fd);
    KernelFacts asked;
    if (diag_.find(identity(number), asked) != SockDiag::Answer::Found) return;
    facts.timer = asked.timer;
    facts.timerMs = asked.timerMs;
}

/// False: no TIME-WAIT of this connection is there.
bool KernelView::addTimeWait(std::uint32_t number, KernelFacts& facts) {
    KernelFacts asked;
    if (diag_.find(identity(number), asked) != SockDiag::Answer::Found || asked.state != TcpState::TimeWait)
        return false;
    facts.state = asked.state;
    facts.timer = asked.timer;
    facts.timerMs = asked.timerMs;
    return true;
}

void KernelView::addListenCounters(KernelFacts& facts) const {
    const ListenCounters now = readListenCounters();
    const auto since = [](std::int64_t before, std::int64_t after) {
        const bool known = before != KernelFacts::absent && after != KernelFacts::absent;
        return known ? after - before : KernelFacts::absent;
    };
    facts.listenOverflows = since(atListen_.overflows, now.overflows);
    facts.listenDrops = since(atListen_.drops, now.drops);
    facts.somaxconn = atListen_.somaxconn;
}

/// The session's sum is the listener's clients' too; a listener itself queues nothing.
std::int64_t KernelView::queuedBytes(std::uint32_t number) const {
    if (number == 0 && record_.config.role == Role::TcpServer) return 0;
    const Counter& queued =
        number == 0 ? record_.counters.queuedBytes : record_.connections.edit(number).queuedBytes;
    return static_cast<std::int64_t>(queued.get());
}

}  // namespace sockstage
