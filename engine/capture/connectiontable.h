// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

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

/// What the kernel said about one socket at the last sample. sampledNs 0: never.
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
    std::atomic<std::uint16_t> stopped{0};  ///< StageSet: a shutdown or close that was requested and is held
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
    TcpStateHistory stateHistory;
    std::atomic<std::uint32_t> nextOpen{0};  ///< ConnectionTable::nextOpen()
    std::uint32_t previousOpen = 0;          // worker only
    // Worker only: identifies the socket to the kernel once it is closed (SO_COOKIE).
    std::uint64_t cookie = 0;     ///< 0: not known
    std::uint32_t interface = 0;  ///< that it was bound to; 0: none

    StageSet heldStages() const { return StageSet::fromBits(held.load(std::memory_order_relaxed)); }
    StageSet stoppedStages() const { return StageSet::fromBits(stopped.load(std::memory_order_relaxed)); }
};

/// One slot for each connection or UDP peer, numbered from 1. The worker adds, anyone reads without a lock:
/// slots live in segments that do not move. Segments of ended connections can be recycled, so that a server
/// which sees millions of them does not keep them all. That has two halves. The worker retires a segment:
/// from then on it knows its numbers no more. The readers' thread, where Session lives, frees it by recycle()
/// while no reader on it holds a slot; until then the readers find all as it was.
class ConnectionTable {
public:
    static constexpr std::uint32_t segmentSlots = 512;
    static constexpr std::uint32_t pageSegments = 2048;
    static constexpr std::uint32_t pages = 4096;
    static constexpr std::uint32_t maxConnections = ~std::uint32_t{0} - 1;
    static_assert(std::uint64_t{segmentSlots} * pageSegments * pages == std::uint64_t{1} << 32);
    /// May the connections with these numbers, which have all ended, be given up?
    using MayGo = std::function<bool(std::uint32_t first, std::uint32_t last)>;

    ConnectionTable() = default;
    ~ConnectionTable();
    ConnectionTable(const ConnectionTable&) = delete;
    ConnectionTable& operator=(const ConnectionTable&) = delete;

    // Readers ----------------------------------------------------------------------------------
    // Where segments are retired, what asks for a number belongs on the thread that calls recycle().

    /// Connections so far; their numbers are 1 to count().
    std::uint32_t count() const { return count_.load(std::memory_order_acquire); }
    /// So many of them were recycled: they have ended, and nothing is known of them here any more.
    std::uint32_t recycled() const { return recycled_.load(std::memory_order_relaxed); }
    /// Memory of all slots, which is not the capture's.
    std::size_t memoryBytes() const { return memoryBytes_.load(std::memory_order_relaxed); }
    /// There is such a connection, and it was not recycled.
    bool has(std::uint32_t number) const {
        return number != 0 && number <= count() && shown(number) != nullptr;
    }
    /// `number` must be 1 to count(). Of one that was recycled: a slot that is closed and has no data.
    const ConnectionSlot& at(std::uint32_t number) const {
        const Segment* segment = shown(number);
        return segment == nullptr ? gone() : segment->slots[number % segmentSlots];
    }
    /// The first from `number` on that is here, 0: none. To walk all: keptFrom(1), then keptFrom(each + 1).
    std::uint32_t keptFrom(std::uint32_t number) const;
    /// The open ones, in order, however many were closed before them: firstOpen(), then nextOpen() of each;
    /// 0: no more. One that closes meanwhile may still be met, and one that has just come be missed.
    std::uint32_t firstOpen() const { return firstOpen_.load(std::memory_order_acquire); }
    std::uint32_t nextOpen(std::uint32_t number) const {
        return at(number).nextOpen.load(std::memory_order_acquire);
    }
    /// Frees what was retired. On the one thread that reads while the worker retires, and while no function
    /// there holds a slot.
    void recycle();

    // Worker only ------------------------------------------------------------------------------
    /// Fills a slot, then makes it visible; returns its number, or 0 when there are no more numbers. Throws
    /// std::bad_alloc, and has changed nothing then. `firstRow`: the capture row that will name it first;
    /// `nowNs`: the capture's clock.
    std::uint32_t add(const SocketAddress& peer, const SocketAddress& local, int fd, std::uint64_t firstRow,
                      std::int64_t nowNs);
    /// This row of the capture names it. What does not exist, or is retired, is no matter.
    void named(std::uint32_t number, std::uint64_t row);
    /// Once: its state becomes Closed.
    void close(std::uint32_t number);
    /// There is such a connection, and it is not retired: edit() may be called for it.
    bool owns(std::uint32_t number) const {
        return number != 0 && number <= count_.load(std::memory_order_relaxed) && own(number) != nullptr;
    }
    ConnectionSlot& edit(std::uint32_t number) {
        assert(owns(number));
        return own(number)->slots[number % segmentSlots];
    }
    const ConnectionSlot& edit(std::uint32_t number) const {
        assert(owns(number));
        return own(number)->slots[number % segmentSlots];
    }
    /// Retires each full segment of ended connections that no row from `beginRow` on names, where `mayGo`
    /// agrees.
    void retire(std::uint64_t beginRow, const MayGo& mayGo);
    /// recycle() has something to do.
    bool hasRetired() const { return retired_.load(std::memory_order_relaxed) != nullptr; }

private:
    struct Segment {
        std::array<ConnectionSlot, segmentSlots> slots;
        // Worker only; after retire() the readers' thread's.
        std::uint64_t lastRow = 0;  ///< of the capture, that names one of them
        Segment* nextRetired = nullptr;
        std::uint32_t first = 0;  ///< the number of the first slot; 0 is never used
        std::uint32_t open = 0;
    };
    /// The two sides let go of a segment one after the other, and neither waits.
    struct Place {
        std::atomic<Segment*> shown{nullptr};  ///< to readers; null: not there yet, or recycled
        Segment* own = nullptr;                // worker only; null: not there yet, or retired
    };
    using Page = std::array<Place, pageSegments>;
    static std::uint32_t pageOf(std::uint32_t number) { return number / segmentSlots / pageSegments; }
    static std::uint32_t placeOf(std::uint32_t number) { return number / segmentSlots % pageSegments; }
    Place& place(std::uint32_t number) const {
        return (*pages_[pageOf(number)].load(std::memory_order_acquire))[placeOf(number)];
    }
    const Segment* shown(std::uint32_t number) const {
        return place(number).shown.load(std::memory_order_acquire);
    }
    Segment* own(std::uint32_t number) const { return place(number).own; }
    static const ConnectionSlot& gone();
    void makeRoom(std::uint32_t number);
    bool mayRetire(const Segment& segment, std::uint64_t beginRow, const MayGo& mayGo) const;
    void giveUp(Segment& segment);
    /// Who points to the one after `number`; 0: the beginning.
    std::atomic<std::uint32_t>& linkAfter(std::uint32_t number) {
        return number == 0 ? firstOpen_ : edit(number).nextOpen;
    }
    std::array<std::atomic<Page*>, pages> pages_{};
    std::atomic<std::size_t> memoryBytes_{0};
    std::atomic<std::uint32_t> count_{0};
    std::atomic<std::uint32_t> firstOpen_{0};
    std::atomic<std::uint32_t> recycled_{0};  // written by recycle() alone
    std::atomic<Segment*> retired_{nullptr};  // a list: retire() pushes, recycle() takes it as a whole
    std::uint32_t lastOpen_ = 0;              // worker only, as is the next
    std::vector<Segment*> kept_;              // that are not retired, the oldest first
};

}  // namespace sockstage
