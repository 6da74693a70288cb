#pragma once

#include <cstdint>
#include <optional>

#include "listencounters.h"
#include "sessionrecord.h"
#include "sockdiag.h"

namespace sockstage {

/// The kernel's side of one session's sockets by their numbers (0: the session's own): through the descriptor
/// while it is open, through sock_diag once it is closed. Every state that a look finds is noted in the
/// socket's TcpWay. UDP peers share the session's own socket, and so does a TCP client's connection 1. Worker
/// thread only.
class KernelView {
public:
    explicit KernelView(SessionRecord& record);

    // The life of a socket, told where it happens.
    void opened(std::uint32_t number, int fd);
    void noteState(std::uint32_t number, int fd);
    /// Right before listen(): from here on its overflows are counted.
    void listening() { atListen_ = readListenCounters(); }
    /// Right before close(): the name by which the kernel will know it afterwards.
    void closing(std::uint32_t number, int fd);

    /// All that the kernel says now. `source` Gone: it knows no such socket any more; None: it cannot be
    /// asked. nullopt: there is no such socket yet.
    std::optional<KernelFacts> look(std::uint32_t number);
    bool exists(std::uint32_t number) const;
    bool isOpen(std::uint32_t number) const { return exists(number) && descriptor(resolved(number)) >= 0; }
    /// The number under which the socket has its slot, or 0.
    std::uint32_t resolved(std::uint32_t number) const;

private:
    struct Name {
        std::uint64_t cookie = 0;  ///< 0: not asked yet, or the kernel does not say
        std::uint32_t interface = 0;
    };
    KernelFacts lookOpen(std::uint32_t number, int fd);
    KernelFacts lookClosed(std::uint32_t number);
    void addTimer(std::uint32_t number, int fd, KernelFacts& facts);
    void addListenCounters(KernelFacts& facts) const;
    void name(std::uint32_t number, int fd);
    SocketIdentity identity(std::uint32_t number) const;
    std::int64_t queuedBytes(std::uint32_t number) const;
    int descriptor(std::uint32_t number) const;
    TcpWay& way(std::uint32_t number);

    SessionRecord& record_;
    const bool tcp_;
    SockDiag diag_;
    ListenCounters atListen_{KernelFacts::absent, KernelFacts::absent, KernelFacts::absent};
    Name ownName_;
    bool ownOpened_ = false;
};

}  // namespace sockstage
