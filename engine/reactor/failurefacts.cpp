// SPDX-License-Identifier: GPL-3.0-or-later
#include "failurefacts.h"

#include <netinet/in.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>
#include <utility>

#include "kernellook.h"
#include "localaddresses.h"
#include "portowner.h"
#include "routelook.h"

namespace sockstage {
namespace {

constexpr int mostMessages = 8;

/// What the kernel counts in jiffies is as exact as this clock, which goes from tick to tick.
std::int64_t tickMs() {
    constexpr std::int64_t nsPerMs = 1'000'000;
    timespec tick{};
    if (::clock_getres(CLOCK_MONOTONIC_COARSE, &tick) != 0) return TcpTrace::absent;
    return std::max<std::int64_t>(1, (tick.tv_nsec + nsPerMs - 1) / nsPerMs);
}

TcpTrace traceOf(int fd) {
    TcpInfo info{};
    TcpTrace trace;
    const std::size_t length = tcpInfoOf(fd, info);
    if (length < offsetof(TcpInfo, notsentBytes)) return trace;
    trace.segmentsIn = info.segsIn;
    trace.segmentsOut = info.segsOut;
    trace.retransmitted = info.totalRetrans;
    trace.timeouts = info.retransmits;
    trace.probes = info.probes;
    trace.receivedBytes = static_cast<std::int64_t>(info.bytesReceived);
    trace.sinceReceivedMs = info.lastDataRecv;
    trace.sinceAcknowledgedMs = info.lastAckRecv;
    trace.tickMs = tickMs();
    trace.unacknowledged = lookAtSocket(fd, true).unackedBytes;
    return trace;
}

std::vector<ToldByIcmp> readTold(const Environment& env, int fd) {
    std::vector<ToldByIcmp> told;
    for (int i = 0; i < mostMessages && Syscalls::errorWaits(fd); ++i) {
        const auto received = env.calls.recvmsg({Stage::Connect}, fd, nullptr);
        if (!received.taken) break;
        if (received.error.offender.isValid())
            told.push_back({received.error, isLocalAddress(received.error.offender)});
    }
    return told;
}

std::uint32_t inodeOf(int fd) {
    struct stat status {};
    return ::fstat(fd, &status) == 0 ? static_cast<std::uint32_t>(status.st_ino) : 0;
}

int firstFreePort() {
    int port = 1024;
    std::ifstream("/proc/sys/net/ipv4/ip_unprivileged_port_start") >> port;
    return port;
}

/// CAP_NET_BIND_SERVICE in the effective set, capabilities(7).
bool mayBindLowPorts() {
    constexpr unsigned bindService = 10;
    std::ifstream file("/proc/self/status");
    std::string line;
    while (std::getline(file, line))
        if (line.starts_with("CapEff:"))
            return ((std::strtoull(line.c_str() + 7, nullptr, 16) >> bindService) & 1U) != 0;
    return false;
}

std::vector<std::string> nameServers() {
    std::vector<std::string> servers;
    std::ifstream file("/etc/resolv.conf");
    std::string line, word, server;
    while (std::getline(file, line)) {
        std::istringstream words(line);
        if (words >> word >> server && word == "nameserver") servers.push_back(server);
    }
    return servers;
}

/// Linux 6.8 and newer report TCP sockets that are bound and do not listen.
bool tellsOfBound() {
    utsname system{};
    if (::uname(&system) != 0) return true;
    int major = 0, minor = 0;
    const char* const end = std::end(system.release);
    const auto [dot, error] = std::from_chars(std::begin(system.release), end, major);
    if (error == std::errc{} && dot != end) std::from_chars(dot + 1, end, minor);
    return major > 6 || (major == 6 && minor >= 8);
}

std::string portRange() {
    std::string first, last;
    std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> first >> last;
    return last.empty() ? std::string() : first + " to " + last;
}

/// The flags of an IPv6 address (IFA_F_ constants), by the lines of /proc/net/if_inet6: "address index prefix
/// scope flags name".
unsigned ipv6Flags(const SocketAddress& address) {
    std::array<char, 2 * sizeof(in6_addr) + 1> wanted{};
    const auto& host = reinterpret_cast<const sockaddr_in6*>(address.data())->sin6_addr;
    for (std::size_t i = 0; i < sizeof host; ++i)
        std::snprintf(&wanted[2 * i], 3, "%02x", host.s6_addr[i]);
    std::ifstream file("/proc/net/if_inet6");
    std::string line, digits, index, prefix, scope, flags;
    while (std::getline(file, line)) {
        std::istringstream(line) >> digits >> index >> prefix >> scope >> flags;
        if (digits == wanted.data()) return static_cast<unsigned>(std::strtoul(flags.c_str(), nullptr, 16));
    }
    return 0;
}

void findPlace(BindFailure& failure) {
    using Place = BindFailure::Place;
    constexpr unsigned duplicate = 0x08, tentative = 0x40;  // linux/if_addr.h
    const auto all = interfaceAddresses();
    const auto found = std::find_if(all.begin(), all.end(), [&](const LocalAddress& each) {
        return each.address.hostText() == failure.wanted.hostText();
    });
    failure.place = isLocalAddress(failure.wanted) ? Place::Here : Place::Nowhere;
    if (found == all.end()) return;
    failure.interface = found->interface;
    const unsigned flags = found->address.isIpv4() ? 0 : ipv6Flags(found->address);
    if ((flags & tentative) != 0) failure.place = Place::Tentative;
    if ((flags & duplicate) != 0) failure.place = Place::Duplicate;
    if (!found->up) failure.place = Place::InterfaceDown;  // nothing is checked before it is up
}

/// The addresses as they are on this machine, where the target is on it.
void lookForListeners(ConnectFailure& failure) {
    const bool here = failure.target.isWildcard() || isLocalAddress(failure.target);
    failure.targetHere = here;
    if (!here || !failure.tcp) return;
    for (PortHolder& each : portHolders(failure.target, failure.tcp).first)
        if (each.state == TcpState::Listen) failure.holders.push_back(std::move(each));
}

void lookForSamePair(ConnectFailure& failure) {
    for (PortHolder& each : portHolders(failure.local, failure.tcp).first)
        if (each.remote.isValid() && each.remote.text() == failure.target.text())
            failure.samePair.push_back(std::move(each));
}

void lookAtTheWay(ConnectFailure& failure, std::uint32_t interface) {
    if (failure.target.isWildcard()) return;
    const auto way = lookAtRoute(failure.target, {}, interface);
    if (!way) return;
    failure.route = way->answer;
    if (failure.local.isValid())
        if (const auto from = lookAtRoute(failure.target, failure.local, interface))
            failure.routeFrom = from->answer;
    if (failure.error == EHOSTUNREACH && !failure.atOnce) failure.neighbour = lookAtNeighbour(*way);
}

}  // namespace

std::string connectCause(const Environment& env, const FailedConnect& failed) {
    ConnectFailure failure;
    failure.tcp = isTcp(env.record.config.role);
    failure.error = failed.error;
    failure.atOnce = failed.atOnce;
    failure.waitedNs = CaptureStore::nowNs() - failed.beganNs;
    failure.target = failed.target;
    failure.local = failed.local;
    if (failure.tcp) failure.trace = traceOf(failed.fd);
    failure.told = readTold(env, failed.fd);
    lookAtTheWay(failure, boundInterface(failed.fd));
    if (failed.error == ECONNREFUSED || failed.error == ETIMEDOUT) lookForListeners(failure);
    if (failed.error == EADDRNOTAVAIL && failed.local.isValid()) lookForSamePair(failure);
    if (failed.error == EINVAL) failure.upInterfaces = interfaceNames().up;
    return connectCause(failure);
}

std::string sendCause(const CallResult& result, int fd, const SocketAddress& target,
                      const SocketAddress& local) {
    ConnectFailure failure;
    failure.tcp = false;
    failure.error = result.error;
    failure.atOnce = true;
    failure.waitedNs = result.durationNs;
    failure.target = target;
    failure.local = local;
    lookAtTheWay(failure, boundInterface(fd));
    // The error may be about an earlier datagram: only what is so for this one's target is said.
    const bool told = (failure.route && failure.route->error == result.error) ||
                      (failure.routeFrom && failure.routeFrom->error == result.error) ||
                      (result.error == EACCES && failure.route && failure.route->broadcast);
    return told ? connectCause(failure) : std::string();
}

std::string bindCause(const Environment& env, int fd, int socketFamily, const SocketAddress& wanted,
                      int error, bool reuseWasOn) {
    BindFailure failure;
    failure.error = error;
    failure.wanted = wanted;
    failure.reuseWasOn = reuseWasOn;
    failure.tcp = isTcp(env.record.config.role);
    failure.socketFamily = socketFamily;
    failure.v6Only = socketFamily == AF_INET6 && lookAtBinding(fd, wanted, failure.tcp).v6Only;
    if (error == EADDRINUSE) {
        failure.holders = portHolders(wanted, failure.tcp, inodeOf(fd), failure.v6Only);
        failure.toldOfBound = tellsOfBound();
        failure.portRange = portRange();
        env.record.portHolders.set(failure.holders);
        env.record.portOwner.set(portOwner(failure.holders.first));
    }
    if (error == EADDRNOTAVAIL) findPlace(failure);
    if (error == EINVAL || error == ENODEV) failure.upInterfaces = interfaceNames().up;
    if (error == EACCES) {
        failure.firstFreePort = firstFreePort();
        failure.mayBindLowPorts = mayBindLowPorts();
        failure.uid = ::geteuid();
    }
    return bindCause(failure);
}

std::string resolveCause(const Resolution& resolution) {
    InterfaceNames names;
    if (resolution.node.find('%') != std::string::npos) names = interfaceNames();
    return resolveCause(ResolveFailure{resolution.code, resolution.error, resolution.durationNs,
                                       resolution.node, resolution.service, nameServers(),
                                       std::move(names.all), std::move(names.up)});
}

std::string transferCause(const FailedTransfer& failed) {
    TransferFailure failure{failed.error, failed.sending, failed.accepted,
                            CaptureStore::nowNs() - failed.openedNs, traceOf(failed.fd)};
    if (failed.shutDown && failure.trace.unacknowledged > 0) --failure.trace.unacknowledged;
    if (failed.eof && failure.trace.receivedBytes > 0) --failure.trace.receivedBytes;
    return transferCause(failure);
}

}  // namespace sockstage
