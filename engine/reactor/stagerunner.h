// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "resolver.h"
#include "stagelog.h"

namespace sockstage {

/// Takes a socket through the set-up stages of its role, up to listen() or connect(): one small function
/// per stage, a cursor over the role's order, stops before held stages. Each address that
/// getaddrinfo() returned is an attempt of its own, from socket() on. Owned by SessionSockets, worker thread
/// only.
class StageRunner {
public:
    struct Outcome {
        FileDescriptor fd;  ///< not open: every attempt failed, or it was stopped
        SocketAddress local, remote;
    };
    using Finished = std::function<void(Outcome)>;
    StageRunner(Environment environment, StageSet held, Finished finished);
    ~StageRunner();
    StageRunner(const StageRunner&) = delete;
    StageRunner& operator=(const StageRunner&) = delete;

    void start() { advance(); }
    bool isRunning() const { return running_; }
    /// Stopped before a stage until it is released or stepped.
    bool isStopped() const { return stopped_; }
    void setHeld(Stage stage, bool held);
    /// Makes the stage that it has stopped before; with `only`, if it is that one.
    void step(std::optional<Stage> only = {});
    /// Called for each socket that is made, once the stage has set its options.
    void whenSocketMade(std::function<void()> socketMade) { socketMade_ = std::move(socketMade); }
    bool hasSocket() const { return fd_.isOpen(); }
    /// Gives up: closes what is open.
    void abort();

private:
    enum class Progress { Done, Waiting, Failed };
    void advance();
    Progress run(Stage stage);
    Progress resolve();
    void resolved(const Resolution& resolution);
    Progress makeSocket();
    void setOptions(Stage stage);
    Progress bind();
    Progress listen();
    Progress connect();
    Progress connected();
    void connectCompleted();
    Progress connectFailed(const CallResult& result, bool atOnce);
    void showCauses();
    Progress attemptFailed(Stage stage, const SocketAddress& address, const CallResult& result);
    bool nextAttempt();
    void forgetHolders();
    void closeAttempt();
    void showClosed();
    void completed(Progress progress);
    void fail(std::string reason);
    void finish();

    Stage current() const { return order_[cursor_]; }
    const SocketAddress& target() const { return addresses_[attempt_]; }
    const SocketConfig& config() const { return env_.record.config; }
    std::string attemptText() const;
    std::string passedText(const char* why) const;

    Environment env_;
    StageSet held_;
    Finished finished_;
    std::function<void()> socketMade_;
    Resolver resolver_;
    std::span<const Stage> order_;
    std::size_t cursor_ = 0;
    std::vector<SocketAddress> addresses_;
    std::size_t attempt_ = 0;
    FileDescriptor fd_;
    SocketAddress local_, peer_;  // peer_: who connect() reached
    Reactor::Id connectId_ = 0;
    std::string lastFailure_;
    std::vector<std::string> causes_;  // of the attempts that failed
    std::int64_t connectBeganNs_ = 0;
    bool running_ = true, stopped_ = false, permit_ = false, closed_ = false;
};

}  // namespace sockstage
