// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "callrecord.h"

namespace sockstage {

/// Everything one session did, as rows of call records with their bytes. One writer (the session's
/// worker), any number of readers, no lock. Storage is chunks of equal size: in each, bytes grow from
/// the front and records from the back. When the budget is used up, the oldest chunk is recycled as a
/// whole, and its rows count as evicted; memory thus stays warm and flat, and rows never move.
///
/// A reader pins the chunk it looks at. A pinned chunk is not recycled; the writer takes other memory
/// for the moment instead of waiting.
class CaptureStore {
    struct Chunk;

public:
    /// A limit in whole megabytes is a whole number of chunks: what was requested is what is shown.
    static constexpr std::size_t defaultChunkBytes = 2'000'000;
    static constexpr std::size_t minChunks = 4;
    /// What others can still have when the store takes a chunk: it never takes the system's last memory.
    static constexpr std::size_t leftForOthers = std::size_t{32} << 20;
    /// Says whether so many bytes could be had; other than the system's is for tests.
    using Probe = std::function<bool(std::size_t)>;

    /// `budgetBytes` is rounded up to minChunks chunks, which are had from the beginning. `chunkBytes` other
    /// than the default is for tests.
    explicit CaptureStore(std::size_t budgetBytes, std::size_t chunkBytes = defaultChunkBytes,
                          Probe hasMemory = systemHasMemory);
    ~CaptureStore();
    CaptureStore(const CaptureStore&) = delete;
    CaptureStore& operator=(const CaptureStore&) = delete;

    // Writer -----------------------------------------------------------------------------------
    /// Contiguous room for the bytes of the next record; at most largestReservation().
    std::span<std::byte> reserve(std::size_t bytes);
    std::size_t largestReservation() const;
    /// Appends the record with the first `used` reserved bytes and publishes it. Returns its row.
    std::uint64_t commit(CallRecord record, std::size_t used);
    /// Once, after the system had no memory for another chunk: from then on the oldest give way before the
    /// budget is used up.
    bool ranShort() { return tellShort_ && std::exchange(tellShort_, false); }

    // Readers ----------------------------------------------------------------------------------
    /// A span of consecutive rows that stay readable while the pin lives.
    class Pin {
    public:
        Pin() = default;
        Pin(Pin&& other) noexcept;
        Pin& operator=(Pin&& other) noexcept;
        ~Pin();
        /// False: the row was evicted, or is not there yet.
        explicit operator bool() const { return chunk_ != nullptr; }
        std::uint64_t firstRow() const { return first_; }
        std::uint64_t endRow() const { return end_; }
        const CallRecord& record(std::uint64_t row) const;
        /// All bytes of the record; see CallRecord for what they are.
        std::span<const std::byte> bytes(const CallRecord& record) const;
        /// The data that the call moved.
        std::span<const std::byte> data(const CallRecord& record) const;

    private:
        friend class CaptureStore;
        Chunk* chunk_ = nullptr;
        std::uint64_t first_ = 0, end_ = 0;
    };
    /// Pins the chunk that holds `row`. Costs two atomic increments; pin once and read many rows.
    Pin pin(std::uint64_t row) const;

    std::uint64_t beginRow() const { return beginRow_.load(std::memory_order_acquire); }
    std::uint64_t endRow() const { return endRow_.load(std::memory_order_acquire); }
    std::uint64_t evictedBytes() const { return evictedBytes_.load(std::memory_order_relaxed); }
    /// Memory in use, records and bytes; compare with budgetBytes().
    std::size_t usedBytes() const { return usedBytes_.load(std::memory_order_relaxed); }
    std::size_t budgetBytes() const { return maxChunks_ * chunkBytes_; }
    /// What it holds to now: budgetBytes(), or less where the system had no memory for that.
    std::size_t limitBytes() const { return limitChunks_.load(std::memory_order_relaxed) * chunkBytes_; }

    /// Nanoseconds since 1970 for a record's beginNs (taken once, when the store was made).
    std::int64_t toEpochNs(std::int64_t clockNs) const { return clockNs + epochOffsetNs_; }
    /// The capture's clock now: CLOCK_MONOTONIC in nanoseconds.
    static std::int64_t nowNs();

private:
    static bool systemHasMemory(std::size_t bytes);
    Pin tryToPin(std::uint64_t row) const;
    void startChunk();
    Chunk* recycled();
    Chunk* fresh();
    Chunk* takeMemory();
    std::uint64_t liveChunks() const;
    void evictOldest();

    const std::size_t chunkBytes_, maxChunks_;
    const Probe hasMemory_;
    const std::int64_t epochOffsetNs_;
    std::vector<std::atomic<Chunk*>> ring_;  // slot of chunk n: n % size
    std::atomic<std::uint64_t> firstChunk_{0}, lastChunk_{0};
    std::atomic<std::uint64_t> beginRow_{0}, endRow_{0};
    std::atomic<std::uint64_t> evictedBytes_{0};
    std::atomic<std::size_t> usedBytes_{0};
    std::atomic<std::size_t> limitChunks_{maxChunks_};
    bool short_ = false, tellShort_ = false;  // writer only, as are the next three
    Chunk* current_ = nullptr;
    std::vector<std::unique_ptr<Chunk>> chunks_;  // owns all
    std::vector<Chunk*> retired_;                 // evicted, or not used yet; room for all of them
};

}  // namespace sockstage
