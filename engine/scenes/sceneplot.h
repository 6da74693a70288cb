#pragma once

#include "cast.h"

namespace sockstage {

/// One thing that is done to the sockets of a scene, and the facts by which one sees that it has happened,
/// whoever did it.
struct SceneAct {
    std::string actor;             ///< whose page shows it
    std::uint32_t connection = 0;  ///< of a server: the client to be chosen; 0: none
    std::function<void(Cast&)> act;
    std::function<bool(const Cast&)> shows;
    /// It went another way and cannot come to show it any more; absent: never.
    std::function<bool(const Cast&)> missed = nullptr;
    /// Which of the step's other texts is true on this system; absent or empty: the usual one.
    std::function<std::string(const Cast&)> variant = nullptr;

    SceneAct&& at(std::uint32_t number) && { return connection = number, std::move(*this); }
    SceneAct&& unless(std::function<bool(const Cast&)> condition) && {
        return missed = std::move(condition), std::move(*this);
    }
    SceneAct&& told(std::function<std::string(const Cast&)> which) && {
        return variant = std::move(which), std::move(*this);
    }
};

/// What happens in a scene. Its texts are in resources/scenes, under the same id.
struct ScenePlot {
    std::string id;
    std::vector<SceneAct> opening;  ///< done by itself, one after the other, up to the interesting moment
    std::vector<SceneAct> steps;
};

/// In the order of the menu.
const std::vector<ScenePlot>& scenePlots();

}  // namespace sockstage
