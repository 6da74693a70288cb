// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessionsockets.h"

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

#include "payloadtext.h"
#include "quietly.h"

namespace sockstage {

SessionSockets::SessionSockets(Reactor& reactor, SessionRecord& record, std::function<void()> changed,
                               std::function<void()> finished, std::function<void()> forgotten)
    : reactor_(reactor),
      record_(record),
      calls_(record),
      log_(record, calls_, std::move(changed)),
      onFinished_(std::move(finished)),
      onForgotten_(std::move(forgotten)),
      probe_(reactor, record),
      held_(record.config.held) {
    record_.stages.setHeld(held_);
    runner_ = std::make_unique<StageRunner>(
        environment(), held_, [this](StageRunner::Outcome outcome) { setUp(std::move(outcome)); });
    runner_->whenSocketMade([this] { socketMade(); });
}

SessionSockets::~SessionSockets() {
    closing_ = finished_ = true;  // no callback is called any more
}

void SessionSockets::start() {
    runner_->start();
}

// From set-up to traffic -------------------------------------------------------------------------

void SessionSockets::setUp(StageRunner::Outcome outcome) {
    if (!outcome.fd.isOpen()) {
        for (const Pending& each : std::exchange(pending_, {}))
            discard(each.item, "the socket never got that far");
        return finishIfDone();
    }
    switch (record_.config.role) {
        case Role::TcpServer:
            beginListening(std::move(outcome));
            break;
        case Role::TcpClient:
            beginConnection(std::move(outcome));
            break;
        default:
            beginDatagrams(std::move(outcome));
    }
    sendPending();
    if (closing_) {
        closing_ = false;
        close(closeGraceMs_);
    }
}

void SessionSockets::beginListening(StageRunner::Outcome outcome) {
    listener_ = std::make_unique<Listener>(
        environment(), std::move(outcome.fd), outcome.local,
        [this](std::uint32_t number, FileDescriptor fd) { accepted(number, std::move(fd)); });
    listener_->start(held_.contains(Stage::Accept));
}

void SessionSockets::beginConnection(StageRunner::Outcome outcome) {
    // The first slot of an empty table: it is never full.
    const std::uint32_t number = record_.connections.add(outcome.remote, outcome.local, outcome.fd.get(),
                                                         record_.capture.endRow(), CaptureStore::nowNs());
    log_.enter(Stage::Connect, StageState::Done, outcome.local.text() + " to " + outcome.remote.text(), 0,
               number);
    addConnection(number, std::move(outcome.fd), true);
}

void SessionSockets::beginDatagrams(StageRunner::Outcome outcome) {
    const bool connected = record_.config.role == Role::UdpClient && record_.config.connectUdp;
    DatagramOwner& owner = *this;
    datagrams_ = std::make_unique<DatagramSocket>(environment(), std::move(outcome.fd), outcome.local,
                                                  outcome.remote, connected, owner);
    if (connected)
        log_.enter(Stage::Connect, StageState::Done, outcome.local.text() + " to " + outcome.remote.text(), 0,
                   1);
    datagrams_->start(held_);
}

void SessionSockets::accepted(std::uint32_t number, FileDescriptor fd) {
    if (number != 0) {
        try {
            addConnection(number, std::move(fd), false);
            return;
        } catch (const std::bad_alloc&) {
            const auto added = connections_.find(number);
            if (added != connections_.end() && added->second) return added->second->giveUp();
        }
    }
    refuse(number, std::move(fd));
}

/// It was accepted, and there is no room for it.
void SessionSockets::refuse(std::uint32_t number, FileDescriptor fd) {
    connections_.erase(number);
    if (number != 0) endUnborn(number);
    quietly([&] {
        log_.note({Stage::Accept, number}, "closed at once: there is no memory for another connection");
    });
    calls_.close({Stage::Close, number}, std::move(fd));
}

/// It has its number, and never became a Connection.
void SessionSockets::endUnborn(std::uint32_t number) noexcept {
    ConnectionSlot& slot = record_.connections.edit(number);
    slot.endError.store(ENOMEM, std::memory_order_relaxed);
    slot.end.store(EndReason::Error, std::memory_order_relaxed);
    slot.fd.store(-1, std::memory_order_relaxed);
    slot.endedNs.store(CaptureStore::nowNs(), std::memory_order_relaxed);
    record_.connections.close(number);
}

Connection& SessionSockets::addConnection(std::uint32_t number, FileDescriptor&& fd, bool own) {
    ConnectionOwner& owner = *this;
    auto& connection = connections_[number];  // its place first: for that, too, there may be no memory
    connection = std::make_unique<Connection>(environment(), number, std::move(fd), own, owner);
    record_.counters.connections.add(1);
    record_.counters.openConnections.add(1);
    connection->start(held_);
    return *connection;
}

void SessionSockets::connectionClosed(Connection& connection) noexcept {
    if (finished_) return;
    if (record_.config.role == Role::TcpClient) {
        record_.fd.store(-1, std::memory_order_relaxed);
        quietly([&] { log_.enter(Stage::Close, StageState::Done, "closed", 0, connection.number()); });
    }
    try {
        reactor_.defer([this, number = connection.number()] {
            connections_.erase(number);
            finishIfDone();
        });
    } catch (const std::bad_alloc&) {
        closedUnseen_ = true;
    }
    quietly([this] {
        if (listener_) listener_->descriptorFreed();
    });
}

void SessionSockets::datagramSocketClosed() noexcept {
    if (finished_) return;
    record_.fd.store(-1, std::memory_order_relaxed);
    quietly([this] { log_.enter(Stage::Close, StageState::Done, "closed"); });
    try {
        reactor_.defer([this] { finishIfDone(); });
    } catch (const std::bad_alloc&) {
        closedUnseen_ = true;
    }
}

/// Does what was to be deferred when there was no memory for it.
void SessionSockets::dropClosed() noexcept {
    if (!std::exchange(closedUnseen_, false)) return;
    std::erase_if(connections_, [](const auto& each) { return each.second && !each.second->isOpen(); });
    quietly([this] { finishIfDone(); });
}

void SessionSockets::finishIfDone() {
    const bool listening = listener_ && listener_->isOpen();
    const bool datagrams = datagrams_ && datagrams_->isOpen();
    if (finished_ || runner_->isRunning() || listening || datagrams || !connections_.empty()) return;
    finished_ = true;
    reactor_.cancel(graceTimer_);
    if (listener_) quietly([this] { log_.enter(Stage::Close, StageState::Done, "closed"); });
    onFinished_();
    probe_.whenForgotten(onForgotten_);
}

// Sending ----------------------------------------------------------------------------------------

std::vector<Connection*> SessionSockets::open(const Targets& targets) {
    std::vector<Connection*> found;
    const auto add = [&found](const std::unique_ptr<Connection>& connection) {
        if (connection->isOpen()) found.push_back(connection.get());
    };
    if (targets.empty())
        for (const auto& [number, connection] : connections_)
            add(connection);
    for (const std::uint32_t number : targets)
        if (const auto at = connections_.find(number); at != connections_.end()) add(at->second);
    std::sort(found.begin(), found.end(), [](auto* a, auto* b) { return a->number() < b->number(); });
    return found;
}

void SessionSockets::discard(const SendItem& item, std::string_view why, std::uint32_t connection) noexcept {
    record_.counters.queuedBytes.subtract(item.size);
    record_.counters.discardedBytes.add(item.size);
    if (connection != 0) record_.connections.edit(connection).discardedBytes.add(item.size);
    neverSent_ += item.size;
    quietly([&] {
        log_.note({Stage::Send, connection},
                  std::to_string(item.size) + " bytes were never sent: " + std::string(why));
        if (isServer(record_.config.role)) return;
        // One line for all of them: a later one makes the number of the line true again.
        const auto text = [](std::uint64_t bytes) {
            return "send: " + std::to_string(bytes) + " bytes were never sent";
        };
        log_.fail(text(neverSent_), text(neverSent_ - item.size));
    });
}

/// Before the socket is set up the item waits; afterwards each target gets one of its own.
void SessionSockets::dispatch(const Targets& targets,
                              const std::function<SendItem(std::uint32_t)>& makeItem) {
    if (!isSetUp() && !isServer(record_.config.role)) return wait(makeItem(1));
    if (datagrams_ && datagrams_->isOpen()) {
        Targets peers = targets;
        for (std::uint32_t n = 1; targets.empty() && n <= record_.connections.count(); ++n)
            peers.push_back(n);
        for (const std::uint32_t peer : peers)
            if (record_.connections.owns(peer))
                datagrams_->send(makeItem(peer));
            else
                giveUp(makeItem(peer), "there is no such peer");
        if (!peers.empty()) return;
    }
    const auto connections = open(targets);
    if (targets.empty() && connections.empty())
        giveUp(makeItem(1), isTcp(record_.config.role)           ? "nobody is connected"
                            : datagrams_ && datagrams_->isOpen() ? "no peer is known yet"
                                                                 : "there is no socket");
    // Before anything is sent: that may end a connection, which then counts its own bytes.
    for (const std::uint32_t number : targets)
        if (const auto at = connections_.find(number); at == connections_.end() || !at->second->isOpen())
            giveUp(makeItem(number), "it is closed", record_.connections.owns(number) ? number : 0);
    for (Connection* connection : connections)
        connection->send(makeItem(0));
}

void SessionSockets::wait(SendItem item, const SocketAddress& to) {
    record_.counters.queuedBytes.add(item.size);
    pending_.push_back({std::move(item), to});
}

void SessionSockets::giveUp(const SendItem& item, std::string_view why, std::uint32_t connection) {
    record_.counters.queuedBytes.add(item.size);
    discard(item, why, connection);
}

void SessionSockets::sendPending() {
    for (auto& [item, to] : std::exchange(pending_, {})) {
        record_.counters.queuedBytes.subtract(item.size);
        if (to.isValid())
            datagrams_->sendTo(to, std::move(item.payload));
        else if (datagrams_ && item.peer > record_.connections.count())
            giveUp(item, "there is no memory for the peer");
        else if (datagrams_)
            datagrams_->send(std::move(item));
        else
            for (Connection* connection : open({}))
                connection->send(item);
    }
    if (std::exchange(shutdownPending_, false)) shutdownSending({});
}

void SessionSockets::send(const Targets& targets, const Payload& payload) {
    dispatch(targets, [&](std::uint32_t peer) { return SendItem::of(payload, peer); });
}

void SessionSockets::sendFile(const Targets& targets, const std::string& path) {
    std::string error;
    const auto file = FileSource::open(path, error);
    if (!file) {
        log_.note({Stage::Send}, escapedText(path) + ": " + error);
        return log_.failFile(escapedText(path) + ": " + error);
    }
    if (file->size() == 0 && isTcp(record_.config.role))
        return log_.note({Stage::Send}, escapedText(path) + ": the file is empty: there is nothing to send");
    dispatch(targets, [&](std::uint32_t peer) { return SendItem::of(file, peer); });
}

void SessionSockets::sendTo(const SocketAddress& peer, const Payload& payload) {
    if (isTcp(record_.config.role)) return;
    if (!isSetUp()) return wait(SendItem::of(payload), peer);
    if (!datagrams_ || !datagrams_->isOpen()) return giveUp(SendItem::of(payload), "the socket is closed");
    datagrams_->sendTo(peer, payload);
}

void SessionSockets::cancelSends(const Targets& targets) {
    for (const Pending& each : std::exchange(pending_, {}))
        discard(each.item, "cancelled");
    if (datagrams_) datagrams_->cancelSends(targets);
    for (Connection* connection : open(targets))
        connection->cancelSends();
}

}  // namespace sockstage
