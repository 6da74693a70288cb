#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "callrecording.h"

// The calls on a socket's error queue; the other calls are in syscalls.cpp.

namespace sockstage {
namespace {

/// What an ICMP message quotes of the datagram: 576 bytes with headers for IPv4, 1280 for IPv6.
constexpr std::size_t quotedBytes = 2048;
constexpr std::size_t controlBytes = 512;

}  // namespace

Syscalls::ReceivedError Syscalls::recvmsg(CallSite site, int fd, const PeerDirectory* peers) {
    sockaddr_storage name{};
    static_assert(sizeof name == messageNameLength);
    alignas(cmsghdr) std::array<std::byte, controlBytes> control{};
    const auto room = record_.capture.reserve(quotedBytes + controlBytes + sizeof name);
    iovec part{room.data(), quotedBytes};
    msghdr message{};
    message.msg_name = &name;
    message.msg_namelen = sizeof name;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    CallRecord record = callrecording::begin(Call::Recvmsg, site, fd);
    record.asked = quotedBytes;
    callrecording::timed(record, [&] { return ::recvmsg(fd, &message, MSG_ERRQUEUE); });
    record.args = {MSG_ERRQUEUE, record.failed() ? 0 : message.msg_flags, 0};
    if (record.failed()) return {appendUsed(record, 0), false, {}, {}, site.connection};

    const SocketAddress destination(reinterpret_cast<const sockaddr*>(&name), message.msg_namelen);
    const auto data = static_cast<std::size_t>(record.result);
    const std::size_t used = data + message.msg_controllen + destination.length();
    std::copy_n(control.begin(), message.msg_controllen, room.subspan(data).begin());
    std::copy(destination.bytes().begin(), destination.bytes().end(),
              room.subspan(data + message.msg_controllen).begin());
    record.args[2] = static_cast<std::int32_t>(message.msg_controllen);
    record.addressLength = static_cast<std::uint16_t>(destination.length());
    record.bytesLength = static_cast<std::uint32_t>(used);
    if (peers != nullptr) record.connection = peers->knownNumberOf(destination);

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
