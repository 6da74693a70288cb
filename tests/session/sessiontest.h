// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <QtTest>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "calltext.h"
#include "session.h"
#include "socketaddress.h"

namespace sockstage {

/// The other end, in plain blocking socket calls, on loopback.
class Peer {
public:
    explicit Peer(int type = SOCK_STREAM, int family = AF_INET) : fd_(::socket(family, type, 0)) {
        const timeval patience{10, 0};
        setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }
    Peer(Peer&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Peer& operator=(Peer&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    Peer(const Peer&) = delete;
    ~Peer() { close(); }

    static Peer connectedTo(const SocketAddress& address, int type = SOCK_STREAM) {
        Peer peer(type, address.family());
        if (::connect(peer.fd_, address.data(), address.length()) != 0)
            qFatal("connect: %s", strerror(errno));
        return peer;
    }
    static Peer boundTo(const char* host, int type = SOCK_STREAM) {
        const SocketAddress address = *SocketAddress::fromNumeric(host, 0);
        Peer peer(type, address.family());
        if (::bind(peer.fd_, address.data(), address.length()) != 0) qFatal("bind: %s", strerror(errno));
        if (type == SOCK_STREAM && ::listen(peer.fd_, 16) != 0) qFatal("listen: %s", strerror(errno));
        return peer;
    }
    Peer accept() const {
        const int fd = ::accept(fd_, nullptr, nullptr);
        if (fd < 0) qFatal("accept: %s", strerror(errno));
        return Peer(fd, 0, 0);
    }
    SocketAddress address() const {
        sockaddr_storage storage{};
        socklen_t length = sizeof storage;
        getsockname(fd_, reinterpret_cast<sockaddr*>(&storage), &length);
        return {reinterpret_cast<sockaddr*>(&storage), length};
    }
    int fd() const { return fd_; }
    void send(std::string_view text) const {
        if (::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) != ssize_t(text.size()))
            qFatal("send: %s", strerror(errno));
    }
    /// One recv: what came, empty at the end or after ten seconds.
    std::string receive(std::size_t size = 65536) const {
        std::string text(size, '\0');
        const ssize_t n = ::recv(fd_, text.data(), size, 0);
        text.resize(static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
        return text;
    }
    /// Until so many bytes came or the peer ended.
    std::string receiveAll(std::size_t size) const {
        std::string text;
        while (text.size() < size) {
            const std::string more = receive(size - text.size());
            if (more.empty()) break;
            text += more;
        }
        return text;
    }
    void shutdownSending() const { ::shutdown(fd_, SHUT_WR); }
    void reset() {
        const linger now{1, 0};
        setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        close();
    }
    void close() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }

private:
    Peer(int fd, int /*accepted*/, int /*unused*/) : fd_(fd) {
        const timeval patience{10, 0};
        setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }
    int fd_;
};

inline SocketConfig config(Role role, const std::string& host = "127.0.0.1", std::uint16_t port = 0) {
    SocketConfig made;
    made.role = role;
    made.endpoint = {host, std::to_string(port)};
    made.captureBytes = std::size_t{16} << 20;
    return made;
}

inline SocketConfig clientOf(const Peer& server, Role role = Role::TcpClient) {
    return config(role, server.address().hostText(), server.address().port());
}

/// Every call on record so far, as its line.
inline std::vector<std::string> lines(const Session& session) {
    std::vector<std::string> all;
    for (std::uint64_t row = session.capture().beginRow(); row < session.capture().endRow(); ++row) {
        const auto pin = session.capture().pin(row);
        if (!pin || pin.record(row).call == Call::Mark) continue;
        all.push_back(callText(pin.record(row), pin.bytes(pin.record(row)), CallNotation::Libc));
    }
    return all;
}

inline std::vector<std::string> marks(const Session& session) {
    std::vector<std::string> all;
    for (std::uint64_t row = session.capture().beginRow(); row < session.capture().endRow(); ++row) {
        const auto pin = session.capture().pin(row);
        if (!pin || pin.record(row).call != Call::Mark) continue;
        const CallRecord& record = pin.record(row);
        all.push_back(std::string(stageName(record.stage)) + " " +
                      std::string(stageStateName(record.markState())) + ": " +
                      callText(record, pin.bytes(record)));
    }
    return all;
}

inline int count(const std::vector<std::string>& all, std::string_view part) {
    return static_cast<int>(std::count_if(all.begin(), all.end(), [part](const std::string& line) {
        return line.find(part) != std::string::npos;
    }));
}

/// The data of all calls of these kinds in one string, in order.
inline std::string data(const Session& session, bool received, std::uint32_t connection = 0) {
    std::string text;
    for (std::uint64_t row = session.capture().beginRow(); row < session.capture().endRow(); ++row) {
        const auto pin = session.capture().pin(row);
        const CallRecord& record = pin.record(row);
        if (connection != 0 && record.connection != connection) continue;
        if (received ? !isReceive(record.call) : !isSend(record.call)) continue;
        const auto bytes = pin.data(record);
        text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
    return text;
}

inline StageState state(const Session& session, Stage stage) {
    return session.stages().at(stage).state.load();
}

inline std::unique_ptr<Session> opened(const SocketConfig& socketConfig) {
    auto session = std::make_unique<Session>(socketConfig);
    session->open();
    return session;
}

inline bool awaitState(const Session& session, Stage stage, StageState wanted) {
    return QTest::qWaitFor([&] { return state(session, stage) == wanted; }, 10'000);
}

inline std::unique_ptr<Session> listening(const SocketConfig& socketConfig) {
    auto session = opened(socketConfig);
    const Stage last = socketConfig.role == Role::TcpServer ? Stage::Accept : Stage::Recv;
    const bool held = socketConfig.held.contains(last);
    if (!awaitState(*session, last, held ? StageState::Held : StageState::Waiting))
        qFatal("not listening: %s", qPrintable(session->failure()));
    return session;
}

}  // namespace sockstage
