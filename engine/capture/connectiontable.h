#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "counter.h"
#include "socketaddress.h"
#include "stage.h"
#include "tcpstate.h"

namespace sockstage {

/// Life of a connection, or of a UDP peer (which is Open from its first datagram on).
enum class ConnectionState : std::uint8_t { Open, Closed };

/// One direction of a stream: what ended it, if anything.
enum class DirectionState : std::uint8_t {
    Open,
    Held,      ///< we do not call recv / send
    Eof,       ///< receiving only: recv() returned 0
    ShutDown,  ///< we called shutdown() for this direction
    Broken     ///< an error ended it (see endError)
};

/// How a connection ended, for one word in the table.
enum class EndReason : std::uint8_t { None, ClosedByUs, ClosedAfterEof, ResetByPeer, ResetByUs, Error };

/// What the kernel said about one socket when somebody last looked. sampledNs 0: never.
struct KernelSample {
    std::atomic<std::int64_t> sampledNs{0};
    std::atomic<std::uint32_t> tcpState{0};  ///< TCP_ESTABLISHED = 1 ... as in netinet/tcp.h
    std::atomic<std::uint32_t> rttUs{0};
    std::atomic<std::uint32_t> sendQueueBytes{0};     ///< SIOCOUTQ: in the kernel, not yet acknowledged
    std::atomic<std::uint32_t> receiveQueueBytes{0};  ///< SIOCINQ: in the kernel, not yet read
};

/// One connection or UDP peer. The addresses and openedNs are written before the slot is
/// published and never change; all else is atomic with the worker as the only writer.
struct ConnectionSlot {
    SocketAddress peer, local;
    std::int64_t openedNs = 0;
    std::atomic<int> fd{-1};  ///< -1 once closed; the session's own descriptor for UDP
    int firstFd = -1;         ///< the descriptor it had, also after closing
    std::atomic<ConnectionState> state{ConnectionState::Open};
    std::atomic<DirectionState> receiving{DirectionState::Open};
    std::atomic<DirectionState> sending{DirectionState::Open};
    std::atomic<std::uint16_t> held{0};     ///< StageSet: what it stops before
    std::atomic<std::uint16_t> stopped{0};  ///< StageSet: a shutdown or close that was asked for and is held
    std::atomic<bool> receivingIsNext{false};  ///< the shutdown that is held is SHUT_RD
    /// shutdown() was called with SHUT_WR, SHUT_RD: that stays true, whatever ends the direction later.
    std::atomic<bool> sendingShutDown{false}, receivingShutDown{false};
    /// Steps that were made while there was nothing to do: the call comes as soon as there is.
    std::atomic<std::uint32_t> armedReceives{0}, armedSends{0};
    std::atomic<EndReason> end{EndReason::None};
    std::atomic<int> endError{0};
    std::atomic<std::int64_t> endedNs{0};
    std::atomic<std::uint64_t> unreadAtClose{0};  ///< bytes the kernel still held for us when we closed
    std::atomic<std::uint64_t> firstRow{0};       ///< capture row of accept4 or of the first datagram
    Counter receivedBytes, receivedMessages, sentBytes, sentMessages;
    Counter queuedBytes;     ///< our queue: not yet taken by the kernel
    Counter discardedBytes;  ///< queued, never taken
    KernelSample kernel;
    TcpWay way;
    std::atomic<std::uint32_t> nextOpen{0};  ///< ConnectionTable::nextOpen()
    std::uint32_t previousOpen = 0;          // worker only
    // Worker only: by which the kernel is asked about the socket once it is closed (SO_COOKIE).
    std::uint64_t cookie = 0;     ///< 0: not known
    std::uint32_t interface = 0;  ///< that it was bound to; 0: none

    StageSet heldStages() const { return StageSet::fromBits(held.load(std::memory_order_relaxed)); }
    StageSet stoppedStages() const { return StageSet::fromBits(stopped.load(std::memory_order_relaxed)); }
};

/// One slot for each connection or UDP peer ever seen, numbered from 1; they are never removed.
/// The worker adds, anyone reads without a lock: slots live in segments that do not move.
class ConnectionTable {
public:
    static constexpr std::uint32_t segmentSlots = 512;
    static constexpr std::uint32_t pageSegments = 2048;
    static constexpr std::uint32_t pages = 4096;
    static constexpr std::uint32_t maxConnections = ~std::uint32_t{0} - 1;
    static_assert(std::uint64_t{segmentSlots} * pageSegments * pages == std::uint64_t{1} << 32);

    ConnectionTable() = default;
    ~ConnectionTable();
    ConnectionTable(const ConnectionTable&) = delete;
    ConnectionTable& operator=(const ConnectionTable&) = delete;

    /// Connections so far; their numbers are 1 to count().
    std::uint32_t count() const { return count_.load(std::memory_order_acquire); }
    /// Memory of all slots, which is not the capture's.
    std::size_t memoryBytes() const { return memoryBytes_.load(std::memory_order_relaxed); }
    /// `number` must be 1 to count().
    const ConnectionSlot& at(std::uint32_t number) const { return slot(number); }

    /// Worker only. Fills a slot, then makes it visible; returns its number, or 0 when there are no more
    /// numbers. Throws std::bad_alloc, and has changed nothing then. `firstRow`: the capture row that will
    /// name it first; `nowNs`: the capture's clock.
    std::uint32_t add(const SocketAddress& peer, const SocketAddress& local, int fd, std::uint64_t firstRow,
                      std::int64_t nowNs);
    /// The open ones, in order, however many were closed before them: firstOpen(), then nextOpen() of each;
    /// 0: no more. One that closes meanwhile may still be met, and one that has just come be missed.
    std::uint32_t firstOpen() const { return firstOpen_.load(std::memory_order_acquire); }
    std::uint32_t nextOpen(std::uint32_t number) const {
        return at(number).nextOpen.load(std::memory_order_acquire);
    }
    /// Worker only, once: its state becomes Closed.
    void close(std::uint32_t number);
    /// Worker only.
    ConnectionSlot& edit(std::uint32_t number) { return slot(number); }

private:
    using Segment = std::array<ConnectionSlot, segmentSlots>;
    using Page = std::array<std::atomic<Segment*>, pageSegments>;
    static std::uint32_t pageOf(std::uint32_t number) { return number / segmentSlots / pageSegments; }
    static std::uint32_t segmentOf(std::uint32_t number) { return number / segmentSlots % pageSegments; }
    ConnectionSlot& slot(std::uint32_t number) const {
        const Page& page = *pages_[pageOf(number)].load(std::memory_order_acquire);
        return (*page[segmentOf(number)].load(std::memory_order_acquire))[number % segmentSlots];
    }
    void makeRoom(std::uint32_t number);
    /// Who points to the one after `number`; 0: the beginning.
    std::atomic<std::uint32_t>& linkAfter(std::uint32_t number) {
        return number == 0 ? firstOpen_ : slot(number).nextOpen;
    }
    std::array<std::atomic<Page*>, pages> pages_{};
    std::atomic<std::size_t> memoryBytes_{0};
    std::atomic<std::uint32_t> count_{0};
    std::atomic<std::uint32_t> firstOpen_{0};
    std::uint32_t lastOpen_ = 0;  // worker only
};

}  // namespace sockstage
