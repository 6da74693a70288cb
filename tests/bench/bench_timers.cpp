// SPDX-License-Identifier: GPL-3.0-or-later
#include <chrono>
#include <cstdio>
#include <vector>

#include "reactor.h"

// What a close with a grace timer costs when many others have one: a timer made, another replaced, and id 0
// cancelled, as a close does. The ratio says how the cost of one grows with their number.

using namespace sockstage;

namespace {

double nanosecondsEach(int count) {
    Reactor reactor;
    std::vector<Reactor::Id> timers;
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < count; ++i) {
        reactor.cancel(0);
        timers.push_back(reactor.after(2000, [] {}));
    }
    for (const Reactor::Id timer : timers)
        reactor.cancel(timer);
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
    return took.count() / count;
}

}  // namespace

int main() {
    nanosecondsEach(1000);
    const double few = nanosecondsEach(1000), many = nanosecondsEach(20'000);
    std::printf("one of 1,000: %.0f ns, one of 20,000: %.0f ns, ratio %.1f\n", few, many, many / few);
}
