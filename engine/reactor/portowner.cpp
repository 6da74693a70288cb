#include "portowner.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>
#include <vector>

#include "payloadtext.h"

namespace sockstage {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view listening = "0A";
constexpr std::string_view timeWait = "06";

struct Holder {
    std::string state, inode;
};

/// The lines of /proc/net/tcp and its like whose local port this is (proc_net_tcp in the kernel's docs).
std::vector<Holder> holders(const std::string& table, std::uint16_t port) {
    std::vector<Holder> found;
    std::ifstream file("/proc/net/" + table);
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        std::istringstream fields(line);
        std::string slot, local, remote, state, queues, timer, retransmits, uid, timeout, inode;
        fields >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> uid >> timeout >>
            inode;
        std::uint16_t found16 = 0;
        const std::size_t colon = local.find(':');
        if (colon == std::string::npos) continue;
        std::from_chars(local.data() + colon + 1, local.data() + local.size(), found16, 16);
        if (found16 == port) found.push_back({state, inode});
    }
    return found;
}

bool holdsSocket(const fs::path& process, const std::string& inode) {
    std::error_code ignored;
    const std::string wanted = "socket:[" + inode + "]";
    for (fs::directory_iterator it(process / "fd", ignored), end; !ignored && it != end;
         it.increment(ignored)) {
        std::error_code unreadable;
        if (fs::read_symlink(it->path(), unreadable).string() == wanted) return true;
    }
    return false;
}

std::optional<std::string> processHolding(const std::string& inode) {
    std::error_code ignored;
    for (fs::directory_iterator it("/proc", ignored), end; !ignored && it != end; it.increment(ignored)) {
        const std::string id = it->path().filename().string();
        if (id.find_first_not_of("0123456789") != std::string::npos || !holdsSocket(it->path(), inode))
            continue;
        std::string name;
        std::ifstream file(it->path() / "comm");
        std::getline(file, name);
        return escapedText(name) + ", process " + id;
    }
    return std::nullopt;
}

}  // namespace

std::string portOwner(const SocketAddress& address, bool tcp) {
    std::vector<Holder> found;
    for (const std::string& table : {std::string(tcp ? "tcp" : "udp"), std::string(tcp ? "tcp6" : "udp6")})
        for (Holder& holder : holders(table, address.port()))
            found.push_back(std::move(holder));
    // A listener before a connection that merely uses the port.
    std::stable_sort(found.begin(), found.end(), [](const Holder& a, const Holder& b) {
        return a.state == listening && b.state != listening;
    });
    for (const Holder& holder : found)
        if (holder.inode != "0")
            if (auto process = processHolding(holder.inode)) return *process;
    const bool waiting =
        std::any_of(found.begin(), found.end(), [](const Holder& h) { return h.state == timeWait; });
    return waiting ? "an ended connection in TIME_WAIT" : "";
}

}  // namespace sockstage
