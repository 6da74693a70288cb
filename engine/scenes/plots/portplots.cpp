#include <cerrno>

#include "plots.h"
#include "scenefacts.h"

// Scenes about addresses and ports: who may have one, and who answers there.
namespace sockstage::plots {
namespace {

SceneAct heldClient(const std::string& name, const std::string& server,
                    const std::string& host = "127.0.0.1") {
    return openHeld(name, Stage::Connect, [name, server, host](const Cast& cast) {
        SocketConfig config = cast.clientOf(name, server);
        config.endpoint.host = host;
        return config;
    });
}

SceneAct heldServer(const std::string& name, const std::string& portOf, std::optional<bool> reuse = {},
                    const std::string& host = "127.0.0.1") {
    return openHeld(name, Stage::Bind, [name, portOf, reuse, host](const Cast& cast) {
        SocketConfig config = cast.serverOnPortOf(name, portOf);
        config.endpoint.host = host;
        config.reuseAddress = reuse;
        return config;
    });
}

bool failedAt(const Cast& cast, const std::string& actor, Stage stage) {
    return isAt(cast.at(actor), stage, StageState::Failed);
}

bool hasFailed(const Cast& cast, const std::string& actor) {
    return !cast.at(actor).failure().isEmpty();
}

/// Where a system lacks IPv6 it may fail before it comes to its hold.
SceneAct orFailed(SceneAct opening) {
    opening.shows = [actor = opening.actor, isHeld = opening.shows](const Cast& cast) {
        return isHeld(cast) || hasFailed(cast, actor);
    };
    return opening;
}

std::uint32_t attemptsOf(const Session& client) {
    return client.stages().at(Stage::Connect).attempt.load(std::memory_order_relaxed);
}

/// Of the scene localhost: ::1 exists, for it has refused client 2.
bool hasIpv6(const Cast& cast) {
    return failedWith(cast.at("client 2"), Stage::Connect, ECONNREFUSED);
}

}  // namespace

ScenePlot refused() {
    return {"refused",
            {openHeld("server", Stage::Listen, [](const Cast&) { return Cast::server("server"); }),
             heldClient("client 1", "server"), heldClient("client 2", "server")},
            {stepping("client 1",
                      [](const Cast& cast) {
                          return failedWith(cast.at("client 1"), Stage::Connect, ECONNREFUSED);
                      }),
             stepping("server", [](const Cast& cast) { return isListening(cast.at("server")); }),
             stepping("client 2", [](const Cast& cast) {
                 return isConnected(cast.at("client 2")) && slotOf(cast.at("server"), 1) != nullptr;
             }).unless([](const Cast& cast) { return failedAt(cast, "client 2", Stage::Connect); })}};
}

ScenePlot portInUse() {
    return {"port-in-use",
            {openListening("first server", [](const Cast&) { return Cast::server("first server"); }),
             heldServer("second server", "first server"), heldServer("third server", "first server")},
            {stepping("second server",
                      [](const Cast& cast) {
                          return failedWith(cast.at("second server"), Stage::Bind, EADDRINUSE);
                      })
                 .unless([](const Cast& cast) { return isListening(cast.at("second server")); }),
             doing(
                 "first server", [](Session& server) { server.close(); },
                 [](const Cast& cast) { return cast.at("first server").isFinished(); }),
             stepping("third server", [](const Cast& cast) {
                 return isListening(cast.at("third server"));
             }).unless([](const Cast& cast) { return failedAt(cast, "third server", Stage::Bind); })}};
}

ScenePlot timeWait() {
    std::vector<SceneAct> opening = openPair(
        Cast::server("server"), "client", [](const Cast& cast) { return cast.clientOf("client", "server"); });
    opening.push_back(heldServer("strict server", "server", false));
    opening.push_back(heldServer("reusing server", "server", true));
    opening.push_back(observing("server", 1));
    return {"time-wait",
            std::move(opening),
            {doing(
                 "server", [](Session& server) { server.close(); },
                 [](const Cast& cast) {
                     // The listener, too: closing the connection alone leaves the port to it.
                     return cast.at("server").descriptor() < 0 && isClosed(cast.at("server"), 1) &&
                            hasSeenEof(cast.at("client"), 1);
                 }),
             doing(
                 "client", [](Session& client) { client.close(); },
                 [](const Cast& cast) {
                     return isClosed(cast.at("client"), 1) && isIn(cast.at("server"), 1, TcpState::TimeWait);
                 }),
             stepping("strict server",
                      [](const Cast& cast) {
                          return failedWith(cast.at("strict server"), Stage::Bind, EADDRINUSE);
                      })
                 .unless([](const Cast& cast) { return isListening(cast.at("strict server")); }),
             stepping("reusing server", [](const Cast& cast) {
                 return isListening(cast.at("reusing server")) &&
                        hasSetOption(cast.at("reusing server"), "SO_REUSEADDR");
             })}};
}

ScenePlot localhost() {
    const std::string server = "server on 127.0.0.1", sixServer = "server on ::1";
    const auto run = [](Session& client) { client.release(Stage::Connect); };
    return {
        "localhost",
        {openListening(server, [server](const Cast&) { return Cast::server(server); }),
         orFailed(heldServer(sixServer, server, {}, "::1")), heldClient("client 1", server, "localhost"),
         orFailed(heldClient("client 2", server, "::1")), heldClient("client 3", server, "localhost")},
        {doing("client 1", run, [](const Cast& cast) { return isConnected(cast.at("client 1")); })
             .unless([](const Cast& cast) { return hasFailed(cast, "client 1"); })
             .told(
                 [](const Cast& cast) { return attemptsOf(cast.at("client 1")) > 1 ? "" : "no-ipv6-name"; }),
         doing("client 2", run, [](const Cast& cast) { return hasFailed(cast, "client 2"); })
             .unless([](const Cast& cast) { return isConnected(cast.at("client 2")); })
             .told([](const Cast& cast) { return hasIpv6(cast) ? "" : "no-ipv6"; }),
         stepping(sixServer,
                  [sixServer](const Cast& cast) {
                      return isListening(cast.at(sixServer)) ||
                             (!hasIpv6(cast) && hasFailed(cast, sixServer));
                  })
             .unless([sixServer](const Cast& cast) { return hasIpv6(cast) && hasFailed(cast, sixServer); })
             .told([](const Cast& cast) { return hasIpv6(cast) ? "" : "no-ipv6"; }),
         doing("client 3", run, [](const Cast& cast) {
             return isConnected(cast.at("client 3"));
         }).unless([](const Cast& cast) {
               return hasFailed(cast, "client 3");
           }).told([](const Cast& cast) {
             return cast.at("client 3").remoteAddress().hostText() == "::1" ? "" : "no-ipv6-name";
         })}};
}

}  // namespace sockstage::plots
