// SPDX-License-Identifier: GPL-3.0-or-later
#include "syscalls.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <new>

#include "callrecording.h"
#include "calltext.h"

namespace sockstage {
namespace {

using callrecording::addressRoom;
using callrecording::begin;
using callrecording::datagramFlags;
using callrecording::sendFlags;
using callrecording::socketFlags;
using callrecording::timed;

template <typename T>
std::span<const std::byte> asBytes(const T& value) {
    return std::as_bytes(std::span(&value, 1));
}

/// Where a call failed, the kernel wrote nothing; what was given are the pointers.
std::array<std::uint64_t, 2> pointers(const void* first, const void* second) {
    return {reinterpret_cast<std::uintptr_t>(first), reinterpret_cast<std::uintptr_t>(second)};
}

/// Nothing has no address; given NULL, strace would show NULL where the record has "".
const void* addressOf(std::span<const std::byte> bytes) {
    static constexpr std::byte nothing{};
    return bytes.empty() ? &nothing : bytes.data();
}

/// Bytes kept of a send that failed: enough for the line that shows it.
constexpr std::size_t keptOfFailedSend = 64;

}  // namespace

bool CallResult::wouldBlock() const {
    return error == EAGAIN || error == EWOULDBLOCK;
}

CallResult Syscalls::appendUsed(CallRecord& record, std::size_t used) {
    CallResult result{record.result, record.error, record.durationNs};
    if (result.wouldBlock()) {
        record_.counters.wouldBlock.add(1);
        return result;
    }
    if (record.failed() && record.error != EINPROGRESS) record_.counters.errors.add(1);
    result.row = record_.capture.commit(record, used);
    if (record.connection != 0) record_.connections.named(record.connection, result.row);
    if (record_.capture.ranShort())
        mark({Stage::Recv}, StageState::Waiting, ENOMEM,
             "memory is short: the oldest records give way before the capture's limit is reached");
    return result;
}

CallResult Syscalls::append(CallRecord& record, std::span<const std::byte> bytes) {
    const auto room = record_.capture.reserve(bytes.size());
    std::copy(bytes.begin(), bytes.end(), room.begin());
    return appendUsed(record, bytes.size());
}

Syscalls::NewSocket Syscalls::socket(CallSite site, int domain, int type, int protocol) {
    CallRecord record = begin(Call::Socket, site, -1);
    record.args = {domain, type | socketFlags, protocol};
    timed(record, [&] { return ::socket(domain, type | socketFlags, protocol); });
    record.fd = static_cast<int>(record.result);
    const CallResult result = append(record, {});
    return {result, FileDescriptor(record.fd)};
}

CallResult Syscalls::setsockopt(CallSite site, int fd, int level, int name, int value) {
    return setsockopt(site, fd, level, name, asBytes(value));
}

CallResult Syscalls::setsockopt(CallSite site, int fd, int level, int name,
                                std::span<const std::byte> value) {
    CallRecord record = begin(Call::Setsockopt, site, fd);
    record.args = {level, name, 0};
    record.asked = static_cast<std::uint32_t>(value.size());
    timed(record, [&] {
        return ::setsockopt(fd, level, name, addressOf(value), static_cast<socklen_t>(value.size()));
    });
    asked_[site.connection].note(level, name, value, record.error);
    lingerAsked_ = lingerAsked_ || (level == SOL_SOCKET && name == SO_LINGER);
    if (!record.failed() && level == SOL_SOCKET && name == SO_RXQ_OVFL)
        record_.dropCounts.store(optionValue(value) != 0, std::memory_order_relaxed);
    return append(record, value);
}

AskedOptions Syscalls::askedOptions(std::uint32_t connection) const {
    const auto found = asked_.find(connection);
    return found == asked_.end() ? AskedOptions() : found->second;
}

CallResult Syscalls::setLinger(CallSite site, int fd, int seconds) {
    const linger value{1, seconds};
    return setsockopt(site, fd, SOL_SOCKET, SO_LINGER, asBytes(value));
}

CallResult Syscalls::getsockopt(CallSite site, int fd, int level, int name) {
    int value = 0;
    socklen_t length = sizeof value;
    CallRecord record = begin(Call::Getsockopt, site, fd);
    record.args = {level, name, 0};
    record.asked = length;
    timed(record, [&] { return ::getsockopt(fd, level, name, &value, &length); });
    CallResult result = append(record, asBytes(value));
    if (result.ok()) result.value = value;
    return result;
}

CallResult Syscalls::socketError(CallSite site, int fd) {
    const CallResult result = getsockopt(site, fd, SOL_SOCKET, SO_ERROR);
    if (result.ok() && result.value != 0) record_.counters.errors.add(1);
    return result;
}

CallResult Syscalls::withAddress(CallRecord record, const SocketAddress& address) {
    record.asked = address.length();
    timed(record, [&] {
        return record.call == Call::Bind ? ::bind(record.fd, address.data(), address.length())
                                         : ::connect(record.fd, address.data(), address.length());
    });
    return append(record, address.bytes());
}

CallResult Syscalls::bind(CallSite site, int fd, const SocketAddress& address) {
    return withAddress(begin(Call::Bind, site, fd), address);
}

CallResult Syscalls::connect(CallSite site, int fd, const SocketAddress& address) {
    return withAddress(begin(Call::Connect, site, fd), address);
}

CallResult Syscalls::askAddress(CallRecord record, SocketAddress& address) {
    sockaddr_storage storage{};
    socklen_t length = addressRoom;
    auto* const pointer = reinterpret_cast<sockaddr*>(&storage);
    record.asked = length;
    timed(record, [&] {
        return record.call == Call::Getsockname ? ::getsockname(record.fd, pointer, &length)
                                                : ::getpeername(record.fd, pointer, &length);
    });
    if (record.failed()) {
        const auto given = pointers(pointer, nullptr);
        return append(record, std::as_bytes(std::span(given).first(1)));
    }
    address = SocketAddress(pointer, length);
    return append(record, address.bytes());
}

CallResult Syscalls::getsockname(CallSite site, int fd, SocketAddress& address) {
    return askAddress(begin(Call::Getsockname, site, fd), address);
}

CallResult Syscalls::getpeername(CallSite site, int fd, SocketAddress& address) {
    return askAddress(begin(Call::Getpeername, site, fd), address);
}

CallResult Syscalls::listen(CallSite site, int fd, int backlog) {
    CallRecord record = begin(Call::Listen, site, fd);
    record.args = {backlog, 0, 0};
    timed(record, [&] { return ::listen(fd, backlog); });
    return append(record, {});
}

/// 0: there is no room for it.
std::uint32_t Syscalls::addConnection(const SocketAddress& peer, const SocketAddress& local, int fd) try {
    return record_.connections.add(peer, local, fd, record_.capture.endRow(), CaptureStore::nowNs());
} catch (const std::bad_alloc&) {
    return 0;
}

Syscalls::Accepted Syscalls::accept4(int listener, const SocketAddress& local) {
    sockaddr_storage storage{};
    socklen_t length = addressRoom;
    auto* const pointer = reinterpret_cast<sockaddr*>(&storage);
    CallRecord record = begin(Call::Accept4, {Stage::Accept}, listener);
    record.asked = length;
    record.args = {socketFlags, 0, 0};
    timed(record, [&] { return ::accept4(listener, pointer, &length, socketFlags); });
    if (record.failed()) {
        const auto given = pointers(pointer, nullptr);
        return {append(record, std::as_bytes(std::span(given).first(1))), 0, {}};
    }
    const SocketAddress peer(pointer, length);
    FileDescriptor fd(static_cast<int>(record.result));
    if (!local.isWildcard()) {
        record.connection = addConnection(peer, local, fd.get());
        return {append(record, peer.bytes()), record.connection, std::move(fd)};
    }
    // The slot needs the client's local address before a record names it, so getsockname() is made
    // before accept4() is appended; the records keep the order of the calls.
    CallRecord second = begin(Call::Getsockname, {Stage::Accept}, fd.get());
    sockaddr_storage own{};
    socklen_t ownLength = sizeof own;
    second.asked = ownLength;
    timed(second, [&] { return ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&own), &ownLength); });
    const SocketAddress ownAddress(reinterpret_cast<const sockaddr*>(&own), ownLength);
    record.connection = second.connection = addConnection(peer, ownAddress, fd.get());
    const CallResult result = append(record, peer.bytes());
    append(second, ownAddress.bytes());
    return {result, record.connection, std::move(fd)};
}

Syscalls::Received Syscalls::recv(CallSite site, int fd, std::size_t size) {
    const auto room = record_.capture.reserve(std::max(size, sizeof(std::uint64_t)));
    CallRecord record = begin(Call::Recv, site, fd);
    record.asked = static_cast<std::uint32_t>(size);
    timed(record, [&] { return ::recv(fd, room.data(), size, 0); });
    if (record.failed()) {
        const auto given = pointers(room.data(), nullptr);
        std::memcpy(room.data(), given.data(), sizeof given[0]);
        return {appendUsed(record, sizeof given[0]), {}, site.connection};
    }
    const auto length = static_cast<std::size_t>(record.result);
    return {appendUsed(record, length), room.first(length), site.connection};
}

Syscalls::Received Syscalls::recvfrom(CallSite site, int fd, std::size_t size, PeerDirectory& peers) {
    sockaddr_storage storage{};
    socklen_t length = addressRoom;
    auto* const pointer = reinterpret_cast<sockaddr*>(&storage);
    const auto room = record_.capture.reserve(size + sizeof storage);
    CallRecord record = begin(Call::Recvfrom, site, fd);
    record.asked = static_cast<std::uint32_t>(size);
    record.args = {datagramFlags, static_cast<std::int32_t>(length), 0};
    timed(record, [&] { return ::recvfrom(fd, room.data(), size, datagramFlags, pointer, &length); });
    if (record.failed()) {
        const auto given = pointers(room.data(), pointer);
        std::memcpy(room.data(), given.data(), sizeof given);
        return {appendUsed(record, sizeof given), {}, site.connection};
    }
    const SocketAddress peer(pointer, length);
    const std::size_t kept = std::min(size, static_cast<std::size_t>(record.result));
    std::copy(peer.bytes().begin(), peer.bytes().end(), room.subspan(kept).begin());
    record.addressLength = static_cast<std::uint16_t>(peer.length());
    record.connection = peers.numberOf(peer);
    return {appendUsed(record, kept + peer.length()), room.first(kept), record.connection};
}

/// Keeps what the kernel took of `bytes`, or of a failed send enough to show it.
CallResult Syscalls::appendSent(CallRecord& record, std::span<const std::byte> bytes,
                                const SocketAddress* peer) {
    if (const CallResult result{record.result, record.error}; result.wouldBlock())
        return appendUsed(record, 0);
    const std::size_t taken = static_cast<std::size_t>(std::max<std::int64_t>(record.result, 0));
    const std::size_t kept = std::max(taken, std::min(bytes.size(), keptOfFailedSend));
    const std::size_t addressLength = peer != nullptr ? peer->length() : 0;
    const auto room = record_.capture.reserve(kept + addressLength);
    if (room.data() != bytes.data()) std::copy_n(bytes.begin(), kept, room.begin());
    if (peer != nullptr) std::copy(peer->bytes().begin(), peer->bytes().end(), room.subspan(kept).begin());
    record.addressLength = static_cast<std::uint16_t>(addressLength);
    return appendUsed(record, kept + addressLength);
}

CallResult Syscalls::send(CallSite site, int fd, std::span<const std::byte> bytes) {
    CallRecord record = begin(Call::Send, site, fd);
    record.asked = static_cast<std::uint32_t>(bytes.size());
    record.args = {sendFlags, 0, 0};
    timed(record, [&] { return ::send(fd, addressOf(bytes), bytes.size(), sendFlags); });
    return appendSent(record, bytes, nullptr);
}

CallResult Syscalls::sendto(CallSite site, int fd, std::span<const std::byte> bytes,
                            const SocketAddress& peer) {
    CallRecord record = begin(Call::Sendto, site, fd);
    record.asked = static_cast<std::uint32_t>(bytes.size());
    record.args = {sendFlags, 0, 0};
    timed(record, [&] {
        return ::sendto(fd, addressOf(bytes), bytes.size(), sendFlags, peer.data(), peer.length());
    });
    return appendSent(record, bytes, &peer);
}

CallResult Syscalls::shutdown(CallSite site, int fd, int how) {
    CallRecord record = begin(Call::Shutdown, site, fd);
    record.args = {how, 0, 0};
    timed(record, [&] { return ::shutdown(fd, how); });
    return append(record, {});
}

CallResult Syscalls::shutdownSending(CallSite site, int fd) {
    return shutdown(site, fd, SHUT_WR);
}

CallResult Syscalls::shutdownReceiving(CallSite site, int fd) {
    return shutdown(site, fd, SHUT_RD);
}

CallResult Syscalls::close(CallSite site, FileDescriptor fd) {
    CallRecord record = begin(Call::Close, site, fd.get());
    // Linux has released the descriptor even when close() reports EINTR (close(2)): never retried.
    const int number = fd.release();
    asked_.erase(site.connection);
    timed(record, [&] { return ::close(number); });
    return append(record, {});
}

Resolution Syscalls::getaddrinfo(std::string node, std::string service, int flags, int family,
                                 int socketType) {
    Resolution resolution{std::move(node), std::move(service), flags, family, socketType, 0, 0, 0, 0, {}};
    addrinfo hints{};
    hints.ai_flags = flags;
    hints.ai_family = family;
    hints.ai_socktype = socketType;
    addrinfo* found = nullptr;
    resolution.beginNs = CaptureStore::nowNs();
    resolution.code = ::getaddrinfo(resolution.node.c_str(), resolution.service.c_str(), &hints, &found);
    resolution.error = resolution.code == EAI_SYSTEM ? errno : 0;
    resolution.durationNs = CaptureStore::nowNs() - resolution.beginNs;
    for (const addrinfo* each = found; each != nullptr; each = each->ai_next)
        resolution.addresses.emplace_back(each->ai_addr, each->ai_addrlen);
    if (found != nullptr) ::freeaddrinfo(found);
    return resolution;
}

CallResult Syscalls::recordGetaddrinfo(const Resolution& resolution) {
    std::vector<std::byte> bytes;
    const auto add = [&bytes](std::span<const std::byte> part) {
        bytes.insert(bytes.end(), part.begin(), part.end());
    };
    for (const std::string& text : {resolution.node, resolution.service})
        add(std::as_bytes(std::span(text.c_str(), text.size() + 1)));
    for (const SocketAddress& address : resolution.addresses) {
        bytes.push_back(static_cast<std::byte>(address.length()));
        add(address.bytes());
    }
    CallRecord record = begin(Call::Getaddrinfo, {Stage::Getaddrinfo}, -1);
    record.beginNs = resolution.beginNs;
    record.durationNs = resolution.durationNs;
    record.result = resolution.code;
    record.error = resolution.error;
    record.args = {resolution.flags, resolution.family, resolution.socketType};
    CallResult result = append(record, bytes);
    result.error = resolution.code;
    return result;
}

std::uint64_t Syscalls::mark(CallSite site, StageState state, int error, std::string_view sentence) {
    CallRecord record = begin(Call::Mark, site, -1);
    record.beginNs = CaptureStore::nowNs();
    record.args = {static_cast<std::int32_t>(state), error, 0};
    return append(record, std::as_bytes(std::span(sentence))).row;
}

}  // namespace sockstage
