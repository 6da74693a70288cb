// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QCoreApplication>
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "session.h"

/// What the measurements share. A figure of ours stands beside the same work in a bare loop of plain socket
/// calls; the two alternate within one run, because the machine's speed drifts. Judge by the ratio.
namespace sockstage::measure {

[[noreturn]] inline void die(const char* what) {
    std::perror(what);
    std::exit(1);
}

/// Of this process: the other end of each measured socket lives in a process of its own.
inline double cpuSeconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

inline double wallSeconds() {
    return static_cast<double>(CaptureStore::nowNs()) / 1e9;
}

/// The default congestion control may pace even on loopback; where reno is not allowed it stays.
inline void useReno(int fd) {
    setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
}

inline sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

inline int connectedTo(std::uint16_t port, int type = SOCK_STREAM) {
    const int fd = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
    if (type == SOCK_STREAM) useReno(fd);
    const sockaddr_in address = loopback(port);
    if (fd < 0 || ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        die("connect");
    return fd;
}

/// A plain socket on a free port of the loopback address; a stream listens.
struct Bare {
    explicit Bare(int type = SOCK_STREAM) : fd(::socket(AF_INET, type | SOCK_CLOEXEC, 0)) {
        if (type == SOCK_STREAM) useReno(fd);
        sockaddr_in address = loopback(0);
        socklen_t length = sizeof address;
        if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), length) != 0) die("bind");
        if (type == SOCK_STREAM && ::listen(fd, 4096) != 0) die("listen");
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
        port = ntohs(address.sin_port);
    }
    Bare(const Bare&) = delete;
    ~Bare() { ::close(fd); }
    int accept() const {
        const int accepted = ::accept4(fd, nullptr, nullptr, SOCK_CLOEXEC);
        if (accepted < 0) die("accept4");
        return accepted;
    }
    const int fd;
    std::uint16_t port = 0;
};

/// A process that does the work of the other end, and ends with this object at the latest. The work may be
/// nothing but system calls: other threads held locks when the process was forked.
class OtherEnd {
public:
    template <typename Work>
    explicit OtherEnd(Work work) : child_(::fork()) {
        if (child_ != 0) return;
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        work();
        _exit(0);
    }
    OtherEnd(const OtherEnd&) = delete;
    ~OtherEnd() {
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
    }

private:
    const pid_t child_;
};

inline SocketConfig server(Role role = Role::TcpServer) {
    SocketConfig config;
    config.role = role;
    config.endpoint = {"127.0.0.1", "0"};
    config.backlog = 4096;
    config.captureBytes = std::size_t{64} << 20;
    return config;
}

template <typename Condition>
void await(Condition condition) {
    while (!condition())
        ::usleep(500);
}

inline void open(Session& session) {
    session.open();
    const Stage last = session.config().role == Role::TcpServer ? Stage::Accept : Stage::Recv;
    await([&] { return session.stages().at(last).state.load() != StageState::NotYet; });
}

inline void raiseDescriptorLimit() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

inline double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

inline void showHead(const char* what) {
    std::printf("%-62s %10s %10s %8s\n", what, "ours", "bare", "ratio");
}

/// One line: the medians of what was measured in pairs, and the median of their ratios.
inline void show(const char* what, const std::vector<double>& ours, const std::vector<double>& bare) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < ours.size(); ++i)
        ratios.push_back(ours[i] / bare[i]);
    std::printf("%-62s %10.3f %10.3f %8.2f\n", what, median(ours), median(bare), median(ratios));
    std::fflush(stdout);
}

/// So many pairs, ours and bare first by turns.
template <typename Ours, typename BareLoop>
void compare(const char* what, int pairs, Ours ours, BareLoop bare) {
    std::vector<double> oursAll, bareAll;
    for (int pair = 0; pair < pairs; ++pair) {
        if (pair % 2 == 0) bareAll.push_back(bare());
        oursAll.push_back(ours());
        if (pair % 2 != 0) bareAll.push_back(bare());
    }
    show(what, oursAll, bareAll);
}

}  // namespace sockstage::measure
