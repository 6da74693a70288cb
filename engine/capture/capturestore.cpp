// SPDX-License-Identifier: GPL-3.0-or-later
#include "capturestore.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <new>
#include <utility>

namespace sockstage {
namespace {

std::int64_t epochOffset() {
    using namespace std::chrono;
    const auto epoch = duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
    return epoch - CaptureStore::nowNs();
}

}  // namespace

/// Bytes grow from the front of `memory`, records from its back: record i is the i-th from the end.
struct CaptureStore::Chunk {
    Chunk(std::unique_ptr<std::byte[]> room, std::size_t size)
        : memory(std::move(room)), end(memory.get() + size) {}

    CallRecord* recordAt(std::uint64_t index) const {
        return reinterpret_cast<CallRecord*>(end - (index + 1) * sizeof(CallRecord));
    }
    std::size_t freeBytes() const {
        const auto size = static_cast<std::size_t>(end - memory.get());
        return size - bytesUsed - recordCount * sizeof(CallRecord);
    }

    std::unique_ptr<std::byte[]> memory;  // deliberately not cleared: a page is touched when it is first used
    std::byte* const end;
    std::atomic<std::uint64_t> firstRow{0};
    std::atomic<std::uint64_t> published{0};  // rows that readers may see
    std::atomic<int> pins{0};
    std::size_t bytesUsed = 0;    // writer only
    std::size_t recordCount = 0;  // writer only
};

CaptureStore::CaptureStore(std::size_t budgetBytes, std::size_t chunkBytes, Probe hasMemory)
    : chunkBytes_(chunkBytes / sizeof(CallRecord) * sizeof(CallRecord)),
      maxChunks_(std::max(minChunks, (budgetBytes + chunkBytes_ - 1) / chunkBytes_)),
      hasMemory_(std::move(hasMemory)),
      epochOffsetNs_(epochOffset()),
      ring_(maxChunks_ + 1) {
    // Memory that is not used costs nothing but addresses; with these few it can always go on.
    for (std::size_t i = 0; i < minChunks; ++i) {
        Chunk* chunk = fresh();
        if (chunk == nullptr) throw std::bad_alloc();
        retired_.push_back(chunk);
    }
    current_ = recycled();
    ring_[0].store(current_, std::memory_order_release);
}

CaptureStore::~CaptureStore() = default;

std::int64_t CaptureStore::nowNs() {
    return std::chrono::steady_clock::now().time_since_epoch().count();
}

std::size_t CaptureStore::largestReservation() const {
    return chunkBytes_ - 16 * sizeof(CallRecord);
}

std::span<std::byte> CaptureStore::reserve(std::size_t bytes) {
    if (current_->freeBytes() < bytes + sizeof(CallRecord)) startChunk();
    return {current_->memory.get() + current_->bytesUsed, bytes};
}

std::uint64_t CaptureStore::commit(CallRecord record, std::size_t used) {
    // A record without bytes needs no reservation before.
    if (current_->freeBytes() < used + sizeof(CallRecord)) startChunk();
    Chunk& chunk = *current_;
    record.bytesOffset = static_cast<std::uint32_t>(chunk.bytesUsed);
    record.bytesLength = static_cast<std::uint32_t>(used);
    new (chunk.recordAt(chunk.recordCount)) CallRecord(record);
    chunk.bytesUsed += used;
    ++chunk.recordCount;
    chunk.published.store(chunk.recordCount, std::memory_order_release);
    usedBytes_.fetch_add(used + sizeof(CallRecord), std::memory_order_relaxed);
    const std::uint64_t row = endRow_.load(std::memory_order_relaxed);
    endRow_.store(row + 1, std::memory_order_release);
    return row;
}

std::uint64_t CaptureStore::liveChunks() const {
    return lastChunk_.load(std::memory_order_relaxed) + 1 - firstChunk_.load(std::memory_order_relaxed);
}

void CaptureStore::startChunk() {
    while (liveChunks() >= limitChunks_.load(std::memory_order_relaxed))
        evictOldest();
    Chunk* chunk = takeMemory();
    const std::uint64_t next = lastChunk_.load(std::memory_order_relaxed) + 1;
    chunk->firstRow.store(endRow_.load(std::memory_order_relaxed), std::memory_order_relaxed);
    chunk->bytesUsed = chunk->recordCount = 0;
    chunk->published.store(0, std::memory_order_relaxed);
    ring_[next % ring_.size()].store(chunk, std::memory_order_release);
    lastChunk_.store(next, std::memory_order_release);
    current_ = chunk;
}

void CaptureStore::evictOldest() {
    const std::uint64_t oldest = firstChunk_.load(std::memory_order_relaxed);
    Chunk* chunk = ring_[oldest % ring_.size()].load(std::memory_order_relaxed);
    const std::size_t memory = chunk->bytesUsed + chunk->recordCount * sizeof(CallRecord);
    evictedBytes_.fetch_add(chunk->bytesUsed, std::memory_order_relaxed);
    usedBytes_.fetch_sub(memory, std::memory_order_relaxed);
    beginRow_.store(chunk->firstRow.load(std::memory_order_relaxed) + chunk->recordCount,
                    std::memory_order_release);
    // Sequentially consistent against the pin count: a reader either sees that the chunk has gone, or
    // we see its pin and leave the memory alone.
    firstChunk_.store(oldest + 1, std::memory_order_seq_cst);
    retired_.push_back(chunk);
}

/// Called before each new chunk, so that what is left is enough for all the rest of the program.
bool CaptureStore::systemHasMemory(std::size_t bytes) {
    const std::unique_ptr<std::byte[]> tried(new (std::nothrow) std::byte[bytes]);
    return tried != nullptr;
}

/// Null: each is pinned, or there is none.
CaptureStore::Chunk* CaptureStore::recycled() {
    const auto unpinned = std::find_if(retired_.begin(), retired_.end(), [](Chunk* chunk) {
        return chunk->pins.load(std::memory_order_seq_cst) == 0;
    });
    if (unpinned == retired_.end()) return nullptr;
    Chunk* chunk = *unpinned;
    retired_.erase(unpinned);
    return chunk;
}

/// Null: the system has no memory to spare.
CaptureStore::Chunk* CaptureStore::fresh() try {
    if (chunks_.size() >= minChunks && !hasMemory_(chunkBytes_ + leftForOthers)) return nullptr;
    std::unique_ptr<std::byte[]> room(new (std::nothrow) std::byte[chunkBytes_]);
    if (!room) return nullptr;
    retired_.reserve(chunks_.size() + 1);
    return chunks_.emplace_back(std::make_unique<Chunk>(std::move(room), chunkBytes_)).get();
} catch (const std::bad_alloc&) {
    return nullptr;
}

/// Where there is no new memory, the oldest records give way before the budget is used up. Not the last few:
/// what was just received lies there.
CaptureStore::Chunk* CaptureStore::takeMemory() {
    if (Chunk* chunk = recycled()) return chunk;
    if (Chunk* chunk = fresh()) return chunk;
    while (liveChunks() >= minChunks) {
        evictOldest();
        Chunk* chunk = recycled();
        if (chunk == nullptr) continue;
        if (!std::exchange(short_, true)) tellShort_ = true;
        limitChunks_.store(std::min(maxChunks_, chunks_.size()), std::memory_order_relaxed);
        return chunk;
    }
    throw std::bad_alloc();
}

/// A row that is there is found: only while a chunk is being recycled one may have to look again.
CaptureStore::Pin CaptureStore::pin(std::uint64_t row) const {
    for (;;) {
        Pin pin = tryToPin(row);
        if (pin || row < beginRow() || row >= endRow()) return pin;
    }
}

CaptureStore::Pin CaptureStore::tryToPin(std::uint64_t row) const {
    std::uint64_t low = firstChunk_.load(std::memory_order_acquire);
    std::uint64_t high = lastChunk_.load(std::memory_order_acquire);
    const auto chunkAt = [this](std::uint64_t number) {
        return ring_[number % ring_.size()].load(std::memory_order_acquire);
    };
    while (low < high) {  // the last chunk that begins at or before the row
        const std::uint64_t middle = low + (high - low + 1) / 2;
        if (chunkAt(middle)->firstRow.load(std::memory_order_relaxed) <= row)
            low = middle;
        else
            high = middle - 1;
    }
    Pin pin;
    pin.chunk_ = chunkAt(low);
    pin.chunk_->pins.fetch_add(1, std::memory_order_seq_cst);
    // What was read before the pin may be of a chunk recycled meanwhile; from here on it holds still.
    if (firstChunk_.load(std::memory_order_seq_cst) > low || chunkAt(low) != pin.chunk_) return {};
    pin.first_ = pin.chunk_->firstRow.load(std::memory_order_relaxed);
    pin.end_ = pin.first_ + pin.chunk_->published.load(std::memory_order_acquire);
    if (row < pin.first_ || row >= pin.end_) return {};
    return pin;
}

CaptureStore::Pin::Pin(Pin&& other) noexcept
    : chunk_(std::exchange(other.chunk_, nullptr)), first_(other.first_), end_(other.end_) {}

CaptureStore::Pin& CaptureStore::Pin::operator=(Pin&& other) noexcept {
    std::swap(chunk_, other.chunk_);
    std::swap(first_, other.first_);
    std::swap(end_, other.end_);
    return *this;
}

CaptureStore::Pin::~Pin() {
    if (chunk_ != nullptr) chunk_->pins.fetch_sub(1, std::memory_order_release);
}

const CallRecord& CaptureStore::Pin::record(std::uint64_t row) const {
    return *chunk_->recordAt(row - first_);
}

std::span<const std::byte> CaptureStore::Pin::bytes(const CallRecord& record) const {
    return {chunk_->memory.get() + record.bytesOffset, record.bytesLength};
}

std::span<const std::byte> CaptureStore::Pin::data(const CallRecord& record) const {
    return bytes(record).first(isTransfer(record.call) ? record.dataLength() : 0);
}

}  // namespace sockstage
