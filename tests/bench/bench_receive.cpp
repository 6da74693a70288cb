// SPDX-License-Identifier: GPL-3.0-or-later
// What receiving costs with everything recorded, beside a bare recv() loop: the receiver's CPU seconds per
// GB. The sender is a process of its own.

#include "measure.h"
#include "processlimits.h"

namespace {

using namespace sockstage;
using namespace sockstage::measure;

constexpr std::uint64_t measuredBytes = std::uint64_t{256} << 20;
constexpr std::size_t readBytes = 65536;
constexpr int pairs = 7;

std::array<char, 65536> block;

void sendAll(std::uint16_t port, std::size_t sendBytes, std::uint64_t total) {
    const int fd = connectedTo(port);
    while (total > 0) {
        const ssize_t sent =
            ::send(fd, block.data(), std::min<std::uint64_t>(sendBytes, total), MSG_NOSIGNAL);
        if (sent <= 0) die("send");
        total -= static_cast<std::uint64_t>(sent);
    }
    ::close(fd);
}

double perGb(double seconds, std::uint64_t bytes) {
    return seconds / (static_cast<double>(bytes) / 1e9);
}

/// A blocking recv() loop that forgets what it read.
double bareLoop(std::size_t sendBytes) {
    const Bare listener;
    const OtherEnd sender([&] { sendAll(listener.port, sendBytes, measuredBytes); });
    const int fd = listener.accept();
    std::vector<char> buffer(readBytes);
    const double before = cpuSeconds();
    while (::recv(fd, buffer.data(), buffer.size(), 0) > 0) {
    }
    const double used = cpuSeconds() - before;
    ::close(fd);
    return perGb(used, measuredBytes);
}

struct Cost {
    double fresh = 0;   ///< while the capture fills for the first time: each page is touched anew
    double steady = 0;  ///< afterwards: its oldest memory is recycled
};

/// Seconds per GB since an earlier reading, and the reading for the next.
class Meter {
public:
    explicit Meter(const Session& session) : session_(session) {}
    double lap(std::uint64_t untilBytes) {
        await([&] { return session_.counters().receivedBytes.get() >= untilBytes; });
        const std::uint64_t bytes = session_.counters().receivedBytes.get();
        const double now = cpuSeconds();
        const double cost = perGb(now - seconds_, bytes - bytes_);
        bytes_ = bytes;
        seconds_ = now;
        return cost;
    }

private:
    const Session& session_;
    std::uint64_t bytes_ = 0;
    double seconds_ = cpuSeconds();
};

Cost session(std::size_t sendBytes) {
    SocketConfig config = server();
    config.captureBytes = std::size_t{128} << 20;
    config.readBytes = readBytes;
    // The limit is full once so many bytes and their records are in.
    const std::uint64_t limit = config.captureBytes;
    Session session(config);
    measure::open(session);
    const OtherEnd sender(
        [&, port = session.localAddress().port()] { sendAll(port, sendBytes, limit + measuredBytes); });
    Meter meter(session);
    Cost cost;
    cost.fresh = meter.lap(limit);
    cost.steady = meter.lap(limit + measuredBytes);
    return cost;
}

void compareSends(std::size_t sendBytes, const char* steadyName, const char* freshName) {
    std::vector<double> steady, fresh, bare;
    for (int pair = 0; pair < pairs; ++pair) {
        if (pair % 2 == 0) bare.push_back(bareLoop(sendBytes));
        const Cost cost = session(sendBytes);
        if (pair % 2 != 0) bare.push_back(bareLoop(sendBytes));
        steady.push_back(cost.steady);
        fresh.push_back(cost.fresh);
    }
    show(steadyName, steady, bare);
    show(freshName, fresh, bare);
}

}  // namespace

int main(int argc, char** argv) {
    returnLargeBlocks();  // as both programs do
    const QCoreApplication application(argc, argv);
    showHead("TCP, 64 KiB reads, receiver's CPU seconds per GB");
    compareSends(65536, "64 KiB sends", "64 KiB sends, the capture's memory still fresh");
    compareSends(1024, "1 KiB sends", "1 KiB sends, the capture's memory still fresh");
    return 0;
}
