// SPDX-License-Identifier: GPL-3.0-or-later
#include "nextstep.h"

#include "steporder.h"

namespace sockstage {
namespace {

using Found = std::optional<NextStep>;

StageState stateOf(const Session& session, Stage stage) {
    return session.stages().at(stage).state.load(std::memory_order_acquire);
}

std::uint32_t armedOf(const Session& session, Stage stage) {
    return session.stages().at(stage).armed.load(std::memory_order_relaxed);
}

/// Bytes to read, or an end that recv() will report: the peer's FIN or reset.
bool hasSomethingToRead(const ConnectionSlot& slot) {
    const KernelSample& kernel = slot.kernel;
    if (kernel.sampledNs.load(std::memory_order_relaxed) == 0) return false;
    const TcpState state = tcpStateFromKernel(kernel.tcpState.load(std::memory_order_relaxed));
    return kernel.receiveQueueBytes.load(std::memory_order_relaxed) != 0 || state == TcpState::CloseWait ||
           state == TcpState::LastAck || state == TcpState::Closing || state == TcpState::TimeWait ||
           state == TcpState::Closed;
}

Found ofConnection(const Session& session, Stage stage, std::uint32_t number) {
    if (!session.connections().has(number)) return {};
    const ConnectionSlot& slot = session.connections().at(number);
    if (slot.state.load(std::memory_order_acquire) != ConnectionState::Open) return {};
    const auto held = [](const std::atomic<DirectionState>& direction) {
        return direction.load(std::memory_order_relaxed) == DirectionState::Held;
    };
    if (stage == Stage::Recv && held(slot.receiving))
        return NextStep{stage, number, hasSomethingToRead(slot),
                        slot.armedReceives.load(std::memory_order_relaxed)};
    if (stage == Stage::Send && held(slot.sending) && slot.queuedBytes.get() != 0)
        return NextStep{stage, number, true, slot.armedSends.load(std::memory_order_relaxed)};
    if (slot.stoppedStages().contains(stage)) return NextStep{stage, number, true, 0};
    return {};
}

Found ofDatagrams(const Session& session, Stage stage) {
    const bool setUp = stateOf(session, Stage::Recv) != StageState::NotYet;
    if (!setUp || !session.stages().held().contains(stage)) return {};
    if (stage == Stage::Send && session.counters().queuedBytes.get() != 0)
        return NextStep{stage, 0, true, armedOf(session, stage)};
    if (stage != Stage::Recv) return {};
    const auto history = session.kernelHistory(0);
    const auto facts = history ? history->present() : std::nullopt;
    return NextStep{stage, 0, facts && facts->receiveChargedBytes > 0, armedOf(session, stage)};
}

Found ofAccept(const Session& session) {
    if (stateOf(session, Stage::Accept) != StageState::Held) return {};
    const auto history = session.kernelHistory(0);
    const auto facts = history ? history->present() : std::nullopt;
    return NextStep{Stage::Accept, 0, facts && facts->acceptQueue > 0, armedOf(session, Stage::Accept)};
}

bool isTransferStage(Stage stage) {
    return stage == Stage::Recv || stage == Stage::Send;
}

/// In a TCP client, the session's own socket is its one connection.
std::uint32_t meant(const Session& session, std::uint32_t connection) {
    const bool client = session.config().role == Role::TcpClient && session.connections().count() != 0;
    return connection == 0 && client ? 1 : connection;
}

Found nextOfConnection(const Session& session, std::uint32_t number) {
    const Found receive = ofConnection(session, Stage::Recv, number);
    const auto has = [&](Stage stage) { return ofConnection(session, stage, number).has_value(); };
    const auto stage = steppedStage({.send = has(Stage::Send),
                                     .receive = receive.has_value(),
                                     .receiveReady = receive && receive->ready,
                                     .shutdown = has(Stage::Shutdown),
                                     .close = has(Stage::Close)});
    return stage ? ofConnection(session, *stage, number) : Found();
}

Found nextOfServer(const Session& session) {
    Found ready, idle;
    const ConnectionTable& table = session.connections();
    const bool holding = session.counters().holdingConnections.get() != 0;
    for (std::uint32_t number = table.firstOpen(); holding && !ready && number != 0;
         number = table.nextOpen(number)) {
        const Found found = nextOfConnection(session, number);
        if (found && found->ready) ready = found;
        if (!idle) idle = found;
    }
    const Found accept = ofAccept(session);
    switch (stepTaker(ready.has_value(), accept.has_value(), idle.has_value())) {
        case StepTaker::ReadyConnection:
            return ready;
        case StepTaker::Accept:
            return accept;
        case StepTaker::IdleConnection:
            return idle;
        case StepTaker::Nobody:
            break;
    }
    return {};
}

Found nextOfSetUp(const Session& session) {
    for (const Stage stage : setupOrder(session.config().role))
        if (stage != Stage::Accept && stateOf(session, stage) == StageState::Held)
            return stepOf(session, stage, 0);
    return {};
}

}  // namespace

Found stepOf(const Session& session, Stage stage, std::uint32_t connection) {
    if (session.isFinished()) return {};
    const std::uint32_t number = meant(session, connection);
    if (number != 0 && isTcp(session.config().role)) return ofConnection(session, stage, number);
    if (isTransferStage(stage)) return isTcp(session.config().role) ? Found() : ofDatagrams(session, stage);
    if (stage == Stage::Accept) return ofAccept(session);
    if (stateOf(session, stage) == StageState::Held) return NextStep{stage, 0, true, 0};
    return {};
}

Found nextStep(const Session& session, std::uint32_t connection) {
    if (session.isFinished()) return {};
    const std::uint32_t number = meant(session, connection);
    if (isTcp(session.config().role) && number != 0) return nextOfConnection(session, number);
    const Found close = stepOf(session, Stage::Close, 0);
    const Found send = stepOf(session, Stage::Send, 0);
    if (close && !send) return close;
    if (const Found setUp = nextOfSetUp(session)) return setUp;
    if (session.config().role == Role::TcpServer) return nextOfServer(session);
    const auto stage = steppedStage(
        {.send = send.has_value(), .receive = stepOf(session, Stage::Recv, 0).has_value(), .close = false});
    return stage ? stepOf(session, *stage, 0) : Found();
}

bool isStepping(const Session& session) {
    return session.stages().held() == StageSet::all();
}

}  // namespace sockstage
