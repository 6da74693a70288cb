// SPDX-License-Identifier: GPL-3.0-or-later
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "callrecording.h"
#include "controlmessages.h"

// recvmsg(), which reports more than the other calls do; those are in syscalls.cpp.

namespace sockstage {
namespace {

/// What an ICMP message quotes of the datagram: 576 bytes with headers for IPv4, 1280 for IPv6.
constexpr std::size_t quotedBytes = 2048;
constexpr std::size_t controlBytes = 512;
constexpr std::size_t besideData = controlBytes + sizeof(sockaddr_storage);

/// One recvmsg() into `room`, which gets the control messages and the address behind the data. Returns how
/// much of it is used.
std::size_t receiveMessage(CallRecord& record, int flags, std::span<std::byte> room) {
    sockaddr_storage name{};
    static_assert(sizeof name == messageNameLength);
    alignas(cmsghdr) std::array<std::byte, controlBytes> control{};
    iovec part{room.data(), record.asked};
    msghdr message{};
    message.msg_name = &name;
    message.msg_namelen = sizeof name;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    callrecording::timed(record, [&] { return ::recvmsg(record.fd, &message, flags); });
    record.args = {flags, record.failed() ? 0 : message.msg_flags, 0};
    if (record.failed()) return 0;

    const SocketAddress address(reinterpret_cast<const sockaddr*>(&name), message.msg_namelen);
    const std::size_t data = std::min<std::size_t>(static_cast<std::size_t>(record.result), record.asked);
    const auto behind = room.subspan(data);
    std::copy_n(control.begin(), message.msg_controllen, behind.begin());
    std::copy(address.bytes().begin(), address.bytes().end(), behind.subspan(message.msg_controllen).begin());
    record.args[2] = static_cast<std::int32_t>(message.msg_controllen);
    record.addressLength = static_cast<std::uint16_t>(address.length());
    record.bytesLength = static_cast<std::uint32_t>(data + message.msg_controllen + address.length());
    return record.bytesLength;
}

SocketAddress addressIn(const CallRecord& record, std::span<const std::byte> bytes) {
    return SocketAddress::fromBytes(bytes.last(record.addressLength));
}

}  // namespace

Syscalls::Received Syscalls::recvmsg(CallSite site, int fd, std::size_t size, PeerDirectory& peers) {
    const auto room = record_.capture.reserve(size + besideData);
    CallRecord record = callrecording::begin(Call::RecvmsgDatagram, site, fd);
    record.asked = static_cast<std::uint32_t>(size);
    const auto bytes = room.first(receiveMessage(record, callrecording::datagramFlags, room));
    if (record.failed()) return {appendUsed(record, 0), {}, site.connection};
    record.connection = peers.numberOf(addressIn(record, bytes));
    const auto data = bytes.first(record.dataLength());
    return {appendUsed(record, bytes.size()), data, record.connection,
            dropsBefore(record, bytes).value_or(0)};
}

Syscalls::ReceivedError Syscalls::recvmsg(CallSite site, int fd, const PeerDirectory* peers) {
    const auto room = record_.capture.reserve(quotedBytes + besideData);
    CallRecord record = callrecording::begin(Call::Recvmsg, site, fd);
    record.asked = quotedBytes;
    const std::size_t used = receiveMessage(record, MSG_ERRQUEUE, room);
    if (record.failed()) return {appendUsed(record, 0), false, {}, {}, site.connection};
    if (peers != nullptr) record.connection = peers->knownNumberOf(addressIn(record, room.first(used)));

    ReceivedError received{{}, true, {}, {}, record.connection};
    if (const auto error = queuedError(record, room.first(used))) {
        received.error = *error;
        received.text = queuedErrorText(*error, peers == nullptr);
        received.error.quoted = {};
        record_.counters.errors.add(1);
    }
    received.result = appendUsed(record, used);
    received.result.error = received.error.error;
    return received;
}

bool Syscalls::errorWaits(int fd) {
    pollfd asked{fd, 0, 0};
    return ::poll(&asked, 1, 0) == 1 && (asked.revents & POLLERR) != 0;
}

}  // namespace sockstage
