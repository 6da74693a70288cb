#include "failurefacts.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <utility>

#include "kernellook.h"
#include "localaddresses.h"
#include "portowner.h"

namespace sockstage {
namespace {

constexpr int mostMessages = 8;

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
    return connectCause(failure);
}

std::string bindCause(const Environment& env, int fd, const SocketAddress& wanted, int error,
                      bool reuseWasOn) {
    BindFailure failure;
    failure.error = error;
    failure.wanted = wanted;
    failure.reuseWasOn = reuseWasOn;
    if (error == EADDRINUSE) {
        PortHolders found = portHolders(wanted, isTcp(env.record.config.role), inodeOf(fd));
        failure.holders = std::move(found.first);
        failure.moreHolders = found.more;
        env.record.portHolders.set(failure.holders);
        env.record.portOwner.set(portOwner(failure.holders));
    }
    if (error == EADDRNOTAVAIL) failure.addressHere = isLocalAddress(wanted);
    if (error == EACCES) {
        failure.firstFreePort = firstFreePort();
        failure.mayBindLowPorts = mayBindLowPorts();
        failure.uid = ::geteuid();
    }
    return bindCause(failure);
}

std::string resolveCause(const Resolution& resolution) {
    return resolveCause(ResolveFailure{resolution.code, resolution.error, resolution.durationNs,
                                       resolution.node, resolution.service, nameServers()});
}

std::string transferCause(int fd, int error, bool sending, bool shutDown, std::int64_t openedNs) {
    TransferFailure failure{error, sending, CaptureStore::nowNs() - openedNs, traceOf(fd)};
    if (shutDown && failure.trace.unacknowledged > 0) --failure.trace.unacknowledged;
    return transferCause(failure);
}

}  // namespace sockstage
