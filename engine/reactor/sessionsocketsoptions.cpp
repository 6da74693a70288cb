// SPDX-License-Identifier: GPL-3.0-or-later
#include <utility>

#include "calltext.h"
#include "kernellook.h"
#include "optionlook.h"
#include "reachlook.h"
#include "sessionsockets.h"

// The options of a session's sockets; the rest of their life is in sessionsockets.cpp.

namespace sockstage {

void SessionSockets::lookAtReach() {
    record_.reach.set(sockstage::lookAtReach(record_));
}

/// The number under which the socket's calls are recorded: all UDP peers share the session's own socket, and
/// a TCP client's is its connection 1 once that is there.
std::uint32_t SessionSockets::socketOf(std::uint32_t connection) const {
    if (!isTcp(record_.config.role)) return 0;
    const bool client = record_.config.role == Role::TcpClient;
    return client && connection == 0 && record_.connections.count() != 0 ? 1 : connection;
}

/// -1: it has none now.
int SessionSockets::descriptorOf(std::uint32_t number) {
    if (number != 0 && !record_.connections.owns(number)) return -1;
    const auto& fd = number == 0 ? record_.fd : record_.connections.edit(number).fd;
    return fd.load(std::memory_order_relaxed);
}

AskedOptions SessionSockets::askedOf(std::uint32_t number) const {
    const bool own = number == 1 && record_.config.role == Role::TcpClient;
    AskedOptions asked = calls_.askedOptions(own ? 0 : number);  // requested before it was connected
    if (own) asked.add(calls_.askedOptions(1));
    return asked;
}

void SessionSockets::answer(std::uint64_t requestId, std::uint32_t connection,
                            std::vector<OptionValue> values) {
    record_.optionAnswers.add({requestId, connection, CaptureStore::nowNs(), std::move(values)});
    log_.changed();
}

void SessionSockets::readOptions(std::uint32_t connection, std::uint64_t requestId) {
    const std::uint32_t number = socketOf(connection);
    const int fd = descriptorOf(number);
    if (fd < 0 && number == 0 && runner_->isRunning()) {
        looksWanted_.emplace(connection, requestId);
        return;
    }
    const bool accepted = record_.config.role == Role::TcpServer && number != 0;
    std::vector<OptionValue> values;
    if (fd >= 0) values = lookAtOptions(fd, optionsOf(record_.config.role, accepted), askedOf(number));
    if (requestId != 0) return answer(requestId, connection, std::move(values));
    if (fd < 0) return;
    record_.options.set(connection, std::move(values));
    log_.changed();
}

void SessionSockets::setOption(std::uint32_t connection, const OptionFact& fact,
                               std::span<const std::byte> value, std::uint64_t requestId) {
    const std::uint32_t number = socketOf(connection);
    const int fd = descriptorOf(number);
    const CallSite site{Stage::Socket, record_.connections.owns(number) ? number : 0};
    if (fd < 0 && number == 0 && runner_->isRunning()) {
        auto wanted = record_.optionsWanted.get();
        wanted.push_back({connection, &fact, {value.begin(), value.end()}, requestId});
        record_.optionsWanted.set(std::move(wanted));
        return log_.changed();
    }
    if (fd < 0) {
        log_.note(site, std::string(fact.symbol) + " was not set: there is no such open socket");
        if (requestId != 0) answer(requestId, connection, {});
        return;
    }
    const CallResult result = calls_.setsockopt(site, fd, fact.level, fact.name, value);
    if (!result.ok())
        log_.note(site, std::string(fact.symbol) + " was refused: " + errnoNameAndText(result.error));
    if (number == 0) record_.bound.set(lookAtBinding(fd, record_.local.get(), isTcp(record_.config.role)));
    if (requestId == 0) return readOptions(connection, 0);
    answer(requestId, connection, {lookAtOption(fd, fact, askedOf(number))});
}

/// What was requested before there was a socket holds for each that is tried; the first of them answers.
void SessionSockets::socketMade() {
    auto all = record_.optionsWanted.get();
    for (WantedOption& wanted : all)
        setOption(wanted.connection, *wanted.fact, wanted.value, std::exchange(wanted.requestId, 0));
    if (!all.empty()) record_.optionsWanted.set(std::move(all));
    for (const auto& [connection, requestId] : std::exchange(looksWanted_, {}))
        readOptions(connection, requestId);
}

}  // namespace sockstage
