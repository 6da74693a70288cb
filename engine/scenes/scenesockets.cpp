// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenesockets.h"

#include <algorithm>

namespace sockstage {
namespace {

constexpr std::int64_t staleNs = 400'000'000;  // four of the usual samples were missed: not observed
constexpr std::uint32_t tableLook = 16;        // more clients than any scene has
constexpr std::size_t captureBytes = std::size_t{32} << 20;

/// A TCP client's own socket is its connection 1 as well; either number may be observed.
std::vector<std::uint32_t> namesOf(const Session& session, std::uint32_t connection) {
    if (session.config().role == Role::TcpClient) return {connection, connection == 0 ? 1U : 0U};
    return {connection};
}

/// The newest of what `factsOf` finds in the histories of this socket.
std::optional<KernelFacts> newestFacts(
    const Session& session, std::uint32_t connection,
    const std::function<std::optional<KernelFacts>(const KernelHistory&)>& factsOf) {
    std::optional<KernelFacts> newest;
    for (const std::uint32_t number : namesOf(session, connection)) {
        const auto history = session.kernelHistory(number);
        const auto facts = history ? factsOf(*history) : std::nullopt;
        if (facts && (!newest || facts->atNs > newest->atNs)) newest = facts;
    }
    return newest;
}

std::optional<KernelFacts> latestFacts(const Session& session, std::uint32_t connection) {
    return newestFacts(session, connection, [](const KernelHistory& history) { return history.latest(); });
}

std::optional<KernelFacts> lastBefore(const KernelHistory& history, std::int64_t ns) {
    std::vector<KernelFacts> all;
    history.copySince(0, all);
    const auto after =
        std::find_if(all.begin(), all.end(), [ns](const auto& each) { return each.atNs >= ns; });
    return after == all.begin() ? std::nullopt : std::optional(*std::prev(after));
}

/// This socket is being observed.
bool isLookedAt(const Session& session, std::uint32_t connection) {
    const auto facts = latestFacts(session, connection);
    return facts && !isLastLook(*facts) && CaptureStore::nowNs() - facts->atNs < staleNs;
}

}  // namespace

SocketConfig SceneSockets::server(std::string name, Role role) {
    SocketConfig config;
    config.role = role;
    config.name = std::move(name);
    config.endpoint = {"127.0.0.1", "0"};
    config.captureBytes = captureBytes;
    return config;
}

SocketConfig SceneSockets::serverOnPortOf(std::string name, const std::string& server) const {
    SocketConfig config = SceneSockets::server(std::move(name), at(server).config().role);
    config.endpoint.service = std::to_string(at(server).localAddress().port());
    return config;
}

SocketConfig SceneSockets::clientOf(std::string name, const std::string& server, Role role) const {
    SocketConfig config = serverOnPortOf(std::move(name), server);
    config.role = role;
    return config;
}

void SceneSockets::open(const SocketConfig& config) {
    members_.push_back({config.name, open_(config), std::nullopt});
}

bool SceneSockets::isComplete() const {
    return std::none_of(members_.begin(), members_.end(),
                        [](const Member& member) { return member.session.isNull(); });
}

const SceneSockets::Member& SceneSockets::member(const std::string& name) const {
    return *std::find_if(members_.begin(), members_.end(),
                         [&name](const Member& each) { return each.name == name; });
}

Session& SceneSockets::at(const std::string& name) const {
    return *member(name).session;
}

Session* SceneSockets::find(const std::string& name) const {
    const auto found = std::find_if(members_.begin(), members_.end(),
                                    [&name](const Member& each) { return each.name == name; });
    return found == members_.end() ? nullptr : found->session.data();
}

void SceneSockets::observe(const std::string& name, std::uint32_t connection) {
    for (Member& each : members_)
        if (each.name == name) each.observed = connection;
}

KernelFacts SceneSockets::facts(const std::string& name, std::uint32_t connection) const {
    return latestFacts(at(name), connection).value_or(KernelFacts());
}

std::optional<KernelFacts> SceneSockets::factsBefore(const std::string& name, std::uint32_t connection,
                                                     std::int64_t ns) const {
    return newestFacts(at(name), connection,
                       [ns](const KernelHistory& history) { return lastBefore(history, ns); });
}

/// A session has one close look. The window's goes first: what it shows must not stop because of us.
void SceneSockets::lookClosely(const Member& member) {
    const std::uint32_t last = std::min(member.session->connections().count(), tableLook);
    for (std::uint32_t number = 0; number <= last; ++number)
        if (isLookedAt(*member.session, number)) return;
    if (const auto facts = latestFacts(*member.session, *member.observed); facts && isLastLook(*facts))
        return;
    member.session->observe(member.observed);
}

void SceneSockets::look() {
    for (const Member& member : members_) {
        if (member.session.isNull()) continue;
        const ConnectionTable& table = member.session->connections();
        ConnectionNumbers all;
        for (std::uint32_t number = table.keptFrom(1); number != 0 && all.size() < tableLook;
             number = table.keptFrom(number + 1))
            all.push_back(number);
        if (isTcp(member.session->config().role)) member.session->watch(all, true);
        if (member.observed) lookClosely(member);
    }
}

void SceneSockets::lookAway() {
    for (const Member& member : members_)
        if (!member.session.isNull()) member.session->watch({}, false);
}

void SceneSockets::close() {
    for (const Member& member : members_)
        if (!member.session.isNull() && !member.session->isFinished()) member.session->close(0);
}

}  // namespace sockstage
