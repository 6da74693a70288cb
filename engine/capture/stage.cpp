// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage.h"

namespace sockstage {
namespace {

using enum Stage;

constexpr std::array<std::string_view, stageCount> stageNames{
    "getaddrinfo", "socket", "bind", "listen", "accept", "connect", "recv", "send", "shutdown", "close"};
constexpr std::array<std::string_view, 6> stateNames{"not yet", "waiting", "done",
                                                     "failed",  "held",    "skipped"};
constexpr std::array<std::string_view, 4> roleNames{"tcp-server", "tcp-client", "udp-server", "udp-client"};
constexpr std::array<std::string_view, 4> roleTitles{"TCP server", "TCP client", "UDP server", "UDP client"};

// Each table is the set-up order followed by the stages of a socket that is set up.
constexpr std::array tcpServer{Getaddrinfo, Socket, Bind, Listen, Accept, Recv, Send, Close};
constexpr std::array tcpClient{Getaddrinfo, Socket, Bind, Connect, Recv, Send, Shutdown, Close};
constexpr std::array udpServer{Getaddrinfo, Socket, Bind, Recv, Send, Close};
constexpr std::array udpClient{Getaddrinfo, Socket, Bind, Connect, Recv, Send, Close};

}  // namespace

std::string_view roleName(Role role) {
    return roleNames[static_cast<std::size_t>(role)];
}

std::string_view roleTitle(Role role) {
    return roleTitles[static_cast<std::size_t>(role)];
}

std::string_view stageName(Stage stage) {
    return stageNames[static_cast<std::size_t>(stage)];
}

std::optional<Stage> stageFromName(std::string_view name) {
    for (std::size_t i = 0; i < stageCount; ++i)
        if (stageNames[i] == name) return static_cast<Stage>(i);
    return std::nullopt;
}

std::span<const Stage> fullOrder(Role role) {
    switch (role) {
        case Role::TcpServer:
            return tcpServer;
        case Role::TcpClient:
            return tcpClient;
        case Role::UdpServer:
            return udpServer;
        case Role::UdpClient:
            return udpClient;
    }
    return {};
}

std::span<const Stage> setupOrder(Role role) {
    const auto order = fullOrder(role);
    std::size_t length = 0;
    while (order[length] != Recv)
        ++length;
    return order.first(length);
}

std::string_view stageStateName(StageState state) {
    return stateNames[static_cast<std::size_t>(state)];
}

}  // namespace sockstage
