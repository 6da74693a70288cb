// SPDX-License-Identifier: GPL-3.0-or-later
// What looking at the kernel costs, in per cent of one core: for one connection that is observed, and for a
// table of 10,000 idle clients. The bare loop asks about as many sockets as often, with TCP_INFO, SIOCINQ and
// SIOCOUTQ alone. The clients live in a process of their own.

#include <sys/ioctl.h>

#include <numeric>
#include <optional>

#include "measure.h"

namespace {

using namespace sockstage;
using namespace sockstage::measure;

constexpr int many = 5'000;
constexpr double measuredSeconds = 2;

/// Holds so many idle connections until it is killed.
[[noreturn]] void holdConnections(std::uint16_t port, int count) {
    for (int i = 0; i < count; ++i)
        connectedTo(port);
    while (true)
        ::pause();
}

/// Per cent of a core that this process uses from now on.
double percentUsed() {
    const double before = cpuSeconds();
    ::usleep(static_cast<useconds_t>(measuredSeconds * 1e6));
    return (cpuSeconds() - before) / measuredSeconds * 100;
}

void lookAt(int fd) {
    tcp_info info{};
    socklen_t length = sizeof info;
    int bytes = 0;
    getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length);
    ioctl(fd, FIONREAD, &bytes);
    ioctl(fd, TIOCOUTQ, &bytes);
}

/// The same by a loop that looks at `count` of the sockets, `times` a second.
double bareLooks(const std::vector<int>& sockets, std::size_t count, int times) {
    const double before = cpuSeconds();
    const double end = wallSeconds() + measuredSeconds;
    while (wallSeconds() < end) {
        for (std::size_t i = 0; i < count; ++i)
            lookAt(sockets[i % sockets.size()]);
        ::usleep(1'000'000U / static_cast<unsigned>(times));
    }
    return (cpuSeconds() - before) / measuredSeconds * 100;
}

void showOne(const char* what, double ours, std::optional<double> bare = {}) {
    if (bare) return show(what, {ours}, {*bare});
    std::printf("%-62s %10.3f\n", what, ours);
    std::fflush(stdout);
}

struct BareFigures {
    double one = 0, visible = 0, all = 0;
};

/// Before ours: the limit of descriptors may be too low for both at a time.
BareFigures measureBare(int count) {
    const Bare listener;
    const OtherEnd clients([&] { holdConnections(listener.port, count); });
    std::vector<int> sockets;
    for (int i = 0; i < count; ++i)
        sockets.push_back(listener.accept());
    const BareFigures figures{bareLooks(sockets, 1, 10), bareLooks(sockets, 240, 10),
                              bareLooks(sockets, sockets.size(), 1)};
    for (const int fd : sockets)
        ::close(fd);
    return figures;
}

void measureOurs(int count, const BareFigures& bare) {
    Session session(server());
    measure::open(session);
    const OtherEnd clients([&, port = session.localAddress().port()] { holdConnections(port, count); });
    await([&] { return session.connections().count() >= static_cast<std::uint32_t>(count); });
    ::sleep(1);
    showOne("5,000 idle clients, nobody looks", percentUsed());
    session.observe(1);
    showOne("one connection observed, 10 a second", percentUsed(), bare.one);
    session.observe({});
    ConnectionNumbers visible(40);
    std::iota(visible.begin(), visible.end(), 1U);
    session.watch(visible, true);
    showOne("table: 40 rows 10 a second, 2,000 others a second", percentUsed(), bare.visible);
    session.watch({}, false);
    session.logKernel(1000);
    showOne("all 5,000 logged once a second", percentUsed(), bare.all);
    session.logKernel(0);
    session.watch(visible, true);
    session.closeConnections(visible);
    showOne("40 closed clients on screen, the rest idle", percentUsed());
}

}  // namespace

int main(int argc, char** argv) {
    raiseDescriptorLimit();
    const QCoreApplication application(argc, argv);
    showHead("looking at the kernel, per cent of a core");
    measureOurs(many, measureBare(many));
    return 0;
}
