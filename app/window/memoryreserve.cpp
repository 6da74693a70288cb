// SPDX-License-Identifier: GPL-3.0-or-later
#include "memoryreserve.h"

#include <atomic>
#include <cstdlib>
#include <new>
#include <thread>
#include <utility>

namespace sockstage {
namespace {

std::atomic<MemoryReserve*> theReserve{nullptr};
std::thread::id owner;

/// Called by operator new where malloc() has failed. After a return it tries again.
void onNoMemory() {
    MemoryReserve* reserve = theReserve;
    if (reserve == nullptr || std::this_thread::get_id() != owner || reserve->isReleased())
        throw std::bad_alloc();
    reserve->release();
}

}  // namespace

void MemoryReserve::Free::operator()(void* block) const {
    std::free(block);
}

MemoryReserve::MemoryReserve(std::size_t needed) : block_(std::malloc(bytes)) {
    const std::unique_ptr<void, Free> room(std::malloc(needed));
    if (!block_ || !room) throw std::bad_alloc();
    owner = std::this_thread::get_id();
    theReserve = this;
    std::set_new_handler(onNoMemory);
}

MemoryReserve::~MemoryReserve() {
    theReserve = nullptr;
    std::set_new_handler(nullptr);
}

void MemoryReserve::release() {
    if (std::exchange(released_, true)) return;
    block_.reset();
    if (act_) act_();
}

}  // namespace sockstage
