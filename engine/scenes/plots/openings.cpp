#include "plots.h"
#include "scenefacts.h"

namespace sockstage::plots {
namespace {

SceneAct opening(const std::string& actor, const ConfigOf& config, const IsSo& isThere) {
    return {actor, 0, [config](Cast& cast) { cast.open(config(cast)); },
            [actor, isThere](const Cast& cast) { return isThere(cast.at(actor)); }};
}

}  // namespace

SocketConfig holding(SocketConfig config, Stage stage) {
    config.held.insert(stage);
    return config;
}

SceneAct openListening(const std::string& actor, const ConfigOf& config) {
    return opening(actor, config, [](const Session& server) {
        return isTcp(server.config().role) ? isListening(server) : server.localAddress().isValid();
    });
}

SceneAct openConnected(const std::string& actor, const ConfigOf& config) {
    return opening(actor, config, isConnected);
}

SceneAct openHeld(const std::string& actor, Stage stage, const ConfigOf& config) {
    return opening(
        actor, [config, stage](const Cast& cast) { return holding(config(cast), stage); },
        [stage](const Session& session) { return isAt(session, stage, StageState::Held); });
}

SceneAct until(const std::string& actor, const IsSo& isSo) {
    return {actor, 0, [](Cast&) {}, [actor, isSo](const Cast& cast) { return isSo(cast.at(actor)); }};
}

SceneAct observing(const std::string& actor, std::uint32_t connection) {
    return {actor, connection, [actor, connection](Cast& cast) { cast.observe(actor, connection); },
            [](const Cast&) { return true; }};
}

std::vector<SceneAct> openPair(const SocketConfig& server, const std::string& clientName,
                               const ConfigOf& client) {
    return {openListening("server", [server](const Cast&) { return server; }),
            openConnected(clientName, client),
            until("server", [](const Session& session) { return slotOf(session, 1) != nullptr; })};
}

SceneAct doing(const std::string& actor, const std::function<void(Session&)>& verb,
               const std::function<bool(const Cast&)>& shows) {
    return {actor, 0, [actor, verb](Cast& cast) { verb(cast.at(actor)); }, shows};
}

SceneAct stepping(const std::string& actor, const std::function<bool(const Cast&)>& shows) {
    return doing(
        actor, [](Session& session) { session.step(); }, shows);
}

}  // namespace sockstage::plots
