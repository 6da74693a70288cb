// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "connection.h"
#include "datagramsocket.h"
#include "kernelprobe.h"
#include "listener.h"
#include "socketoptions.h"
#include "stagerunner.h"

namespace sockstage {

/// Connection numbers; empty: all that are open, or the session's own socket.
using Targets = std::vector<std::uint32_t>;

/// The whole life of one session's socket on its worker thread: set up by the StageRunner, then a
/// listener with its connections, one connection, or a datagram socket. Every verb of Session ends here.
class SessionSockets final : ConnectionOwner, DatagramOwner {
public:
    /// `changed`: a stage changed. `finished`: every descriptor is closed. `forgotten`, afterwards: the
    /// kernel holds no followed socket any more. These two are called once.
    SessionSockets(Reactor& reactor, SessionRecord& record, std::function<void()> changed,
                   std::function<void()> finished, std::function<void()> forgotten);
    ~SessionSockets();
    SessionSockets(const SessionSockets&) = delete;
    SessionSockets& operator=(const SessionSockets&) = delete;

    void start();
    void send(const Targets& targets, const Payload& payload);
    void sendFile(const Targets& targets, const std::string& path);
    void sendTo(const SocketAddress& peer, const Payload& payload);
    void cancelSends(const Targets& targets);
    void hold(Stage stage, const Targets& targets);
    void release(Stage stage, const Targets& targets);
    void holdAll();
    void releaseAll();
    void step(std::uint32_t connection);
    void step(Stage stage, std::uint32_t connection);
    void shutdownSending(const Targets& targets);
    void shutdownReceiving(const Targets& targets);
    void close(int graceMs);
    /// Closes all there is now, in order, where something else than a call failed. Needs no memory. Not from
    /// within a handler.
    void endAtOnce() noexcept;
    void closeConnections(const Targets& targets, int graceMs);
    void reset(const Targets& targets);
    void readOptions(std::uint32_t connection, std::uint64_t requestId);
    /// A recorded setsockopt(), then a look at what came of it.
    void setOption(std::uint32_t connection, const OptionFact& fact, std::span<const std::byte> value,
                   std::uint64_t requestId);
    void watch(std::vector<std::uint32_t> visible, bool sweep) { probe_.watch(std::move(visible), sweep); }
    void observe(std::shared_ptr<KernelHistory> history, int intervalMs) {
        probe_.observe(std::move(history), intervalMs);
    }
    void lookAtReach();
    void logKernel(int intervalMs) { probe_.logAll(intervalMs); }
    /// A server's connections that have ended, and that the capture has no record of any more, are given up:
    /// see ConnectionTable::retire(). Between two rounds of the reactor; costs nothing while nothing is
    /// evicted.
    void retireConnections();
    /// Between two rounds, too: frees what was closed when there was no memory to defer that.
    void dropClosed() noexcept;

private:
    void setUp(StageRunner::Outcome outcome);
    void beginListening(StageRunner::Outcome outcome);
    void beginConnection(StageRunner::Outcome outcome);
    void beginDatagrams(StageRunner::Outcome outcome);
    void accepted(std::uint32_t number, FileDescriptor fd);
    /// When it throws, `fd` is still the caller's or a connection's.
    Connection& addConnection(std::uint32_t number, FileDescriptor&& fd, bool own);
    void refuse(std::uint32_t number, FileDescriptor fd);
    void endUnborn(std::uint32_t number) noexcept;
    void connectionClosed(Connection& connection) noexcept override;
    void datagramSocketClosed() noexcept override;

    void dispatch(const Targets& targets, const std::function<SendItem(std::uint32_t)>& makeItem);
    void wait(SendItem item, const SocketAddress& to = {});
    void giveUp(const SendItem& item, std::string_view why, std::uint32_t connection = 0);
    void sendPending();
    void discard(const SendItem& item, std::string_view why, std::uint32_t connection = 0) noexcept;
    std::vector<Connection*> open(const Targets& targets);
    bool isSetUp() const { return !runner_->isRunning(); }
    bool pendingMayGo() const { return !pending_.empty() && runner_->isRunning() && !runner_->isStopped(); }
    void setHeld(Stage stage, bool held);
    void stepServer();
    bool closeIsStopped() const;
    void goOnClosing();
    void closeSetUp(int graceMs);
    void finishIfDone();
    std::uint32_t socketOf(std::uint32_t connection) const;
    int descriptorOf(std::uint32_t number);
    AskedOptions askedOf(std::uint32_t number) const;
    void answer(std::uint64_t requestId, std::uint32_t connection, std::vector<OptionValue> values);
    void socketMade();

    Environment environment() { return {reactor_, calls_, record_, log_, probe_}; }

    Reactor& reactor_;
    SessionRecord& record_;
    Syscalls calls_;
    StageLog log_;
    std::function<void()> onFinished_, onForgotten_;
    KernelProbe probe_;
    StageSet held_;
    std::unique_ptr<StageRunner> runner_;
    std::unique_ptr<Listener> listener_;
    std::unordered_map<std::uint32_t, std::unique_ptr<Connection>> connections_;
    std::unique_ptr<DatagramSocket> datagrams_;
    std::set<std::pair<std::uint32_t, std::uint64_t>>
        looksWanted_;  // before there was a socket: connection, requestId
    struct Pending {
        SendItem item;
        SocketAddress to;  ///< of sendTo(); else not valid
    };
    std::vector<Pending> pending_;  // requested before there was a connection; counted as queued
    std::uint64_t neverSent_ = 0;   // bytes that were given up for want of a peer
    bool shutdownPending_ = false;  // requested while the client still connects
    Reactor::Id graceTimer_ = 0;
    int closeGraceMs_ = 0;
    bool closing_ = false, finished_ = false;
    bool closedUnseen_ = false;        // see dropClosed()
    std::uint64_t retiredBefore_ = 0;  // the capture's first row when that was last tried
};

}  // namespace sockstage
