#include "kernelprobe.h"

#include <algorithm>
#include <utility>

namespace sockstage {
namespace {

constexpr int tickMs = 100;
constexpr std::uint32_t sweptPerTick = 200;

}  // namespace

void KernelProbe::watch(std::vector<std::uint32_t> visible, bool sweep) {
    visible_ = std::move(visible);
    sweep_ = sweep;
    const bool wanted = isTcp(env_.record.config.role) && (sweep_ || !visible_.empty());
    if (!wanted) stop();
    if (wanted && timer_ == 0) tick();
}

void KernelProbe::stop() {
    env_.reactor.cancel(std::exchange(timer_, 0));
}

void KernelProbe::look(std::uint32_t number) {
    if (number == 0 || number > env_.record.connections.count()) return;
    ConnectionSlot& slot = env_.record.connections.edit(number);
    if (const int fd = slot.fd.load(std::memory_order_relaxed); fd >= 0) Syscalls::sample(fd, slot.kernel);
}

void KernelProbe::tick() {
    for (const std::uint32_t number : visible_)
        look(number);
    const std::uint32_t count = env_.record.connections.count();
    for (std::uint32_t i = 0; sweep_ && i < std::min(sweptPerTick, count); ++i) {
        if (nextSwept_ > count) nextSwept_ = 1;
        look(nextSwept_++);
    }
    timer_ = env_.reactor.after(tickMs, [this] { tick(); });
}

}  // namespace sockstage
