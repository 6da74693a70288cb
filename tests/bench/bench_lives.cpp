// SPDX-License-Identifier: GPL-3.0-or-later
// What a connection costs this process from accept to close, beside a bare loop: short ones one after the
// other, and many at a time that close with bytes still queued, each with a timer that would give them up.

#include <numeric>

#include "measure.h"

namespace {

using namespace sockstage;
using namespace sockstage::measure;

constexpr int shortLives = 8'000;
constexpr int longLives = 8'000;
constexpr int pairs = 5;

void makeShortOnes(std::uint16_t port) {
    for (int i = 0; i < shortLives; ++i)
        ::close(connectedTo(port));
}

double eachUs(double seconds, int lives) {
    return seconds / lives * 1e6;
}

double bareShort() {
    const Bare listener;
    const OtherEnd clients([&] { makeShortOnes(listener.port); });
    const double before = cpuSeconds();
    std::array<char, 64> buffer;
    for (int i = 0; i < shortLives; ++i) {
        const int fd = listener.accept();
        while (::recv(fd, buffer.data(), buffer.size(), 0) > 0) {
        }
        ::close(fd);
    }
    return eachUs(cpuSeconds() - before, shortLives);
}

double ourShort() {
    SocketConfig config = server();
    config.afterEof = AfterEof::Close;
    Session session(config);
    measure::open(session);
    const double before = cpuSeconds();
    const OtherEnd clients([port = session.localAddress().port()] { makeShortOnes(port); });
    const SessionCounters& sums = session.counters();
    await([&] { return sums.connections.get() == shortLives && sums.openConnections.get() == 0; });
    return eachUs(cpuSeconds() - before, shortLives);
}

/// Connects so many and waits until each was closed.
void makeLongOnes(std::uint16_t port, int count) {
    const int first = connectedTo(port);
    int last = first;
    for (int i = 1; i < count; ++i)
        last = connectedTo(port);
    char byte = 0;
    for (int fd = first; fd <= last; ++fd)
        while (::recv(fd, &byte, 1, 0) > 0) {
        }
}

/// Accept, one byte sent, close.
double bareLong(int count) {
    const Bare listener;
    const OtherEnd clients([&] { makeLongOnes(listener.port, count); });
    const double before = cpuSeconds();
    std::vector<int> sockets;
    for (int i = 0; i < count; ++i)
        sockets.push_back(listener.accept());
    for (const int fd : sockets)
        if (::send(fd, "x", 1, MSG_NOSIGNAL) != 1) die("send");
    for (const int fd : sockets)
        ::close(fd);
    return eachUs(cpuSeconds() - before, count);
}

/// The same; the byte is still queued when the close is requested, so that each close starts a timer and,
/// once the byte has gone, cancels it.
double ourLong(int count) {
    SocketConfig config = server();
    config.held.insert(Stage::Send);
    Session session(config);
    measure::open(session);
    const double before = cpuSeconds();
    const OtherEnd clients([&, port = session.localAddress().port()] { makeLongOnes(port, count); });
    const auto all = static_cast<std::uint64_t>(count);
    const SessionCounters& sums = session.counters();
    await([&] { return sums.openConnections.get() == all; });
    ConnectionNumbers numbers(all);
    std::iota(numbers.begin(), numbers.end(), 1U);
    session.send(numbers, "x");
    session.closeConnections(numbers, 60'000);
    session.release(Stage::Send, numbers);
    await([&] { return sums.openConnections.get() == 0; });
    if (sums.sentBytes.get() != all) die("a byte was given up");
    return eachUs(cpuSeconds() - before, count);
}

}  // namespace

int main(int argc, char** argv) {
    raiseDescriptorLimit();
    const QCoreApplication application(argc, argv);
    showHead("connections, CPU us each");
    compare("8,000 short ones: accept, EOF, close", pairs, ourShort, bareShort);
    for (const int count : {longLives / 4, longLives}) {
        const std::string name = std::to_string(count) + " at a time: accept, send, close with a grace timer";
        compare(
            name.c_str(), count == longLives ? 3 : pairs, [&] { return ourLong(count); },
            [&] { return bareLong(count); });
    }
    return 0;
}
