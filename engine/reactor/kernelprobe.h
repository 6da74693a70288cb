#pragma once

#include <cstdint>
#include <vector>

#include "stagelog.h"

namespace sockstage {

/// Looks at the kernel's side of TCP sockets that somebody watches: those on screen ten times a second,
/// the rest slowly by turns. Nothing is asked while nobody looks. Worker thread only.
class KernelProbe {
public:
    explicit KernelProbe(Environment environment) : env_(environment) {}
    ~KernelProbe() { stop(); }
    KernelProbe(const KernelProbe&) = delete;
    KernelProbe& operator=(const KernelProbe&) = delete;

    void watch(std::vector<std::uint32_t> visible, bool sweep);
    void stop();

private:
    void tick();
    void look(std::uint32_t number);

    Environment env_;
    std::vector<std::uint32_t> visible_;
    bool sweep_ = false;
    std::uint32_t nextSwept_ = 1;
    Reactor::Id timer_ = 0;
};

}  // namespace sockstage
