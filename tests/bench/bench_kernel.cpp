// What looking at the kernel costs, in per cent of one core: for one connection that is observed, and for a
// table of 10,000 idle clients. The clients live in a process of their own, so that getrusage() of this one
// is the server alone. Beside each figure stands the same session with nobody looking.

#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QCoreApplication>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <optional>
#include <vector>

#include "session.h"

namespace {

using namespace sockstage;

constexpr int measuredSeconds = 8;

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

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int connected(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = loopback(port);
    if (fd < 0 || ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        die("connect");
    return fd;
}

/// A process that holds so many idle connections until it is killed, or makes short ones until then.
class Clients {
public:
    Clients(std::uint16_t port, int count, bool shortLived = false) : child_(::fork()) {
        if (child_ != 0) return;
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (int i = 0; i < count; ++i)
            connected(port);
        while (true)
            shortLived ? ::close(connected(port)) : ::pause();
    }
    Clients(const Clients&) = delete;
    ~Clients() {
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
    }

private:
    const pid_t child_;
};

/// Per cent of a core that this process uses from now on.
double percentUsed() {
    const double before = cpuSeconds();
    ::sleep(measuredSeconds);
    return (cpuSeconds() - before) / measuredSeconds * 100;
}

SocketConfig serverConfig() {
    SocketConfig config;
    config.role = Role::TcpServer;
    config.endpoint = {"127.0.0.1", "0"};
    config.backlog = 4096;
    config.captureBytes = std::size_t{64} << 20;
    return config;
}

void await(Session& session, std::uint32_t clients) {
    while (session.stages().at(Stage::Accept).state.load() != StageState::Waiting)
        ::usleep(1000);
    static std::vector<std::unique_ptr<Clients>> kept;
    if (clients != 0)
        kept.push_back(std::make_unique<Clients>(session.localAddress().port(), static_cast<int>(clients)));
    while (session.connections().count() < clients)
        ::usleep(1000);
    ::sleep(1);
}

void show(const char* what, double percent) {
    std::printf("%-72s %6.2f %%\n", what, percent);
    std::fflush(stdout);
}

void measureOne() {
    Session session(serverConfig());
    session.open();
    await(session, 1);
    show("one connection, nobody looks", percentUsed());
    session.observe(1);
    show("one connection, observed ten times a second", percentUsed());
    session.observe(0);
    show("the listener, observed ten times a second", percentUsed());
    session.observe({});
    show("nobody looks any more", percentUsed());
}

void measureTable() {
    constexpr std::uint32_t many = 10'000;
    Session session(serverConfig());
    session.open();
    await(session, many);
    show("10,000 idle clients, nobody looks", percentUsed());
    ConnectionNumbers visible(40);
    std::iota(visible.begin(), visible.end(), 1U);
    session.watch(visible, true);
    show("10,000 idle clients, 40 rows of the table on screen", percentUsed());
    session.observe(1);
    show("the same, one of them observed", percentUsed());
    session.observe({});
    session.watch({}, false);
    session.logKernel(1000);
    show("10,000 idle clients, all logged once a second", percentUsed());
    session.logKernel(0);
    session.watch(visible, true);
    session.closeConnections(visible);
    show("40 closed clients on screen, the rest idle", percentUsed());
}

/// Accepted and closed per second, and what one costs this process. Nobody looks.
void measureLives() {
    SocketConfig config = serverConfig();
    config.afterEof = AfterEof::Close;
    Session session(config);
    session.open();
    await(session, 0);
    const Clients clients(session.localAddress().port(), 0, true);
    ::sleep(1);
    const std::uint64_t connectionsBefore = session.counters().connections.get();
    const double cpuBefore = cpuSeconds();
    ::sleep(measuredSeconds);
    const auto lives = static_cast<double>(session.counters().connections.get() - connectionsBefore);
    std::printf("%-72s %6.0f a second, %.1f us each\n", "short connections, nobody looks",
                lives / measuredSeconds, (cpuSeconds() - cpuBefore) / lives * 1e6);
}

}  // namespace

int main(int argc, char** argv) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    const QCoreApplication application(argc, argv);
    measureOne();
    measureLives();
    measureTable();
    return 0;
}
