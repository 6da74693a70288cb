// SPDX-License-Identifier: GPL-3.0-or-later
#include "plannedcall.h"

#include <sys/socket.h>

#include "callrecording.h"
#include "calltext.h"
#include "setuparguments.h"

namespace sockstage {
namespace {

using callrecording::addressRoom;

/// A call that is not made yet, with the bytes that it would carry.
struct Draft {
    CallRecord record;
    std::vector<std::byte> bytes;

    void append(std::span<const std::byte> more) { bytes.insert(bytes.end(), more.begin(), more.end()); }
    std::string text() const { return callText(record, bytes, CallNotation::Planned); }
};

Draft draft(Call call, int fd) {
    Draft made;
    made.record.call = call;
    made.record.fd = fd;
    return made;
}

Draft withAddress(Call call, int fd, const std::optional<SocketAddress>& address) {
    Draft made = draft(call, fd);
    if (address) made.append(address->bytes());
    return made;
}

Draft question(const SocketConfig& config) {
    Draft made = draft(Call::Getaddrinfo, -1);
    const Resolution asked = questionFor(config);
    for (const std::string& text : {asked.node, asked.service})
        made.append(std::as_bytes(std::span(text.c_str(), text.size() + 1)));
    made.record.args = {asked.flags, asked.family, asked.socketType};
    return made;
}

Draft newSocket(const SocketConfig& config, const SocketAddress& target) {
    Draft made = draft(Call::Socket, -1);
    const auto [domain, type, protocol] = socketArguments(config, target);
    made.record.args = {domain, type | callrecording::socketFlags, protocol};
    return made;
}

Draft accepting(int fd) {
    Draft made = draft(Call::Accept4, fd);
    made.record.asked = addressRoom;
    made.record.args = {callrecording::socketFlags, 0, 0};
    return made;
}

Draft withFlags(Call call, int fd, int flags) {
    Draft made = draft(call, fd);
    made.record.args = {flags, 0, 0};
    return made;
}

Draft receiving(const SessionRecord& record, int fd) {
    const bool stream = isTcp(record.config.role);
    if (!stream && record.errorQueued.load(std::memory_order_relaxed))
        return withFlags(Call::Recvmsg, fd, MSG_ERRQUEUE);
    if (!stream && record.dropCounts.load(std::memory_order_relaxed))
        return withFlags(Call::RecvmsgDatagram, fd, callrecording::datagramFlags);
    Draft made = draft(stream ? Call::Recv : Call::Recvfrom, fd);
    made.record.asked = static_cast<std::uint32_t>(record.readBytes.load(std::memory_order_relaxed));
    if (!stream) made.record.args = {callrecording::datagramFlags, static_cast<int>(addressRoom), 0};
    return made;
}

Draft sending(const SessionRecord& record, int fd, std::uint32_t connection) {
    const bool stream = isTcp(record.config.role);
    const auto next = record.nextSends.get(stream ? connection : 0);
    const std::uint32_t peer = next && !stream ? next->peer : 0;
    const bool toPeer =
        peer != 0 && !(peer == 1 && record.config.role == Role::UdpClient && record.config.connectUdp);
    Draft made = draft(toPeer ? Call::Sendto : Call::Send, fd);
    made.record.args = {callrecording::sendFlags, 0, 0};
    if (!next) return made;
    made.record.asked = static_cast<std::uint32_t>(next->offered);
    made.append(next->beginning);
    if (!toPeer || !record.connections.has(peer)) return made;
    const SocketAddress& address = record.connections.at(peer).peer;
    made.append(address.bytes());
    made.record.addressLength = static_cast<std::uint16_t>(address.length());
    return made;
}

Draft listening(int fd, int backlog) {
    Draft made = draft(Call::Listen, fd);
    made.record.args = {backlog, 0, 0};
    return made;
}

Draft shuttingDown(const SessionRecord& record, int fd, std::uint32_t connection) {
    const bool slot = record.connections.has(connection);
    const bool receiving =
        slot && record.connections.at(connection).receivingIsNext.load(std::memory_order_relaxed);
    Draft made = draft(Call::Shutdown, fd);
    made.record.args = {receiving ? SHUT_RD : SHUT_WR, 0, 0};
    return made;
}

std::optional<SocketAddress> bound(const SocketConfig& config, const SocketAddress& target) {
    return makesNoCall(Stage::Bind, config) ? std::nullopt : addressToBind(config, target);
}

Draft draftOf(const SessionRecord& record, Stage stage, std::uint32_t connection, int fd) {
    const SocketConfig& config = record.config;
    switch (stage) {
        case Stage::Getaddrinfo:
            return question(config);
        case Stage::Socket:
            return newSocket(config, record.target.get());
        case Stage::Bind:
            return withAddress(Call::Bind, fd, bound(config, record.target.get()));
        case Stage::Listen:
            return listening(fd, config.backlog);
        case Stage::Accept:
            return accepting(fd);
        case Stage::Connect:
            return withAddress(Call::Connect, fd, record.target.get());
        case Stage::Recv:
            return receiving(record, fd);
        case Stage::Send:
            return sending(record, fd, connection);
        case Stage::Shutdown:
            return shuttingDown(record, fd, connection);
        case Stage::Close:
            break;
    }
    return draft(Call::Close, fd);
}

std::string optionText(int fd, int level, int name, std::span<const std::byte> value) {
    Draft made = draft(Call::Setsockopt, fd);
    made.record.args = {level, name, 0};
    made.record.asked = static_cast<std::uint32_t>(value.size());
    made.append(value);
    return made.text();
}

std::vector<std::string> optionTexts(const SessionRecord& record, Stage stage, int fd) {
    std::vector<std::string> texts;
    const bool after = stage == Stage::Connect;  // only once the connection is there
    for (const auto& [level, name, value, readBack] :
         after ? std::vector<OptionToSet>() : optionsToSet(stage, record.config, record.target.get())) {
        texts.push_back(
            optionText(stage == Stage::Socket ? -1 : fd, level, name, std::as_bytes(std::span(&value, 1))));
    }
    if (stage == Stage::Socket)
        for (const auto& [connection, fact, value, requestId] : record.optionsWanted.get())
            texts.push_back(optionText(-1, fact->level, fact->name, value));
    return texts;
}

}  // namespace

PlannedCall plannedCall(const SessionRecord& record, Stage stage, std::uint32_t connection) {
    const bool own = record.config.role == Role::TcpClient && connection == 0;
    if (own && record.connections.count() != 0) connection = 1;
    const bool slot =
        isTcp(record.config.role) && connection != 0 && connection <= record.connections.count();
    const int fd = (slot ? record.connections.at(connection).fd : record.fd).load(std::memory_order_relaxed);
    return {draftOf(record, stage, connection, fd).text(), optionTexts(record, stage, fd)};
}

}  // namespace sockstage
