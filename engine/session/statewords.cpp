// SPDX-License-Identifier: GPL-3.0-or-later
#include "statewords.h"

#include <QCoreApplication>
#include <cerrno>

#include "calltext.h"

namespace sockstage {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("StateWords", text);
}

QString failureWord(Stage stage, int error) {
    if (stage == Stage::Getaddrinfo) return tr("not resolved");
    switch (error) {
        case ECONNREFUSED:
            return tr("refused");
        case ECONNRESET:
            return tr("reset by peer");
        case EPIPE:
            return tr("peer gone");
        case ETIMEDOUT:
            return tr("timed out");
        case EADDRINUSE:
            return tr("port in use");
        case EACCES:
            return tr("not permitted");
        case EHOSTUNREACH:
        case ENETUNREACH:
            return tr("unreachable");
        default:
            return error == 0 ? tr("failed") : QString::fromStdString(errnoName(error));
    }
}

QString waitingWord(Stage stage) {
    switch (stage) {
        case Stage::Getaddrinfo:
            return tr("resolving");
        case Stage::Accept:
            return tr("listening");
        case Stage::Connect:
            return tr("connecting");
        default:
            return tr("setting up");
    }
}

/// The first set-up stage that is not over says it all; nothing once all are.
QString setupWord(const SessionRecord& record) {
    for (const Stage stage : setupOrder(record.config.role)) {
        const StageStatus& status = record.stages.at(stage);
        switch (status.state.load(std::memory_order_relaxed)) {
            case StageState::Failed:
                return failureWord(stage, status.error.load(std::memory_order_relaxed));
            case StageState::Held:
                return stage == Stage::Accept
                           ? tr("accept held")
                           : tr("held before %1").arg(QLatin1String(stageName(stage).data()));
            case StageState::Waiting:
                return waitingWord(stage);
            case StageState::NotYet:
                return record.finished.load(std::memory_order_acquire) ? tr("failed") : tr("setting up");
            default:
                break;
        }
    }
    return {};
}

QString clientWord(const SessionRecord& record) {
    if (record.connections.count() == 0) return tr("setting up");
    const ConnectionSlot& slot = record.connections.at(1);
    const auto receiving = slot.receiving.load(std::memory_order_relaxed);
    if (receiving == DirectionState::Eof) return tr("peer EOF");
    if (slot.sending.load(std::memory_order_relaxed) == DirectionState::ShutDown) return tr("half-closed");
    return receiving == DirectionState::Held ? tr("recv held") : tr("connected");
}

QString failedTransferWord(const SessionRecord& record) {
    for (const Stage stage : {Stage::Recv, Stage::Send})
        if (record.stages.at(stage).state.load(std::memory_order_relaxed) == StageState::Failed)
            return failureWord(stage, record.stages.at(stage).error.load(std::memory_order_relaxed));
    return {};
}

QString endedWord(const SessionRecord& record) {
    const QString failed = failedTransferWord(record);
    return failed.isEmpty() ? tr("closed") : failed;
}

}  // namespace

QString stateWord(const SessionRecord& record) {
    if (record.openedNs.load(std::memory_order_relaxed) == 0) return tr("not started");
    const QString setup = setupWord(record);
    const bool failedInSetup = !record.failure.get().empty() && record.counters.connections.get() == 0;
    if (record.finished.load(std::memory_order_acquire))
        return failedInSetup && !setup.isEmpty() ? setup : endedWord(record);
    if (record.closing.load(std::memory_order_relaxed)) return tr("closing");
    if (!setup.isEmpty()) return setup;
    if (const QString failed = failedTransferWord(record); !failed.isEmpty()) return failed;
    if (record.config.role == Role::TcpClient) return clientWord(record);
    if (record.stages.at(Stage::Recv).state.load(std::memory_order_relaxed) == StageState::Held)
        return tr("recv held");
    return record.config.role == Role::UdpClient && record.config.connectUdp ? tr("connected") : tr("bound");
}

}  // namespace sockstage
