// SPDX-License-Identifier: GPL-3.0-or-later
// What a small message costs this process, beside bare loops: a datagram received, beside recv() and
// recvmmsg(), and a message echoed to the one client there is.

#include "measure.h"

namespace {

using namespace sockstage;
using namespace sockstage::measure;

constexpr std::size_t messageBytes = 64;
constexpr int datagrams = 100'000;
constexpr int roundTrips = 10'000;
constexpr int pairs = 7;
constexpr int bufferBytes = 4 << 20;

/// More than are counted, because the kernel drops what finds no room.
[[noreturn]] void sendDatagrams(std::uint16_t port) {
    const int fd = connectedTo(port, SOCK_DGRAM);
    const std::array<char, messageBytes> message{};
    while (true)
        ::send(fd, message.data(), message.size(), 0);
}

/// CPU microseconds for each that was received. `receive` returns how many a call got.
template <typename Receive>
double bareDatagrams(Receive receive) {
    const Bare socket(SOCK_DGRAM);
    setsockopt(socket.fd, SOL_SOCKET, SO_RCVBUF, &bufferBytes, sizeof bufferBytes);
    const OtherEnd sender([&] { sendDatagrams(socket.port); });
    receive(socket.fd);  // the sender is there
    const double before = cpuSeconds();
    int got = 0;
    while (got < datagrams)
        got += receive(socket.fd);
    return (cpuSeconds() - before) / got * 1e6;
}

double bareRecv() {
    std::array<char, 2048> buffer;
    return bareDatagrams([&](int fd) { return ::recv(fd, buffer.data(), buffer.size(), 0) > 0 ? 1 : 0; });
}

double bareRecvmmsg() {
    constexpr unsigned batch = 64;
    static std::array<std::array<char, 2048>, batch> buffers;
    std::array<iovec, batch> parts{};
    std::array<mmsghdr, batch> messages{};
    for (std::size_t i = 0; i < batch; ++i) {
        parts[i] = {buffers[i].data(), buffers[i].size()};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    return bareDatagrams(
        [&](int fd) { return std::max(0, ::recvmmsg(fd, messages.data(), batch, MSG_WAITFORONE, nullptr)); });
}

double ourDatagrams() {
    SocketConfig config = server(Role::UdpServer);
    config.receiveBufferBytes = bufferBytes;
    config.readBytes = 2048;
    Session session(config);
    measure::open(session);
    const OtherEnd sender([port = session.localAddress().port()] { sendDatagrams(port); });
    const Counter& received = session.counters().receivedMessages;
    await([&] { return received.get() != 0; });
    const std::uint64_t first = received.get();
    const double before = cpuSeconds();
    await([&] { return received.get() - first >= datagrams; });
    return (cpuSeconds() - before) / static_cast<double>(received.get() - first) * 1e6;
}

void askForEchoes(std::uint16_t port) {
    const int fd = connectedTo(port);
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    std::array<char, messageBytes> message{};
    for (int i = 0; i < roundTrips; ++i) {
        if (::send(fd, message.data(), message.size(), MSG_NOSIGNAL) <= 0) die("send");
        if (::recv(fd, message.data(), message.size(), MSG_WAITALL) <= 0) die("recv");
    }
    ::close(fd);
}

struct Echo {
    double cpuUs = 0, wallUs = 0;  ///< for each round trip
};

Echo since(double cpu, double wall) {
    return {(cpuSeconds() - cpu) / roundTrips * 1e6, (wallSeconds() - wall) / roundTrips * 1e6};
}

Echo bareEcho() {
    const Bare listener;
    const OtherEnd client([&] { askForEchoes(listener.port); });
    const int fd = listener.accept();
    std::array<char, 65536> buffer;
    const double cpu = cpuSeconds(), wall = wallSeconds();
    ssize_t got = 0;
    while ((got = ::recv(fd, buffer.data(), buffer.size(), 0)) > 0)
        if (::send(fd, buffer.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL) != got) die("send");
    const Echo echo = since(cpu, wall);
    ::close(fd);
    return echo;
}

Echo ourEcho() {
    SocketConfig config = server();
    config.echo = true;
    Session session(config);
    measure::open(session);
    const double cpu = cpuSeconds(), wall = wallSeconds();
    const OtherEnd client([port = session.localAddress().port()] { askForEchoes(port); });
    await([&] { return session.counters().sentBytes.get() >= messageBytes * roundTrips; });
    return since(cpu, wall);
}

void compareEchoes() {
    std::vector<double> ourCpu, ourWall, bareCpu, bareWall;
    for (int pair = 0; pair < pairs; ++pair) {
        const Echo bare = bareEcho();
        const Echo ours = ourEcho();
        ourCpu.push_back(ours.cpuUs);
        ourWall.push_back(ours.wallUs);
        bareCpu.push_back(bare.cpuUs);
        bareWall.push_back(bare.wallUs);
    }
    show("TCP echo, one client, CPU us a message", ourCpu, bareCpu);
    show("TCP echo, one client, us from send to answer", ourWall, bareWall);
}

}  // namespace

int main(int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    showHead("64 byte messages");
    compare("UDP receive, CPU us a datagram; bare: recv()", pairs, ourDatagrams, bareRecv);
    compare("UDP receive, CPU us a datagram; bare: recvmmsg() of 64", pairs, ourDatagrams, bareRecvmmsg);
    compareEchoes();
    return 0;
}
