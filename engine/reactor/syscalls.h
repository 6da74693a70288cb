// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "askedoptions.h"
#include "filedescriptor.h"
#include "queuederror.h"
#include "sessionrecord.h"

namespace sockstage {

/// Under which stage, and for which connection (0: the session's own socket), a call is recorded.
struct CallSite {
    Stage stage;
    std::uint32_t connection = 0;
};

struct CallResult {
    std::int64_t value = 0;
    int error = 0;  ///< errno, of getaddrinfo its own code; 0 on success
    std::int64_t durationNs = 0;
    std::uint64_t row = 0;  ///< where it was recorded; of no meaning for EAGAIN
    bool ok() const { return error == 0; }
    bool wouldBlock() const;
};

/// The arguments and the results of getaddrinfo(); made on the resolver's thread, recorded by the worker.
struct Resolution {
    std::string node, service;
    int flags = 0, family = 0, socketType = 0;
    std::int64_t beginNs = 0, durationNs = 0;
    int code = 0;   ///< EAI_ code, 0 on success
    int error = 0;  ///< errno, for EAI_SYSTEM
    std::vector<SocketAddress> addresses;
};

/// Finds the number of a datagram's sender, so that its record can name it.
class PeerDirectory {
public:
    /// Gives it a number if it has none yet; 0 when there are too many.
    virtual std::uint32_t numberOf(const SocketAddress& peer) = 0;
    /// 0 when it has none.
    virtual std::uint32_t knownNumberOf(const SocketAddress& peer) const = 0;

protected:
    ~PeerDirectory() = default;
};

/// The only place in the program that calls socket functions. Each method carries the name of the
/// libc function, makes that one call, and appends one record to the capture: arguments, result,
/// errno, begin and duration. A call that returned EAGAIN is counted and not recorded. Worker thread only.
class Syscalls {
public:
    explicit Syscalls(SessionRecord& record) : record_(record) {}

    struct NewSocket {
        CallResult result;
        FileDescriptor fd;
    };
    NewSocket socket(CallSite site, int domain, int type, int protocol);
    CallResult setsockopt(CallSite site, int fd, int level, int name, int value);
    /// For options that are no int: a name, a struct.
    CallResult setsockopt(CallSite site, int fd, int level, int name, std::span<const std::byte> value);
    /// SO_LINGER of any socket; else all of them have the kernel's default, and none need be read.
    bool lingerAsked() const { return lingerAsked_; }
    /// The options requested for the open sockets: by connection, 0 for the session's own.
    AskedOptions askedOptions(std::uint32_t connection) const;
    CallResult setLinger(CallSite site, int fd, int seconds);
    /// The option's integer in CallResult::value.
    CallResult getsockopt(CallSite site, int fd, int level, int name);
    /// The same for SO_ERROR: the error that waits on the socket, which this takes away.
    CallResult socketError(CallSite site, int fd);
    CallResult bind(CallSite site, int fd, const SocketAddress& address);
    CallResult connect(CallSite site, int fd, const SocketAddress& address);
    CallResult getsockname(CallSite site, int fd, SocketAddress& address);
    CallResult getpeername(CallSite site, int fd, SocketAddress& address);
    CallResult listen(CallSite site, int fd, int backlog);

    struct Accepted {
        CallResult result;
        std::uint32_t connection = 0;  ///< its slot is published; 0 when the table is full
        FileDescriptor fd;
    };
    /// Accepts one and gives it a slot. `local` is the listener's address; where that is a wildcard,
    /// the client's own is read with getsockname().
    Accepted accept4(int listener, const SocketAddress& local);

    struct Received {
        CallResult result;
        std::span<const std::byte> data;  ///< in the capture; valid until three more chunks were filled
        std::uint32_t connection = 0;
        std::uint32_t drops = 0;  ///< dropsBefore(), of recvmsg()
    };
    /// Straight into the capture's memory.
    Received recv(CallSite site, int fd, std::size_t size);
    /// With MSG_TRUNC: the result is the datagram's real length, also when it was longer than `size`.
    Received recvfrom(CallSite site, int fd, std::size_t size, PeerDirectory& peers);
    /// The same with recvmsg(), for what the kernel reports beside the datagram.
    Received recvmsg(CallSite site, int fd, std::size_t size, PeerDirectory& peers);
    /// `bytes` may lie in sendRoom(); then nothing is copied.
    CallResult send(CallSite site, int fd, std::span<const std::byte> bytes);
    CallResult sendto(CallSite site, int fd, std::span<const std::byte> bytes, const SocketAddress& peer);
    /// Room in the capture to read a file's piece into before sending it.
    std::span<std::byte> sendRoom(std::size_t size) { return record_.capture.reserve(size); }
    struct ReceivedError {
        CallResult result;         ///< error: what the entry reports; EAGAIN: the queue is empty
        bool taken = false;        ///< an entry was taken off the queue
        QueuedError error;         ///< without its `quoted`
        std::string text;          ///< queuedErrorText()
        std::uint32_t connection;  ///< the peer's number, if it has one
    };
    /// recvmsg() with MSG_ERRQUEUE: takes one entry off the error queue. `peers`: null for a stream.
    ReceivedError recvmsg(CallSite site, int fd, const PeerDirectory* peers);
    /// poll() says that an error waits, here or in the error queue; not recorded.
    static bool errorWaits(int fd);
    CallResult shutdownSending(CallSite site, int fd);    ///< shutdown() with SHUT_WR
    CallResult shutdownReceiving(CallSite site, int fd);  ///< shutdown() with SHUT_RD
    CallResult close(CallSite site, FileDescriptor fd);

    /// The call itself, on whatever thread; nothing is recorded.
    static Resolution getaddrinfo(std::string node, std::string service, int flags, int family,
                                  int socketType);
    CallResult recordGetaddrinfo(const Resolution& resolution);
    /// Not a call: notes that a stage changed.
    std::uint64_t mark(CallSite site, StageState state, int error, std::string_view sentence);

private:
    CallResult append(CallRecord& record, std::span<const std::byte> bytes);
    CallResult appendUsed(CallRecord& record, std::size_t used);
    CallResult appendSent(CallRecord& record, std::span<const std::byte> bytes, const SocketAddress* peer);
    CallResult shutdown(CallSite site, int fd, int how);
    CallResult askAddress(CallRecord record, SocketAddress& address);
    CallResult withAddress(CallRecord record, const SocketAddress& address);
    std::uint32_t addConnection(const SocketAddress& peer, const SocketAddress& local, int fd);

    SessionRecord& record_;
    std::map<std::uint32_t, AskedOptions> asked_;
    bool lingerAsked_ = false;
};

}  // namespace sockstage
