// SPDX-License-Identifier: GPL-3.0-or-later
#include "stagerunner.h"

#include <netdb.h>

#include <cerrno>
#include <utility>

#include "calltext.h"
#include "failurefacts.h"
#include "kernellook.h"
#include "kernelprobe.h"
#include "payloadtext.h"
#include "quietly.h"
#include "setuparguments.h"

namespace sockstage {
StageRunner::StageRunner(Environment environment, StageSet held, Finished finished)
    : env_(environment),
      held_(held),
      finished_(std::move(finished)),
      resolver_(environment.reactor),
      order_(setupOrder(environment.record.config.role)) {
    // accept is not a set-up call: it goes on as long as the listener lives.
    if (config().role == Role::TcpServer) order_ = order_.first(order_.size() - 1);
}

StageRunner::~StageRunner() {
    if (fd_.isOpen()) closeAttempt();
}

void StageRunner::advance() {
    while (running_ && cursor_ < order_.size()) {
        // One step is one call: nothing to stop before where none is made.
        // Where none is made, that is said (passedText()).
        const bool held = held_.contains(current()) && !makesNoCall(current(), config());
        if (held && !std::exchange(permit_, false)) {
            if (!std::exchange(stopped_, true))
                env_.log.enter(current(), StageState::Held,
                               "held before " + std::string(stageName(current())));
            return;
        }
        stopped_ = false;
        const Progress progress = run(current());
        if (progress == Progress::Waiting) return;
        if (progress == Progress::Done)
            ++cursor_;
        else if (!nextAttempt())
            return fail(lastFailure_);
    }
    if (running_) finish();
}

/// A stage that waited has its result.
void StageRunner::completed(Progress progress) {
    if (progress == Progress::Done)
        ++cursor_;
    else if (!nextAttempt())
        return fail(lastFailure_);
    advance();
}

StageRunner::Progress StageRunner::run(Stage stage) {
    switch (stage) {
        case Stage::Getaddrinfo:
            return resolve();
        case Stage::Socket:
            return makeSocket();
        case Stage::Bind:
            return bind();
        case Stage::Listen:
            return listen();
        default:
            return connect();
    }
}

// The stages -------------------------------------------------------------------------------------

StageRunner::Progress StageRunner::resolve() {
    env_.log.beginAttempt(Stage::Getaddrinfo, 1);
    env_.log.enter(Stage::Getaddrinfo, StageState::Waiting,
                   "asking for " + escapedText(config().addressText()));
    const int error =
        resolver_.ask(questionFor(config()), [this](const Resolution& resolution) { resolved(resolution); });
    if (error == 0) return Progress::Waiting;
    env_.log.enter(Stage::Getaddrinfo, StageState::Failed, "no thread could be made to ask", error);
    lastFailure_ = failureText("getaddrinfo: no thread could be made to ask", SocketAddress(), error);
    return Progress::Failed;
}

void StageRunner::resolved(const Resolution& resolution) {
    env_.log.called(Stage::Getaddrinfo, env_.calls.recordGetaddrinfo(resolution));
    addresses_ = resolution.addresses;
    env_.record.addresses.store(static_cast<std::uint32_t>(addresses_.size()), std::memory_order_relaxed);
    if (!addresses_.empty()) env_.record.target.set(target());
    if (resolution.code != 0 || addresses_.empty()) {
        const std::string name = eaiName(resolution.code);
        const std::string text =
            resolution.code == EAI_SYSTEM ? errnoText(resolution.error) : eaiText(resolution.code);
        env_.log.enter(Stage::Getaddrinfo, StageState::Failed, text, resolution.code);
        lastFailure_ = failureText("getaddrinfo", escapedText(config().addressText()), name, text);
        env_.record.causes.set(0, resolveCause(resolution));
        return completed(Progress::Failed);
    }
    std::string list;
    for (const SocketAddress& address : addresses_)
        list += (list.empty() ? "" : ", ") + address.text();
    env_.log.enter(Stage::Getaddrinfo, StageState::Done, list);
    completed(Progress::Done);
}

StageRunner::Progress StageRunner::makeSocket() {
    closed_ = false;
    env_.log.beginAttempt(Stage::Socket, static_cast<std::uint32_t>(attempt_ + 1));
    const auto [domain, type, protocol] = socketArguments(config(), target());
    auto made = env_.calls.socket({Stage::Socket}, domain, type, protocol);
    env_.log.called(Stage::Socket, made.result);
    if (!made.result.ok()) return attemptFailed(Stage::Socket, target(), made.result);
    fd_ = std::move(made.fd);
    env_.record.fd.store(fd_.get(), std::memory_order_relaxed);
    env_.record.madeFd.store(fd_.get(), std::memory_order_relaxed);
    env_.probe.opened(0, fd_.get());
    setOptions(Stage::Socket);
    if (socketMade_) socketMade_();
    env_.log.enter(Stage::Socket, StageState::Done, "fd " + std::to_string(fd_.get()) + attemptText());
    return Progress::Done;
}

/// Sets them and reads back what the kernel made of them. A failure is on record and stops nothing.
void StageRunner::setOptions(Stage stage) {
    for (const auto& [level, name, value, readBack] : optionsToSet(stage, config(), target())) {
        const CallResult set = env_.calls.setsockopt({stage}, fd_.get(), level, name, value);
        if (!readBack) continue;
        if (set.ok())
            env_.calls.getsockopt({stage}, fd_.get(), level, name);
        else
            env_.log.note({stage}, optionName(level, name) + " was refused: " + errnoName(set.error));
    }
}

StageRunner::Progress StageRunner::bind() {
    env_.log.beginAttempt(Stage::Bind, static_cast<std::uint32_t>(attempt_ + 1));
    if (makesNoCall(Stage::Bind, config())) {
        env_.log.enter(Stage::Bind, StageState::Skipped, passedText("the kernel chooses the local address"));
        return Progress::Done;
    }
    const auto address = addressToBind(config(), target());
    if (!address) {
        lastFailure_ = "bind: the local address must be numeric, for example 127.0.0.1:0";
        env_.log.enter(Stage::Bind, StageState::Failed, "the local address is not numeric", EINVAL);
        return Progress::Failed;
    }
    setOptions(Stage::Bind);
    const CallResult result = env_.calls.bind({Stage::Bind}, fd_.get(), *address);
    env_.log.called(Stage::Bind, result);
    if (!result.ok()) {
        causes_.push_back(bindCause(env_, fd_.get(), target().family(), *address, result.error,
                                    config().reuseAddress.value_or(config().role == Role::TcpServer)));
        return attemptFailed(Stage::Bind, *address, result);
    }
    if (env_.calls.getsockname({Stage::Bind}, fd_.get(), local_).ok()) env_.record.local.set(local_);
    env_.record.bound.set(lookAtBinding(fd_.get(), local_, isTcp(config().role)));
    env_.log.enter(Stage::Bind, StageState::Done, local_.text());
    return Progress::Done;
}

StageRunner::Progress StageRunner::listen() {
    env_.log.beginAttempt(Stage::Listen, static_cast<std::uint32_t>(attempt_ + 1));
    env_.probe.listening();
    const CallResult result = env_.calls.listen({Stage::Listen}, fd_.get(), config().backlog);
    env_.log.called(Stage::Listen, result);
    env_.probe.changed(0, fd_.get());
    if (!result.ok()) {
        const bool reuse = config().reuseAddress.value_or(true);
        causes_.push_back(bindCause(env_, fd_.get(), target().family(), local_, result.error, reuse));
        return attemptFailed(Stage::Listen, local_, result);
    }
    env_.log.enter(Stage::Listen, StageState::Done, "backlog " + std::to_string(config().backlog));
    return Progress::Done;
}

StageRunner::Progress StageRunner::connect() {
    env_.log.beginAttempt(Stage::Connect, static_cast<std::uint32_t>(attempt_ + 1));
    if (makesNoCall(Stage::Connect, config())) {
        env_.log.enter(Stage::Connect, StageState::Skipped,
                       passedText("not asked for: each datagram carries its address"));
        return Progress::Done;
    }
    env_.record.remote.set(target());
    connectBeganNs_ = CaptureStore::nowNs();
    const CallResult result = env_.calls.connect({Stage::Connect}, fd_.get(), target());
    env_.log.called(Stage::Connect, result);
    env_.probe.changed(0, fd_.get());
    if (result.ok()) return connected();
    if (result.error != EINPROGRESS) return connectFailed(result, true);
    env_.log.enter(Stage::Connect, StageState::Waiting, "connecting to " + target().text() + attemptText());
    connectId_ =
        env_.reactor.add(fd_.get(), Reactor::writable, [this](std::uint32_t) { connectCompleted(); });
    noteIfStarved(env_, {Stage::Connect});
    return Progress::Waiting;
}

void StageRunner::connectCompleted() {
    env_.reactor.remove(std::exchange(connectId_, 0));
    env_.probe.changed(0, fd_.get());
    CallResult outcome = env_.calls.socketError({Stage::Connect}, fd_.get());
    if (outcome.ok() && outcome.value != 0) outcome.error = static_cast<int>(outcome.value);
    completed(outcome.ok() ? connected() : connectFailed(outcome, false));
}

/// After SO_ERROR was taken: reading the error queue would clear it.
StageRunner::Progress StageRunner::connectFailed(const CallResult& result, bool atOnce) {
    const auto local = config().localEndpoint ? local_ : SocketAddress();
    causes_.push_back(
        connectCause(env_, FailedConnect{fd_.get(), result.error, atOnce, connectBeganNs_, target(), local}));
    return attemptFailed(Stage::Connect, target(), result);
}

StageRunner::Progress StageRunner::connected() {
    if (!causes_.empty()) env_.record.causes.set(0, {});  // of addresses that were tried before
    forgetHolders();
    setOptions(Stage::Connect);
    if (env_.calls.getsockname({Stage::Connect}, fd_.get(), local_).ok()) env_.record.local.set(local_);
    peer_ = target();
    // Linux takes 0.0.0.0 and :: for this machine: only the kernel knows who the peer is.
    if (peer_.isWildcard()) env_.calls.getpeername({Stage::Connect}, fd_.get(), peer_);
    return Progress::Done;  // the stage is entered as done once the connection has its number
}

// Attempts ---------------------------------------------------------------------------------------

/// No call is made at this stage, so there is nothing to stop before.
std::string StageRunner::passedText(const char* why) const {
    return std::string(held_.contains(current()) ? "not held, because no call is made: " : "") + why;
}

std::string StageRunner::attemptText() const {
    if (addresses_.size() < 2) return {};
    return " (address " + std::to_string(attempt_ + 1) + " of " + std::to_string(addresses_.size()) + ")";
}

/// `address`: that the call was given.
StageRunner::Progress StageRunner::attemptFailed(Stage stage, const SocketAddress& address,
                                                 const CallResult& result) {
    lastFailure_ = failureText(stageName(stage), address, result.error);
    showCauses();
    env_.log.enter(stage, StageState::Failed, address.text() + ": " + errnoText(result.error) + attemptText(),
                   result.error);
    return Progress::Failed;
}

/// Of each address that was tried: a line with the address in front where there were several.
void StageRunner::showCauses() {
    causes_.resize(attempt_ + 1);
    std::string all;
    for (std::size_t i = 0; i < causes_.size(); ++i) {
        if (causes_[i].empty()) continue;
        all += all.empty() ? "" : "\n";
        all += (addresses_.size() > 1 ? addresses_[i].text() + ": " : "") + causes_[i];
    }
    env_.record.causes.set(0, all);
}

void StageRunner::closeAttempt() {
    if (connectId_ != 0) env_.reactor.remove(std::exchange(connectId_, 0));
    if (!fd_.isOpen()) return;
    quietly([this] { env_.probe.closing(0, fd_.get()); });
    env_.record.fd.store(-1, std::memory_order_relaxed);
    const CallResult closed = env_.calls.close({Stage::Close}, std::move(fd_));
    quietly([&] {
        env_.log.called(Stage::Close, closed);
        env_.probe.closed(0);
    });
    closed_ = true;
}

/// The next address, from socket() on. False: there is none.
bool StageRunner::nextAttempt() {
    closeAttempt();
    if (attempt_ + 1 >= addresses_.size()) return false;
    ++attempt_;
    cursor_ = 1;
    env_.record.target.set(target());
    env_.record.local.set({});
    env_.record.bound.set({});
    forgetHolders();
    return true;
}

/// Who held the port of an address that was tried before has nothing to do with what comes.
void StageRunner::forgetHolders() {
    env_.record.portHolders.set({});
    env_.record.portOwner.set({});
}

void StageRunner::fail(std::string reason) {
    if (const std::string owner = env_.record.portOwner.get(); !owner.empty())
        reason += ", the port is held by " + owner;
    env_.log.fail(std::move(reason));
    showClosed();
    finish();
}

/// The socket of the last attempt has gone, and no other follows.
void StageRunner::showClosed() {
    if (closed_ || env_.log.state(Stage::Close) == StageState::Held)
        env_.log.enter(Stage::Close, StageState::Done, "closed");
}

void StageRunner::finish() {
    running_ = false;
    const bool reached = fd_.isOpen() && !isServer(config().role);
    SocketAddress remote = !reached ? SocketAddress() : peer_.isValid() ? peer_ : target();
    if (reached) env_.record.remote.set(remote);
    finished_({std::move(fd_), local_, remote});
}

// Verbs ------------------------------------------------------------------------------------------

void StageRunner::setHeld(Stage stage, bool held) {
    held ? held_.insert(stage) : held_.erase(stage);
    if (running_ && !held && stopped_ && current() == stage) {
        stopped_ = false;
        advance();
    }
}

void StageRunner::step(std::optional<Stage> only) {
    if (!running_ || !stopped_ || only.value_or(current()) != current()) return;
    stopped_ = false;
    permit_ = true;
    advance();
}

void StageRunner::abort() {
    if (!running_) return;
    resolver_.cancel();
    closeAttempt();
    showClosed();
    if (cursor_ < order_.size() && env_.log.state(current()) != StageState::Failed)
        env_.log.enter(current(), StageState::Skipped, "closed before it was done");
    finish();
}

}  // namespace sockstage
