// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scenesockets.h"

namespace sockstage {

/// One thing that is done to the sockets of a scene, and the facts by which one sees that it has happened,
/// by next() or by hand.
struct SceneStep {
    std::string actor;             ///< whose page shows it
    std::uint32_t connection = 0;  ///< of a server: the client to be chosen; 0: none
    std::function<void(SceneSockets&)> perform;
    std::function<bool(const SceneSockets&)> shows;
    /// It went another way and cannot come to show it any more; absent: never.
    std::function<bool(const SceneSockets&)> missed = nullptr;
    /// Which of the step's other texts is true on this system; absent or empty: the usual one.
    std::function<std::string(const SceneSockets&)> variant = nullptr;

    SceneStep&& at(std::uint32_t number) && { return connection = number, std::move(*this); }
    SceneStep&& unless(std::function<bool(const SceneSockets&)> condition) && {
        return missed = std::move(condition), std::move(*this);
    }
    SceneStep&& told(std::function<std::string(const SceneSockets&)> which) && {
        return variant = std::move(which), std::move(*this);
    }
};

/// What happens in a scene. Its texts are in resources/scenes, under the same id.
struct Experiment {
    std::string id;
    std::vector<SceneStep> opening;  ///< done by itself, one after the other, up to the interesting moment
    std::vector<SceneStep> steps;
};

/// In the order of the menu.
const std::vector<Experiment>& allExperiments();

}  // namespace sockstage
