// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "experiment.h"

namespace sockstage::experiments {

// Addresses and ports: portexperiments.cpp.
Experiment refused();
Experiment portInUse();
Experiment timeWait();
Experiment localhost();

// Queues and buffers: queueexperiments.cpp.
Experiment backlogFull();
Experiment closedWindow();
Experiment twoSendsOneRecv();

// The end of a connection: endingexperiments.cpp.
Experiment halfClose();
Experiment unreadReset();
Experiment abortiveClose();
Experiment writeAfterClose();

// Datagrams: datagramexperiments.cpp.
Experiment emptyAndTruncated();
Experiment udpRefused();

using ConfigOf = std::function<SocketConfig(const SceneSockets&)>;
using IsSo = std::function<bool(const Session&)>;

// How scenes open. `config` is called when it is the step's turn, because only then a port may be known.
SceneStep openListening(const std::string& actor, const ConfigOf& config);
SceneStep openConnected(const std::string& actor, const ConfigOf& config);
SceneStep openHeld(const std::string& actor, Stage stage, const ConfigOf& config);
/// Does nothing; the next step waits until it is so.
SceneStep until(const std::string& actor, const IsSo& isSo);
/// From here on the kernel's facts of this socket are sampled closely.
SceneStep observing(const std::string& actor, std::uint32_t connection);
/// The usual beginning: a server, and a client that is connected to it and accepted.
std::vector<SceneStep> openPair(const SocketConfig& server, const std::string& clientName,
                                const ConfigOf& client);
SocketConfig holding(SocketConfig config, Stage stage);

// A step: what is done to the actor, and what then shows.
SceneStep doing(const std::string& actor, const std::function<void(Session&)>& verb,
                const std::function<bool(const SceneSockets&)>& shows);
/// The next held stage of the actor, as F10 does it.
SceneStep stepping(const std::string& actor, const std::function<bool(const SceneSockets&)>& shows);

}  // namespace sockstage::experiments
