// SPDX-License-Identifier: GPL-3.0-or-later
#include "experimentparts.h"
#include "scenefacts.h"

namespace sockstage::experiments {
namespace {

SceneStep opening(const std::string& actor, const ConfigOf& config, const IsSo& isThere) {
    return {actor, 0, [config](SceneSockets& sockets) { sockets.open(config(sockets)); },
            [actor, isThere](const SceneSockets& sockets) { return isThere(sockets.at(actor)); }};
}

}  // namespace

SocketConfig holding(SocketConfig config, Stage stage) {
    config.held.insert(stage);
    return config;
}

SceneStep openListening(const std::string& actor, const ConfigOf& config) {
    return opening(actor, config, [](const Session& server) {
        return isTcp(server.config().role) ? isListening(server) : server.localAddress().isValid();
    });
}

SceneStep openConnected(const std::string& actor, const ConfigOf& config) {
    return opening(actor, config, isConnected);
}

SceneStep openHeld(const std::string& actor, Stage stage, const ConfigOf& config) {
    return opening(
        actor, [config, stage](const SceneSockets& sockets) { return holding(config(sockets), stage); },
        [stage](const Session& session) { return isAt(session, stage, StageState::Held); });
}

SceneStep until(const std::string& actor, const IsSo& isSo) {
    return {actor, 0, [](SceneSockets&) {},
            [actor, isSo](const SceneSockets& sockets) { return isSo(sockets.at(actor)); }};
}

SceneStep observing(const std::string& actor, std::uint32_t connection) {
    return {actor, connection,
            [actor, connection](SceneSockets& sockets) { sockets.observe(actor, connection); },
            [](const SceneSockets&) { return true; }};
}

std::vector<SceneStep> openPair(const SocketConfig& server, const std::string& clientName,
                                const ConfigOf& client) {
    return {openListening("server", [server](const SceneSockets&) { return server; }),
            openConnected(clientName, client),
            until("server", [](const Session& session) { return slotOf(session, 1) != nullptr; })};
}

SceneStep doing(const std::string& actor, const std::function<void(Session&)>& verb,
                const std::function<bool(const SceneSockets&)>& shows) {
    return {actor, 0, [actor, verb](SceneSockets& sockets) { verb(sockets.at(actor)); }, shows};
}

SceneStep stepping(const std::string& actor, const std::function<bool(const SceneSockets&)>& shows) {
    return doing(
        actor, [](Session& session) { session.step(); }, shows);
}

}  // namespace sockstage::experiments
