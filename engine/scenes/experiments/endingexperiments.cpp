// SPDX-License-Identifier: GPL-3.0-or-later
#include <cerrno>

#include "experimentparts.h"
#include "scenefacts.h"

// Scenes about how a connection ends.
namespace sockstage::experiments {
namespace {

constexpr qsizetype messageBytes = 128'000;

ConfigOf plainClient(const std::string& name) {
    return [name](const SceneSockets& sockets) { return sockets.clientOf(name, "server"); };
}

/// A second client of the server, accepted as its connection 2.
void addClient(std::vector<SceneStep>& opening, const std::string& name) {
    opening.push_back(openConnected(name, plainClient(name)));
    opening.push_back(until("server", [](const Session& server) { return slotOf(server, 2) != nullptr; }));
}

bool endedWith(const Session& session, std::uint32_t connection, int error) {
    const ConnectionSlot* slot = slotOf(session, connection);
    return slot != nullptr && slot->endError.load(std::memory_order_relaxed) == error;
}

bool wasClosedUnread(const Session& session, std::uint32_t connection) {
    const ConnectionSlot* slot = slotOf(session, connection);
    return slot != nullptr && slot->unreadAtClose.load(std::memory_order_relaxed) > 0;
}

bool isHeld(const Session& session, std::uint32_t connection) {
    const ConnectionSlot* slot = slotOf(session, connection);
    return slot != nullptr && slot->receiving.load(std::memory_order_relaxed) == DirectionState::Held;
}

}  // namespace

Experiment halfClose() {
    std::vector<SceneStep> opening =
        openPair(SceneSockets::server("server"), "client", plainClient("client"));
    opening.push_back(observing("client", 0));
    return {"half-close",
            std::move(opening),
            {doing(
                 "client", [](Session& client) { client.shutdownSending({}); },
                 [](const SceneSockets& sockets) {
                     return isAt(sockets.at("client"), Stage::Shutdown, StageState::Done) &&
                            hasSeenEof(sockets.at("server"), 1) &&
                            isIn(sockets.at("client"), 1, TcpState::FinWait2) &&
                            isIn(sockets.at("server"), 1, TcpState::CloseWait);
                 }),
             doing(
                 "server", [](Session& server) { server.send({1}, "the answer\n"); },
                 [](const SceneSockets& sockets) { return receivedBytes(sockets.at("client"), 1) > 0; })
                 .at(1),
             doing(
                 "server", [](Session& server) { server.shutdownSending({1}); },
                 [](const SceneSockets& sockets) {
                     return hasSeenEof(sockets.at("client"), 1) && isClosed(sockets.at("client"), 1) &&
                            isClosed(sockets.at("server"), 1) &&
                            wasIn(sockets.at("client"), 1, TcpState::TimeWait);
                 })
                 .at(1)}};
}

Experiment unreadReset() {
    std::vector<SceneStep> opening =
        openPair(SceneSockets::server("server"), "client 1", [](const SceneSockets& sockets) {
            return holding(sockets.clientOf("client 1", "server"), Stage::Recv);
        });
    opening.push_back(doing(
        "server", [](Session& server) { server.hold(Stage::Recv, {1}); },
        [](const SceneSockets& sockets) { return isHeld(sockets.at("server"), 1); }));
    opening.push_back(doing(
        "client 1", [](Session& client) { client.send({}, "nobody will read this\n"); },
        [](const SceneSockets& sockets) { return unreadBytes(sockets.at("server"), 1) > 0; }));
    addClient(opening, "client 2");
    opening.push_back(doing(
        "client 2", [](Session& client) { client.send({}, "this was read\n"); },
        [](const SceneSockets& sockets) { return receivedBytes(sockets.at("server"), 2) > 0; }));
    return {"reset-by-unread-data",
            std::move(opening),
            {doing(
                 "server", [](Session& server) { server.closeConnections({1}); },
                 [](const SceneSockets& sockets) {
                     return wasClosedUnread(sockets.at("server"), 1) &&
                            isIn(sockets.at("client 1"), 1, TcpState::Closed);
                 })
                 .at(1),
             doing(
                 "client 1", [](Session& client) { client.step(Stage::Recv, 1); },
                 [](const SceneSockets& sockets) {
                     return hasFailed(sockets.at("client 1"), Call::Recv, ECONNRESET);
                 }),
             doing(
                 "server", [](Session& server) { server.closeConnections({2}); },
                 [](const SceneSockets& sockets) {
                     return isClosed(sockets.at("server"), 2) && !wasClosedUnread(sockets.at("server"), 2) &&
                            hasSeenEof(sockets.at("client 2"), 1);
                 })
                 .at(2)}};
}

Experiment abortiveClose() {
    SocketConfig slowReader = holding(SceneSockets::server("server"), Stage::Recv);
    slowReader.receiveBufferBytes = 16 << 10;
    slowReader.afterEof = AfterEof::Close;
    const auto client = [](const std::string& name) {
        return [name](const SceneSockets& sockets) {
            SocketConfig config = sockets.clientOf(name, "server");
            config.sendBufferBytes = 1 << 20;
            return config;
        };
    };
    const auto send = [](const std::string& name) {
        return doing(
            name, [](Session& each) { each.send({}, QByteArray(messageBytes, 'x')); },
            [name](const SceneSockets& sockets) { return sentBytes(sockets.at(name), 1) == messageBytes; });
    };
    std::vector<SceneStep> opening = openPair(slowReader, "client 1", client("client 1"));
    opening.push_back(openConnected("client 2", client("client 2")));
    opening.push_back(until("server", [](const Session& each) { return slotOf(each, 2) != nullptr; }));
    opening.insert(opening.end(), {send("client 1"), send("client 2"), observing("client 2", 0)});
    return {"abortive-close",
            std::move(opening),
            {doing(
                 "client 1", [](Session& each) { each.reset({}); },
                 [](const SceneSockets& sockets) {
                     return hasSetOption(sockets.at("client 1"), "SO_LINGER") &&
                            isClosed(sockets.at("client 1"), 1) &&
                            isIn(sockets.at("server"), 1, TcpState::Closed);
                 }),
             doing(
                 "client 2", [](Session& each) { each.close(); },
                 [](const SceneSockets& sockets) {
                     return isClosed(sockets.at("client 2"), 1) &&
                            isIn(sockets.at("client 2"), 1, TcpState::FinWait1) &&
                            sockets.facts("client 2", 0).unackedBytes > 0;
                 }),
             doing(
                 "server", [](Session& each) { each.release(Stage::Recv); },
                 [](const SceneSockets& sockets) {
                     const Session& reader = sockets.at("server");
                     return endedWith(reader, 1, ECONNRESET) && receivedBytes(reader, 1) < messageBytes &&
                            receivedBytes(reader, 2) == messageBytes && isClosed(reader, 2) &&
                            wasIn(sockets.at("client 2"), 1, TcpState::TimeWait);
                 })
                 .at(1)}};
}

Experiment writeAfterClose() {
    const auto send = [](const QByteArray& text) {
        return [text](Session& client) { client.send({}, text); };
    };
    return {"write-after-close",
            openPair(SceneSockets::server("server"), "client",
                     [](const SceneSockets& sockets) {
                         return holding(sockets.clientOf("client", "server"), Stage::Recv);
                     }),
            {doing(
                 "server", [](Session& server) { server.closeConnections({1}); },
                 [](const SceneSockets& sockets) {
                     return isClosed(sockets.at("server"), 1) &&
                            isIn(sockets.at("client"), 1, TcpState::CloseWait);
                 })
                 .at(1),
             doing("client", send("one\n"),
                   [](const SceneSockets& sockets) {
                       return sentBytes(sockets.at("client"), 1) > 0 &&
                              isIn(sockets.at("client"), 1, TcpState::Closed);
                   }),
             doing("client", send("two\n"), [](const SceneSockets& sockets) {
                 return hasFailed(sockets.at("client"), Call::Send, EPIPE);
             })}};
}

}  // namespace sockstage::experiments
