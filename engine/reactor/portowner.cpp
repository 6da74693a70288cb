// SPDX-License-Identifier: GPL-3.0-or-later
#include "portowner.h"

#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>
#include <unordered_map>

#include "payloadtext.h"
#include "sockdiag.h"

namespace sockstage {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t mostHolders = 100;

struct Found {
    PortHolder holder;
    std::uint32_t inode = 0;
};

struct Process {
    int pid = 0;
    std::string name;
};

// Sockets ----------------------------------------------------------------------------------------

PortHolder holderOf(const DiagSocket& socket, bool tcp) {
    PortHolder holder;
    holder.tcp = tcp;
    holder.local = socket.local;
    if (socket.remote.port() != 0) holder.remote = socket.remote;
    holder.state = socket.state;
    holder.uid = socket.uid;
    holder.v6Only = socket.v6Only;
    if (socket.state == TcpState::TimeWait) holder.timeWaitMs = std::max<std::int64_t>(socket.timerMs, 0);
    return holder;
}

template <typename Number>
Number fromHex(std::string_view text) {
    Number number{};
    std::from_chars(text.data(), text.data() + text.size(), number, 16);
    return number;
}

/// "0100007F:1F90": each group of eight digits is a word in this machine's byte order.
SocketAddress addressFromProc(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return {};
    const bool v6 = colon == 32;
    auto address =
        *SocketAddress::fromNumeric(v6 ? "::" : "0.0.0.0", fromHex<std::uint16_t>(text.substr(colon + 1)));
    std::vector<std::byte> bytes(address.bytes().begin(), address.bytes().end());
    const std::size_t at = v6 ? 8 : 4;  // sin6_addr, sin_addr
    for (std::size_t word = 0; word * 8 < colon; ++word) {
        const auto value = fromHex<std::uint32_t>(text.substr(word * 8, 8));
        std::memcpy(bytes.data() + at + word * sizeof value, &value, sizeof value);
    }
    return SocketAddress::fromBytes(bytes);
}

/// The lines of /proc/net/tcp and its like whose local port this is (proc_net_tcp in the kernel's docs).
std::vector<Found> fromProc(const std::string& table, std::uint16_t port, bool tcp) {
    std::vector<Found> all;
    std::ifstream file("/proc/net/" + table);
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        std::istringstream fields(line);
        std::string slot, local, remote, state, queues, timer, retransmits, uid, timeout, inode;
        fields >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> uid >> timeout >>
            inode;
        DiagSocket socket;
        socket.local = addressFromProc(local);
        if (!socket.local.isValid() || socket.local.port() != port) continue;
        socket.remote = addressFromProc(remote);
        if (tcp) socket.state = tcpStateFromKernel(fromHex<unsigned>(state));
        const std::size_t when = timer.find(':');
        constexpr std::int64_t msPerTick = 10;  // USER_HZ is 100
        if (when != std::string::npos)
            socket.timerMs = fromHex<std::int64_t>(std::string_view(timer).substr(when + 1)) * msPerTick;
        socket.uid = static_cast<std::uint32_t>(std::strtoul(uid.c_str(), nullptr, 10));
        all.push_back(
            {holderOf(socket, tcp), static_cast<std::uint32_t>(std::strtoul(inode.c_str(), nullptr, 10))});
    }
    return all;
}

std::vector<Found> socketsOf(bool tcp, int family, std::uint16_t port) {
    SockDiag diag;
    if (const auto told = diag.socketsOnPort(tcp, family, port)) {
        std::vector<Found> all;
        for (const DiagSocket& socket : *told)
            all.push_back({holderOf(socket, tcp), socket.inode});
        return all;
    }
    return fromProc(std::string(tcp ? "tcp" : "udp") + (family == AF_INET6 ? "6" : ""), port, tcp);
}

/// The host for which an address is taken: of a mapped one the IPv4 address that it stands for.
std::string plainHost(const SocketAddress& address) {
    const std::string text = address.hostText();
    return address.isV4Mapped() ? text.substr(text.rfind(':') + 1) : text;
}

/// Both are one address, or one of them stands for all of what the other is. An IPv6 socket for all addresses
/// is one for IPv4 too, unless it says otherwise.
bool overlaps(const SocketAddress& a, bool aV6Only, const SocketAddress& b, bool bV6Only) {
    const auto isV4 = [](const SocketAddress& address) { return address.isIpv4() || address.isV4Mapped(); };
    const auto standsForAll = [](const SocketAddress& address) {
        return address.isWildcard() && !address.isIpv4() && !address.isV4Mapped();
    };
    if (isV4(a) == isV4(b)) return a.isWildcard() || b.isWildcard() || plainHost(a) == plainHost(b);
    return (standsForAll(a) && !aV6Only) || (standsForAll(b) && !bV6Only);
}

int rank(const PortHolder& holder) {
    if (holder.state == TcpState::Listen) return 0;
    if (holder.state == TcpState::Closed || holder.state == TcpState::Unknown) return 1;
    return holder.state == TcpState::TimeWait ? 3 : 2;
}

// Processes --------------------------------------------------------------------------------------

using Processes = std::unordered_map<std::uint32_t, Process>;

std::string nameOf(const fs::path& process) {
    std::string name;
    std::ifstream file(process / "comm");
    std::getline(file, name);
    return name;
}

/// "socket:[12345]"
std::uint32_t socketInode(const std::string& link) {
    constexpr std::string_view head = "socket:[";
    if (!link.starts_with(head)) return 0;
    std::uint32_t inode = 0;
    std::from_chars(link.data() + head.size(), link.data() + link.size(), inode);
    return inode;
}

/// Fills in those of the wanted inodes that this process has open.
void lookInto(const fs::path& process, int pid, Processes& wanted) {
    std::error_code ignored;
    for (fs::directory_iterator it(process / "fd", ignored), end; !ignored && it != end;
         it.increment(ignored)) {
        std::error_code unreadable;
        const auto found = wanted.find(socketInode(fs::read_symlink(it->path(), unreadable).string()));
        if (found != wanted.end() && found->second.pid == 0) found->second = {pid, nameOf(process)};
    }
}

void findProcesses(Processes& wanted) {
    std::error_code ignored;
    for (fs::directory_iterator it("/proc", ignored), end; !ignored && it != end; it.increment(ignored)) {
        const std::string id = it->path().filename().string();
        if (id.find_first_not_of("0123456789") == std::string::npos)
            lookInto(it->path(), static_cast<int>(std::strtol(id.c_str(), nullptr, 10)), wanted);
    }
}

void nameProcesses(std::vector<Found>& all) {
    Processes wanted;
    for (const Found& each : all)
        if (each.inode != 0) wanted[each.inode];
    if (!wanted.empty()) findProcesses(wanted);
    for (Found& each : all) {
        const auto found = wanted.find(each.inode);
        if (found == wanted.end()) continue;
        each.holder.pid = found->second.pid;
        each.holder.process = found->second.name;
    }
}

}  // namespace

PortHolders portHolders(const SocketAddress& address, bool tcp, std::uint32_t ownInode, bool v6Only) {
    if (address.port() == 0) return {};  // any free port was requested: it has no holder
    std::vector<Found> all = socketsOf(tcp, AF_INET, address.port());
    const std::vector<Found> v6 = socketsOf(tcp, AF_INET6, address.port());
    all.insert(all.end(), v6.begin(), v6.end());
    std::erase_if(all, [&](const Found& each) {
        const bool own = ownInode != 0 && each.inode == ownInode;
        return own || !overlaps(each.holder.local, each.holder.v6Only, address, v6Only);
    });
    std::stable_sort(all.begin(), all.end(),
                     [](const Found& a, const Found& b) { return rank(a.holder) < rank(b.holder); });
    PortHolders holders;
    holders.wanted = address;
    for (std::size_t i = mostHolders; i < all.size(); ++i)
        ++holders.rest[all[i].holder.state];
    all.resize(std::min(all.size(), mostHolders));
    nameProcesses(all);
    holders.first.reserve(all.size());
    for (Found& each : all)
        holders.first.push_back(std::move(each.holder));
    return holders;
}

std::string portOwner(const std::vector<PortHolder>& holders) {
    for (const PortHolder& holder : holders)
        if (holder.pid != 0) return escapedText(holder.process) + ", process " + std::to_string(holder.pid);
    const bool waiting = std::any_of(holders.begin(), holders.end(), [](const PortHolder& holder) {
        return holder.state == TcpState::TimeWait;
    });
    return waiting ? "an ended connection in TIME_WAIT" : "";
}

}  // namespace sockstage
