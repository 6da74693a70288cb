// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace sockstage {

enum class Role : std::uint8_t { TcpServer, TcpClient, UdpServer, UdpClient };
inline constexpr std::array<Role, 4> allRoles{Role::TcpServer, Role::TcpClient, Role::UdpServer,
                                              Role::UdpClient};

constexpr bool isTcp(Role role) {
    return role == Role::TcpServer || role == Role::TcpClient;
}
constexpr bool isServer(Role role) {
    return role == Role::TcpServer || role == Role::UdpServer;
}

/// "tcp-server": the word of the command line and the events.
std::string_view roleName(Role role);
/// "TCP server": the word on screen.
std::string_view roleTitle(Role role);

/// The stages of a socket's life. Each carries the libc name that people know it by.
enum class Stage : std::uint8_t {
    Getaddrinfo,
    Socket,
    Bind,
    Listen,
    Accept,
    Connect,
    Recv,
    Send,
    Shutdown,
    Close
};
inline constexpr std::size_t stageCount = 10;

std::string_view stageName(Stage stage);
std::optional<Stage> stageFromName(std::string_view name);

/// The order in which a socket of this role is set up; the part before the first recv or send.
std::span<const Stage> setupOrder(Role role);
/// setupOrder, then recv send shutdown close as far as the role's own socket or its clients have them.
std::span<const Stage> fullOrder(Role role);

enum class StageState : std::uint8_t { NotYet, Waiting, Done, Failed, Held, Skipped };
/// "waiting", "done" ...: the word of the events and of the screen.
std::string_view stageStateName(StageState state);

/// A small set of stages, for example those that are held.
class StageSet {
public:
    constexpr StageSet() = default;
    constexpr bool contains(Stage stage) const { return (bits_ & bit(stage)) != 0; }
    constexpr bool empty() const { return bits_ == 0; }
    constexpr void insert(Stage stage) { bits_ = static_cast<std::uint16_t>(bits_ | bit(stage)); }
    constexpr void erase(Stage stage) { bits_ = static_cast<std::uint16_t>(bits_ & ~bit(stage)); }
    constexpr std::uint16_t bits() const { return bits_; }
    static constexpr StageSet all() { return fromBits((1U << stageCount) - 1); }
    static constexpr StageSet fromBits(std::uint16_t bits) {
        StageSet set;
        set.bits_ = bits;
        return set;
    }
    constexpr bool operator==(const StageSet&) const = default;

private:
    static constexpr std::uint16_t bit(Stage stage) {
        return static_cast<std::uint16_t>(1U << static_cast<unsigned>(stage));
    }
    std::uint16_t bits_ = 0;
};

/// What is known of one stage of the session's own socket. Written by the worker, read by anyone.
struct StageStatus {
    std::atomic<StageState> state{StageState::NotYet};
    std::atomic<std::int64_t> sinceNs{0};      ///< when this state began, the capture's clock
    std::atomic<std::int64_t> durationNs{-1};  ///< of the stage's last principal call; -1 before one
    std::atomic<std::int64_t> calledNs{0};     ///< when that call was over, the capture's clock; 0 before one
    std::atomic<int> error{0};                 ///< errno of the last failure; EAI_ code for getaddrinfo
    std::atomic<std::uint64_t> count{0};  ///< principal calls that succeeded (clients accepted, recvs ...)
    std::atomic<std::uint64_t> firstRow{noRow};  ///< first capture row of the latest attempt at this stage
    std::atomic<std::uint64_t> lastRow{noRow};   ///< the latest principal call of this stage
    std::atomic<std::uint32_t> attempt{0};       ///< 1 for the first address that was tried
    std::atomic<std::uint32_t> armed{0};  ///< steps that wait for something to do: a client, a datagram
    static constexpr std::uint64_t noRow = ~std::uint64_t{0};
};

/// The stages of one session: an array of atomics, no lock. Held stages are a set apart from the
/// states, because a stage can be marked to be held long before the session reaches it.
class StageTable {
public:
    StageStatus& at(Stage stage) { return statuses_[static_cast<std::size_t>(stage)]; }
    const StageStatus& at(Stage stage) const { return statuses_[static_cast<std::size_t>(stage)]; }

    StageSet held() const { return StageSet::fromBits(held_.load(std::memory_order_relaxed)); }
    void setHeld(StageSet held) { held_.store(held.bits(), std::memory_order_relaxed); }

private:
    std::array<StageStatus, stageCount> statuses_;
    std::atomic<std::uint16_t> held_{0};
};

}  // namespace sockstage
