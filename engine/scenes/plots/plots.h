#pragma once

#include "sceneplot.h"

namespace sockstage::plots {

// Addresses and ports: portplots.cpp.
ScenePlot refused();
ScenePlot portInUse();
ScenePlot timeWait();
ScenePlot localhost();

// Queues and buffers: queueplots.cpp.
ScenePlot backlogFull();
ScenePlot closedWindow();
ScenePlot twoSendsOneRecv();

// The end of a connection: endingplots.cpp.
ScenePlot halfClose();
ScenePlot unreadReset();
ScenePlot abortiveClose();
ScenePlot writeAfterClose();

// Datagrams: datagramplots.cpp.
ScenePlot emptyAndTruncated();
ScenePlot udpRefused();

using ConfigOf = std::function<SocketConfig(const Cast&)>;
using IsSo = std::function<bool(const Session&)>;

// How scenes open. `config` is asked when the act's turn comes, because only then a port may be known.
SceneAct openListening(const std::string& actor, const ConfigOf& config);
SceneAct openConnected(const std::string& actor, const ConfigOf& config);
SceneAct openHeld(const std::string& actor, Stage stage, const ConfigOf& config);
/// Nothing is done, but the next act waits until it is so.
SceneAct until(const std::string& actor, const IsSo& isSo);
/// From here on the kernel's facts of this socket are asked for closely.
SceneAct observing(const std::string& actor, std::uint32_t connection);
/// The usual beginning: a server, and a client that is connected to it and accepted.
std::vector<SceneAct> openPair(const SocketConfig& server, const std::string& clientName,
                               const ConfigOf& client);
SocketConfig holding(SocketConfig config, Stage stage);

// A step: what is done to the actor, and what then shows.
SceneAct doing(const std::string& actor, const std::function<void(Session&)>& verb,
               const std::function<bool(const Cast&)>& shows);
/// The next held stage of the actor, as F10 does it.
SceneAct stepping(const std::string& actor, const std::function<bool(const Cast&)>& shows);

}  // namespace sockstage::plots
