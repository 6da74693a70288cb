// SPDX-License-Identifier: GPL-3.0-or-later
#include <cerrno>

#include "experimentparts.h"
#include "scenefacts.h"

// Scenes about addresses and ports: who may have one, and who answers there.
namespace sockstage::experiments {
namespace {

SceneStep heldClient(const std::string& name, const std::string& server,
                     const std::string& host = "127.0.0.1") {
    return openHeld(name, Stage::Connect, [name, server, host](const SceneSockets& sockets) {
        SocketConfig config = sockets.clientOf(name, server);
        config.endpoint.host = host;
        return config;
    });
}

SceneStep heldServer(const std::string& name, const std::string& portOf, std::optional<bool> reuse = {},
                     const std::string& host = "127.0.0.1") {
    return openHeld(name, Stage::Bind, [name, portOf, reuse, host](const SceneSockets& sockets) {
        SocketConfig config = sockets.serverOnPortOf(name, portOf);
        config.endpoint.host = host;
        config.reuseAddress = reuse;
        return config;
    });
}

bool failedAt(const SceneSockets& sockets, const std::string& actor, Stage stage) {
    return isAt(sockets.at(actor), stage, StageState::Failed);
}

bool hasFailed(const SceneSockets& sockets, const std::string& actor) {
    return !sockets.at(actor).failure().isEmpty();
}

/// Where a system lacks IPv6 it may fail before it comes to its hold.
SceneStep orFailed(SceneStep opening) {
    opening.shows = [actor = opening.actor, isHeld = opening.shows](const SceneSockets& sockets) {
        return isHeld(sockets) || hasFailed(sockets, actor);
    };
    return opening;
}

std::uint32_t attemptsOf(const Session& client) {
    return client.stages().at(Stage::Connect).attempt.load(std::memory_order_relaxed);
}

/// Of the scene localhost: ::1 exists, for it has refused client 2.
bool hasIpv6(const SceneSockets& sockets) {
    return failedWith(sockets.at("client 2"), Stage::Connect, ECONNREFUSED);
}

}  // namespace

Experiment refused() {
    return {
        "refused",
        {openHeld("server", Stage::Listen,
                  [](const SceneSockets&) { return SceneSockets::server("server"); }),
         heldClient("client 1", "server"), heldClient("client 2", "server")},
        {stepping("client 1",
                  [](const SceneSockets& sockets) {
                      return failedWith(sockets.at("client 1"), Stage::Connect, ECONNREFUSED);
                  }),
         stepping("server", [](const SceneSockets& sockets) { return isListening(sockets.at("server")); }),
         stepping("client 2", [](const SceneSockets& sockets) {
             return isConnected(sockets.at("client 2")) && slotOf(sockets.at("server"), 1) != nullptr;
         }).unless([](const SceneSockets& sockets) {
             return failedAt(sockets, "client 2", Stage::Connect);
         })}};
}

Experiment portInUse() {
    return {
        "port-in-use",
        {openListening("first server",
                       [](const SceneSockets&) { return SceneSockets::server("first server"); }),
         heldServer("second server", "first server"), heldServer("third server", "first server")},
        {stepping("second server",
                  [](const SceneSockets& sockets) {
                      return failedWith(sockets.at("second server"), Stage::Bind, EADDRINUSE);
                  })
             .unless([](const SceneSockets& sockets) { return isListening(sockets.at("second server")); }),
         doing(
             "first server", [](Session& server) { server.close(); },
             [](const SceneSockets& sockets) { return sockets.at("first server").isFinished(); }),
         stepping("third server", [](const SceneSockets& sockets) {
             return isListening(sockets.at("third server"));
         }).unless([](const SceneSockets& sockets) {
             return failedAt(sockets, "third server", Stage::Bind);
         })}};
}

Experiment timeWait() {
    std::vector<SceneStep> opening =
        openPair(SceneSockets::server("server"), "client",
                 [](const SceneSockets& sockets) { return sockets.clientOf("client", "server"); });
    opening.push_back(heldServer("strict server", "server", false));
    opening.push_back(heldServer("reusing server", "server", true));
    opening.push_back(observing("server", 1));
    return {
        "time-wait",
        std::move(opening),
        {doing(
             "server", [](Session& server) { server.close(); },
             [](const SceneSockets& sockets) {
                 // The listener, too: closing the connection alone leaves the port to it.
                 return sockets.at("server").descriptor() < 0 && isClosed(sockets.at("server"), 1) &&
                        hasSeenEof(sockets.at("client"), 1);
             }),
         doing(
             "client", [](Session& client) { client.close(); },
             [](const SceneSockets& sockets) {
                 return isClosed(sockets.at("client"), 1) &&
                        isIn(sockets.at("server"), 1, TcpState::TimeWait);
             }),
         stepping("strict server",
                  [](const SceneSockets& sockets) {
                      return failedWith(sockets.at("strict server"), Stage::Bind, EADDRINUSE);
                  })
             .unless([](const SceneSockets& sockets) { return isListening(sockets.at("strict server")); }),
         stepping("reusing server", [](const SceneSockets& sockets) {
             return isListening(sockets.at("reusing server")) &&
                    hasSetOption(sockets.at("reusing server"), "SO_REUSEADDR");
         })}};
}

Experiment localhost() {
    const std::string server = "server on 127.0.0.1", sixServer = "server on ::1";
    const auto run = [](Session& client) { client.release(Stage::Connect); };
    return {
        "localhost",
        {openListening(server, [server](const SceneSockets&) { return SceneSockets::server(server); }),
         orFailed(heldServer(sixServer, server, {}, "::1")), heldClient("client 1", server, "localhost"),
         orFailed(heldClient("client 2", server, "::1")), heldClient("client 3", server, "localhost")},
        {doing("client 1", run,
               [](const SceneSockets& sockets) { return isConnected(sockets.at("client 1")); })
             .unless([](const SceneSockets& sockets) { return hasFailed(sockets, "client 1"); })
             .told([](const SceneSockets& sockets) {
                 return attemptsOf(sockets.at("client 1")) > 1 ? "" : "no-ipv6-name";
             }),
         doing("client 2", run, [](const SceneSockets& sockets) { return hasFailed(sockets, "client 2"); })
             .unless([](const SceneSockets& sockets) { return isConnected(sockets.at("client 2")); })
             .told([](const SceneSockets& sockets) { return hasIpv6(sockets) ? "" : "no-ipv6"; }),
         stepping(sixServer,
                  [sixServer](const SceneSockets& sockets) {
                      return isListening(sockets.at(sixServer)) ||
                             (!hasIpv6(sockets) && hasFailed(sockets, sixServer));
                  })
             .unless([sixServer](const SceneSockets& sockets) {
                 return hasIpv6(sockets) && hasFailed(sockets, sixServer);
             })
             .told([](const SceneSockets& sockets) { return hasIpv6(sockets) ? "" : "no-ipv6"; }),
         doing("client 3", run, [](const SceneSockets& sockets) {
             return isConnected(sockets.at("client 3"));
         }).unless([](const SceneSockets& sockets) {
               return hasFailed(sockets, "client 3");
           }).told([](const SceneSockets& sockets) {
             return sockets.at("client 3").remoteAddress().hostText() == "::1" ? "" : "no-ipv6-name";
         })}};
}

}  // namespace sockstage::experiments
