// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace sockstage {

/// Address space that is kept for the moment when there is none left: Qt's widgets do not survive an
/// exception in the middle of their work, so what the window's thread asks for then still succeeds, once, and
/// everything can be closed in order. Other threads get std::bad_alloc, as always. One at a time, of the main
/// thread.
class MemoryReserve {
public:
    static constexpr std::size_t bytes = std::size_t{32} << 20;

    /// Throws std::bad_alloc unless there is the reserve and `needed` bytes besides.
    explicit MemoryReserve(std::size_t needed);
    ~MemoryReserve();
    MemoryReserve(const MemoryReserve&) = delete;
    MemoryReserve& operator=(const MemoryReserve&) = delete;

    /// Gives the reserve back; the first time it calls `act`, which should not do more than to make a note.
    void release();
    void onRelease(std::function<void()> act) { act_ = std::move(act); }
    bool isReleased() const { return released_; }

private:
    struct Free {
        void operator()(void* block) const;
    };
    std::unique_ptr<void, Free> block_;
    std::function<void()> act_;
    bool released_ = false;
};

}  // namespace sockstage
