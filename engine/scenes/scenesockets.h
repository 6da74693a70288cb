// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "session.h"

namespace sockstage {

/// The sockets of one running scene, by the names that its texts use. They belong to the caller that opened
/// them and may be taken away at any time. Lives with its Scene.
class SceneSockets {
public:
    using OpenSocket = std::function<Session*(const SocketConfig&)>;

    explicit SceneSockets(OpenSocket open) : open_(std::move(open)) {}

    /// A server on 127.0.0.1 that takes a free port.
    static SocketConfig server(std::string name, Role role = Role::TcpServer);
    /// The same on the port that the named server has got.
    SocketConfig serverOnPortOf(std::string name, const std::string& server) const;
    SocketConfig clientOf(std::string name, const std::string& server, Role role = Role::TcpClient) const;
    void open(const SocketConfig& config);

    /// Every one that was opened is still there.
    bool isComplete() const;
    /// Must be open and there.
    Session& at(const std::string& name) const;
    Session* find(const std::string& name) const;

    /// Samples the kernel's facts of one socket while it is not observed otherwise (see Session::observe).
    void observe(const std::string& name, std::uint32_t connection);
    /// What the kernel said last; nothing for a socket that is not observed.
    KernelFacts facts(const std::string& name, std::uint32_t connection) const;
    /// What it said last before this moment of the capture's clock; nothing where that is not kept.
    std::optional<KernelFacts> factsBefore(const std::string& name, std::uint32_t connection,
                                           std::int64_t ns) const;
    /// Once for each look at the conditions: keeps the kernel's side of all its sockets sampled.
    void look();
    /// Looks at the table no more. What is observed stays so until it is gone: the window may observe it too.
    void lookAway();
    /// Closes what is open.
    void close();

private:
    struct Member {
        std::string name;
        QPointer<Session> session;
        std::optional<std::uint32_t> observed;
    };
    const Member& member(const std::string& name) const;
    static void lookClosely(const Member& member);

    OpenSocket open_;
    std::vector<Member> members_;
};

}  // namespace sockstage
