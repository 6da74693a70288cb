// SPDX-License-Identifier: GPL-3.0-or-later
#include "programparts.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace sockstage {
namespace {

constexpr std::string_view addressText = R"(
/// An address as the socket calls take it.
struct Address {
    sockaddr_storage storage{};
    socklen_t length = 0;

    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};
)";

constexpr std::string_view addressRoomText = R"(
/// An address as the socket calls take it, or room for one that they fill in.
struct Address {
    sockaddr_storage storage{};
    socklen_t length = 0;

    sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
    /// The call reads here how much room there is, and writes how much it used.
    socklen_t* room() {
        length = sizeof storage;
        return &length;
    }
};
)";

constexpr std::string_view ipv4Text = R"(
Address ipv4(const char* host, std::uint16_t port) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    if (inet_pton(AF_INET, host, &in.sin_addr) != 1) {
        std::fprintf(stderr, "%s is not an IPv4 address\n", host);
        std::exit(EXIT_FAILURE);
    }
    Address address;
    std::memcpy(&address.storage, &in, sizeof in);
    address.length = sizeof in;
    return address;
}
)";

constexpr std::string_view ipv6Text = R"(
Address ipv6(const char* host, std::uint16_t port, std::uint32_t scope, std::uint32_t flow) {
    sockaddr_in6 in6{};
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(port);
    in6.sin6_scope_id = scope;
    in6.sin6_flowinfo = htonl(flow);
    if (inet_pton(AF_INET6, host, &in6.sin6_addr) != 1) {
        std::fprintf(stderr, "%s is not an IPv6 address\n", host);
        std::exit(EXIT_FAILURE);
    }
    Address address;
    std::memcpy(&address.storage, &in6, sizeof in6);
    address.length = sizeof in6;
    return address;
}
)";

constexpr std::string_view showText = R"(
/// The port may be one that the kernel chose just now.
void show(const char* name, const Address& address) {
    char host[INET6_ADDRSTRLEN] = "?";
    unsigned port = 0;
    if (address.storage.ss_family == AF_INET) {
        sockaddr_in in{};
        std::memcpy(&in, &address.storage, sizeof in);
        inet_ntop(AF_INET, &in.sin_addr, host, sizeof host);
        port = ntohs(in.sin_port);
    } else if (address.storage.ss_family == AF_INET6) {
        sockaddr_in6 in6{};
        std::memcpy(&in6, &address.storage, sizeof in6);
        inet_ntop(AF_INET6, &in6.sin6_addr, host, sizeof host);
        port = ntohs(in6.sin6_port);
    }
    std::printf("%s is bound to %s port %u\n", name, host, port);
    std::fflush(stdout);
}
)";

constexpr std::string_view checkText = R"(
/// For a call that went well when it was recorded: where it fails now, the program cannot go on.
template <typename Result>
Result check(const char* call, Result result) {
    if (result < 0) {
        std::fprintf(stderr, "%s: %s\n", call, std::strerror(errno));
        std::exit(EXIT_FAILURE);
    }
    return result;
}
)";

constexpr std::string_view differencesText = R"(
int differences = 0;
)";

constexpr std::string_view expectErrorText = R"(
/// For a call that failed when it was recorded: tells when it goes otherwise now.
void expectError(const char* call, ssize_t result, int recorded) {
    const int error = result < 0 ? errno : 0;
    if (error == recorded) return;
    ++differences;
    std::fprintf(stderr, "%s: now \"%s\"", call, std::strerror(error));
    std::fprintf(stderr, ", when recorded \"%s\"\n", std::strerror(recorded));
}
)";

constexpr std::string_view expectValueText = R"(
void expectValue(const char* call, int value, int recorded) {
    if (value == recorded) return;
    ++differences;
    std::fprintf(stderr, "%s: now %d, when recorded %d\n", call, value, recorded);
}
)";

constexpr std::string_view movedText = R"(
/// How many bytes a call moves is for the kernel and the peer to decide: another number is only told.
void moved(const char* call, ssize_t result, ssize_t recorded) {
    if (result < 0 && errno != EAGAIN) check(call, result);
    if (result == recorded) return;
    ++differences;
    std::fprintf(stderr, "%s: returned %zd now, %zd when recorded\n", call, result, recorded);
}
)";

constexpr std::string_view resolvedText = R"(
void resolved(const char* call, int code, int recorded) {
    if (code == recorded) return;
    std::fprintf(stderr, "%s: now \"%s\"", call, gai_strerror(code));
    std::fprintf(stderr, ", when recorded \"%s\"\n", gai_strerror(recorded));
    if (code != 0) std::exit(EXIT_FAILURE);
}
)";

constexpr std::string_view waitText = R"(
constexpr int patienceMs = 10000;

/// The sockets do not block (SOCK_NONBLOCK): a call that came too early would fail with EAGAIN. The program that
/// was recorded asked epoll when to call; this one asks poll(). An error ends the wait too, also where
/// `events` is 0. -1 waits for as long as it takes.
void waitFor(const char* name, int fd, short events, int timeoutMs = patienceMs) {
    pollfd one{fd, events, 0};
    if (check("poll", poll(&one, 1, timeoutMs)) == 0)
        std::fprintf(stderr, "%s: waited %d ms in vain\n", name, timeoutMs);
}
)";

constexpr std::array<std::string_view, 7> newOptions{
    "IPV6_AUTOFLOWLABEL", "IPV6_FREEBIND",    "IPV6_MINHOPCOUNT", "TCP_TX_DELAY",
    "UDP_NO_CHECK6_RX",   "UDP_NO_CHECK6_TX", "UDP_SEGMENT"};

/// The kernel knows options that a C library's headers do not have yet.
std::string missingOptions(const std::map<std::string, int>& options) {
    std::string text;
    for (const auto& [name, number] : options)
        if (std::find(newOptions.begin(), newOptions.end(), name) != newOptions.end())
            text.append("#ifndef ")
                .append(name)
                .append("\n#define ")
                .append(name)
                .append(" ")
                .append(std::to_string(number))
                .append("\n#endif\n");
    return text.empty() ? text : '\n' + text;
}

}  // namespace

std::string programIncludes(const ProgramNeeds& needs) {
    std::string text;
    const auto include = [&text](bool wanted, std::string_view name) {
        if (wanted) text.append("#include <").append(name).append(">\n");
    };
    const bool numbers = needs.ipv4 || needs.ipv6;
    include(numbers || needs.show, "arpa/inet.h");
    include(needs.resolved, "netdb.h");
    include(true, "netinet/in.h");
    include(needs.tcpOptions, "netinet/tcp.h");
    include(needs.udpOptions, "netinet/udp.h");
    include(needs.waits, "poll.h");
    include(true, "sys/socket.h");
    include(needs.close, "unistd.h");
    text += '\n';
    include(true, "cerrno");
    include(numbers, "cstdint");
    include(true, "cstdio");
    include(true, "cstdlib");
    include(true, "cstring");
    include(needs.buffer != 0 || needs.zeros != 0, "vector");
    return text + missingOptions(needs.options);
}

std::string programFunctions(ProgramNeeds needs) {
    needs.check = needs.check || needs.waits || needs.moved;
    std::string text;
    const auto add = [&text](bool wanted, std::string_view part) {
        if (wanted) text += part;
    };
    add(needs.address, needs.addressRoom ? addressRoomText : addressText);
    add(needs.ipv4, ipv4Text);
    add(needs.ipv6, ipv6Text);
    add(needs.show, showText);
    add(needs.check, checkText);
    add(needs.differences, differencesText);
    add(needs.expectError, expectErrorText);
    add(needs.expectValue, expectValueText);
    add(needs.moved, movedText);
    add(needs.resolved, resolvedText);
    add(needs.waits, waitText);
    return text.empty() ? text : "\nnamespace {\n" + text + "\n}  // namespace\n";
}

std::string programBegin(const ProgramNeeds& needs) {
    std::string text;
    if (needs.buffer != 0)
        text += "    std::vector<char> buffer(" + std::to_string(needs.buffer) + ");  // what is received\n";
    if (needs.zeros != 0)
        text += "    const std::vector<char> zeros(" + std::to_string(needs.zeros) +
                ");  // stands for data that is not written out\n";
    return text;
}

std::string programEnd(const ProgramNeeds& needs) {
    std::string text;
    if (needs.differences)
        text =
            "\n    if (differences != 0)\n"
            "        std::fprintf(stderr, \"%d calls went otherwise than when they were recorded\\n\", "
            "differences);\n";
    return text + "    return EXIT_SUCCESS;\n";
}

}  // namespace sockstage
