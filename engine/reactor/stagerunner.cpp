#include "stagerunner.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <cerrno>
#include <charconv>
#include <utility>

#include "calltext.h"
#include "portowner.h"

namespace sockstage {
namespace {

int familyOf(Family family) {
    return family == Family::IPv4 ? AF_INET : family == Family::IPv6 ? AF_INET6 : AF_UNSPEC;
}

bool isNumber(const std::string& text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

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
        if (held_.contains(current()) && !std::exchange(permit_, false)) {
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
    const std::string host = config().effectiveHost();
    env_.log.enter(Stage::Getaddrinfo, StageState::Waiting, "asking for " + config().addressText());
    int flags = isServer(config().role) ? AI_PASSIVE : 0;
    if (isNumber(config().endpoint.service)) flags |= AI_NUMERICSERV;
    const int type = isTcp(config().role) ? SOCK_STREAM : SOCK_DGRAM;
    const int error = resolver_.ask(host, config().endpoint.service, flags, familyOf(config().family), type,
                                    [this](const Resolution& resolution) { resolved(resolution); });
    if (error == 0) return Progress::Waiting;
    env_.log.enter(Stage::Getaddrinfo, StageState::Failed, "no thread could be made to ask", error);
    lastFailure_ = failureText("getaddrinfo: no thread could be made to ask", SocketAddress(), error);
    return Progress::Failed;
}

void StageRunner::resolved(const Resolution& resolution) {
    env_.log.called(Stage::Getaddrinfo, env_.calls.recordGetaddrinfo(resolution));
    addresses_ = resolution.addresses;
    if (resolution.code != 0 || addresses_.empty()) {
        const std::string name = eaiName(resolution.code);
        const std::string text =
            resolution.code == EAI_SYSTEM ? errnoText(resolution.error) : eaiText(resolution.code);
        env_.log.enter(Stage::Getaddrinfo, StageState::Failed, text, resolution.code);
        lastFailure_ = failureText("getaddrinfo", config().addressText(), name, text);
        return completed(Progress::Failed);
    }
    std::string list;
    for (const SocketAddress& address : addresses_)
        list += (list.empty() ? "" : ", ") + address.text();
    env_.log.enter(Stage::Getaddrinfo, StageState::Done, list);
    completed(Progress::Done);
}

StageRunner::Progress StageRunner::makeSocket() {
    env_.log.beginAttempt(Stage::Socket, static_cast<std::uint32_t>(attempt_ + 1));
    const bool tcp = isTcp(config().role);
    auto made = env_.calls.socket({Stage::Socket}, target().family(), tcp ? SOCK_STREAM : SOCK_DGRAM,
                                  tcp ? IPPROTO_TCP : IPPROTO_UDP);
    env_.log.called(Stage::Socket, made.result);
    if (!made.result.ok()) return attemptFailed(Stage::Socket, made.result);
    fd_ = std::move(made.fd);
    env_.record.fd.store(fd_.get(), std::memory_order_relaxed);
    setSocketOptions();
    env_.log.enter(Stage::Socket, StageState::Done, "fd " + std::to_string(fd_.get()) + attemptText());
    return Progress::Done;
}

void StageRunner::setSocketOptions() {
    setOption(Stage::Socket, SOL_SOCKET, SO_SNDBUF, config().sendBufferBytes);
    setOption(Stage::Socket, SOL_SOCKET, SO_RCVBUF, config().receiveBufferBytes);
    if (!isTcp(config().role)) return;
    setOption(Stage::Socket, IPPROTO_TCP, TCP_NODELAY, config().noDelay);
    setOption(Stage::Socket, SOL_SOCKET, SO_KEEPALIVE, config().keepAlive);
}

/// Sets it and reads back what the kernel made of it. A failure is on record and stops nothing.
void StageRunner::setOption(Stage stage, int level, int name, std::optional<int> value) {
    if (!value) return;
    const CallResult set = env_.calls.setsockopt({stage}, fd_.get(), level, name, *value);
    if (set.ok())
        env_.calls.getsockopt({stage}, fd_.get(), level, name);
    else
        env_.log.note({stage}, optionName(level, name) + " was refused: " + errnoName(set.error));
}

std::optional<SocketAddress> StageRunner::addressToBind() {
    if (isServer(config().role)) return target();
    const Endpoint& own = *config().localEndpoint;
    std::uint16_t port = 0;
    std::from_chars(own.service.data(), own.service.data() + own.service.size(), port);
    const std::string any = target().family() == AF_INET6 ? "::" : "0.0.0.0";
    return SocketAddress::fromNumeric(own.host.empty() ? any : own.host, port);
}

StageRunner::Progress StageRunner::bind() {
    env_.log.beginAttempt(Stage::Bind, static_cast<std::uint32_t>(attempt_ + 1));
    if (!isServer(config().role) && !config().localEndpoint) {
        env_.log.enter(Stage::Bind, StageState::Skipped, "the kernel chooses the local address");
        return Progress::Done;
    }
    const auto address = addressToBind();
    if (!address) {
        lastFailure_ = "bind: the local address must be numeric, for example 127.0.0.1:0";
        env_.log.enter(Stage::Bind, StageState::Failed, "the local address is not numeric", EINVAL);
        return Progress::Failed;
    }
    const bool reuse = config().role == Role::TcpServer;
    if (config().reuseAddress || reuse)
        setOption(Stage::Bind, SOL_SOCKET, SO_REUSEADDR, config().reuseAddress.value_or(true) ? 1 : 0);
    if (address->family() == AF_INET6 && config().v6Only)
        setOption(Stage::Bind, IPPROTO_IPV6, IPV6_V6ONLY, *config().v6Only ? 1 : 0);
    const CallResult result = env_.calls.bind({Stage::Bind}, fd_.get(), *address);
    env_.log.called(Stage::Bind, result);
    if (!result.ok()) {
        if (result.error == EADDRINUSE) env_.record.portOwner.set(portOwner(*address, isTcp(config().role)));
        return attemptFailed(Stage::Bind, result);
    }
    if (env_.calls.getsockname({Stage::Bind}, fd_.get(), local_).ok()) env_.record.local.set(local_);
    env_.log.enter(Stage::Bind, StageState::Done, local_.text());
    return Progress::Done;
}

StageRunner::Progress StageRunner::listen() {
    env_.log.beginAttempt(Stage::Listen, static_cast<std::uint32_t>(attempt_ + 1));
    const CallResult result = env_.calls.listen({Stage::Listen}, fd_.get(), config().backlog);
    env_.log.called(Stage::Listen, result);
    if (!result.ok()) return attemptFailed(Stage::Listen, result);
    env_.log.enter(Stage::Listen, StageState::Done, "backlog " + std::to_string(config().backlog));
    return Progress::Done;
}

StageRunner::Progress StageRunner::connect() {
    env_.log.beginAttempt(Stage::Connect, static_cast<std::uint32_t>(attempt_ + 1));
    if (config().role == Role::UdpClient && !config().connectUdp) {
        env_.log.enter(Stage::Connect, StageState::Skipped,
                       "not asked for: each datagram carries its address");
        return Progress::Done;
    }
    env_.record.remote.set(target());
    const CallResult result = env_.calls.connect({Stage::Connect}, fd_.get(), target());
    env_.log.called(Stage::Connect, result);
    if (result.ok()) return connected();
    if (result.error != EINPROGRESS) return attemptFailed(Stage::Connect, result);
    env_.log.enter(Stage::Connect, StageState::Waiting, "connecting to " + target().text() + attemptText());
    connectId_ =
        env_.reactor.add(fd_.get(), Reactor::writable, [this](std::uint32_t) { connectCompleted(); });
    return Progress::Waiting;
}

void StageRunner::connectCompleted() {
    env_.reactor.remove(std::exchange(connectId_, 0));
    CallResult outcome = env_.calls.socketError({Stage::Connect}, fd_.get());
    if (outcome.ok() && outcome.value != 0) {
        outcome.error = static_cast<int>(outcome.value);
        env_.record.counters.errors.add(1);
    }
    completed(outcome.ok() ? connected() : attemptFailed(Stage::Connect, outcome));
}

StageRunner::Progress StageRunner::connected() {
    if (env_.calls.getsockname({Stage::Connect}, fd_.get(), local_).ok()) env_.record.local.set(local_);
    return Progress::Done;  // the stage is entered as done once the connection has its number
}

// Attempts ---------------------------------------------------------------------------------------

std::string StageRunner::attemptText() const {
    if (addresses_.size() < 2) return {};
    return " (address " + std::to_string(attempt_ + 1) + " of " + std::to_string(addresses_.size()) + ")";
}

StageRunner::Progress StageRunner::attemptFailed(Stage stage, const CallResult& result) {
    lastFailure_ = failureText(stageName(stage), target(), result.error);
    env_.log.enter(stage, StageState::Failed,
                   target().text() + ": " + errnoText(result.error) + attemptText(), result.error);
    return Progress::Failed;
}

void StageRunner::closeAttempt() {
    if (connectId_ != 0) env_.reactor.remove(std::exchange(connectId_, 0));
    if (!fd_.isOpen()) return;
    env_.record.fd.store(-1, std::memory_order_relaxed);
    env_.calls.close({Stage::Close}, std::move(fd_));
}

/// The next address, from socket() on. False: there is none.
bool StageRunner::nextAttempt() {
    closeAttempt();
    if (attempt_ + 1 >= addresses_.size()) return false;
    ++attempt_;
    cursor_ = 1;
    env_.record.local.set({});
    return true;
}

void StageRunner::fail(std::string reason) {
    if (const std::string owner = env_.record.portOwner.get(); !owner.empty())
        reason += ", the port is held by " + owner;
    env_.log.fail(std::move(reason));
    finish();
}

void StageRunner::finish() {
    running_ = false;
    const bool reached = fd_.isOpen() && !isServer(config().role);
    SocketAddress remote = reached ? target() : SocketAddress();
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

void StageRunner::step() {
    if (!running_ || !stopped_) return;
    stopped_ = false;
    permit_ = true;
    advance();
}

void StageRunner::abort() {
    if (!running_) return;
    resolver_.cancel();
    closeAttempt();
    if (cursor_ < order_.size() && env_.log.state(current()) != StageState::Failed)
        env_.log.enter(current(), StageState::Skipped, "closed before it was done");
    finish();
}

}  // namespace sockstage
