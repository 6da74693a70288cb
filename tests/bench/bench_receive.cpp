// What receiving costs with everything recorded, beside a bare recv() loop: receiver CPU seconds per GB.
// The two alternate within one run, because the machine's speed drifts; judge by the ratio's median.
// The sender is a process of its own, so that getrusage() of this one is the receiver alone.

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QCoreApplication>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "session.h"

namespace {

using namespace sockstage;

constexpr std::uint64_t measuredBytes = std::uint64_t{1} << 30;
constexpr std::size_t readBytes = 65536;
constexpr int pairs = 7;
constexpr double bytesPerGb = 1e9;

[[noreturn]] void die(const char* what) {
    std::perror(what);
    std::exit(1);
}

double cpuSeconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// The default congestion control may pace even on loopback; where reno is not allowed it stays.
void useReno(int fd) {
    setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
}

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int sendAll(std::uint16_t port, std::size_t sendBytes, std::uint64_t total) {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    useReno(fd);
    const sockaddr_in address = loopback(port);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) die("connect");
    const std::vector<char> block(sendBytes, 'x');
    while (total > 0) {
        const ssize_t sent =
            ::send(fd, block.data(), std::min<std::uint64_t>(sendBytes, total), MSG_NOSIGNAL);
        if (sent <= 0) die("send");
        total -= static_cast<std::uint64_t>(sent);
    }
    ::close(fd);
    return 0;
}

pid_t startSender(std::uint16_t port, std::size_t sendBytes, std::uint64_t total) {
    const std::string arguments[] = {std::to_string(port), std::to_string(sendBytes), std::to_string(total)};
    const pid_t child = ::fork();
    if (child != 0) return child;
    ::execl("/proc/self/exe", "bench_receive", arguments[0].c_str(), arguments[1].c_str(),
            arguments[2].c_str(), nullptr);
    _exit(127);
}

/// Seconds per GB of a blocking recv() loop that forgets what it read.
double measureBare(std::size_t sendBytes) {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    useReno(listener);
    sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), length) != 0) die("bind");
    if (::listen(listener, 1) != 0) die("listen");
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length);
    const pid_t sender = startSender(ntohs(address.sin_port), sendBytes, measuredBytes);
    const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    std::vector<char> buffer(readBytes);
    const double before = cpuSeconds();
    while (::recv(fd, buffer.data(), buffer.size(), 0) > 0) {
    }
    const double used = cpuSeconds() - before;
    ::close(fd);
    ::close(listener);
    ::waitpid(sender, nullptr, 0);
    return used / (static_cast<double>(measuredBytes) / bytesPerGb);
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
        while (session_.counters().receivedBytes.get() < untilBytes)
            ::usleep(1000);
        const std::uint64_t bytes = session_.counters().receivedBytes.get();
        const double now = cpuSeconds();
        const double cost = (now - seconds_) / (static_cast<double>(bytes - bytes_) / bytesPerGb);
        bytes_ = bytes;
        seconds_ = now;
        return cost;
    }

private:
    const Session& session_;
    std::uint64_t bytes_ = 0;
    double seconds_ = cpuSeconds();
};

Cost measureSession(std::size_t sendBytes) {
    SocketConfig config;
    config.role = Role::TcpServer;
    config.endpoint = {"127.0.0.1", "0"};
    config.readBytes = readBytes;
    // The default limit; it is full once so many bytes and their records are in.
    const std::uint64_t limit = config.captureBytes;
    Session session(config);
    session.open();
    while (session.stages().at(Stage::Accept).state.load() != StageState::Waiting)
        ::usleep(1000);
    const pid_t sender = startSender(session.localAddress().port(), sendBytes, limit + measuredBytes);
    Meter meter(session);
    Cost cost;
    cost.fresh = meter.lap(limit);
    cost.steady = meter.lap(limit + measuredBytes);
    ::waitpid(sender, nullptr, 0);
    return cost;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

void compare(std::size_t sendBytes) {
    std::printf("%zu byte sends, %zu byte reads, receiver CPU seconds per GB\n", sendBytes, readBytes);
    std::printf("  pair     bare   recorded    ratio   recorded, memory still fresh\n");
    std::vector<double> bares, recorded, ratios, fresh;
    for (int pair = 0; pair < pairs; ++pair) {
        const bool bareFirst = pair % 2 == 0;
        double bare = bareFirst ? measureBare(sendBytes) : 0;
        const Cost cost = measureSession(sendBytes);
        if (!bareFirst) bare = measureBare(sendBytes);
        bares.push_back(bare);
        recorded.push_back(cost.steady);
        ratios.push_back(cost.steady / bare);
        fresh.push_back(cost.fresh);
        std::printf("  %4d  %7.3f    %7.3f  %7.2f    %7.3f\n", pair + 1, bare, cost.steady, ratios.back(),
                    cost.fresh);
        std::fflush(stdout);
    }
    std::printf("median  %7.3f    %7.3f  %7.2f    %7.3f\n\n", median(bares), median(recorded), median(ratios),
                median(fresh));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 4)  // the sender
        return sendAll(static_cast<std::uint16_t>(std::atoi(argv[1])),
                       static_cast<std::size_t>(std::atoll(argv[2])),
                       static_cast<std::uint64_t>(std::atoll(argv[3])));
    const QCoreApplication application(argc, argv);
    compare(65536);
    compare(1024);
    return 0;
}
