// SPDX-License-Identifier: GPL-3.0-or-later
#include "lastseen.h"

#include <QCoreApplication>
#include <algorithm>

#include "connectiontext.h"
#include "plaintext.h"
#include "quantitytext.h"

namespace sockstage {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(LastSeen)
};

/// Right before every close() the worker looks at the state.
qint64 closedNs(const Session& session, std::uint32_t connection) {
    const bool known = session.connections().has(connection);
    return known ? session.connections().at(connection).endedNs.load(std::memory_order_relaxed)
                 : session.stages().at(Stage::Close).sinceNs.load(std::memory_order_relaxed);
}

qint64 sampledNs(const Session& session, std::uint32_t connection) {
    const bool known = session.connections().has(connection);
    return known ? session.connections().at(connection).kernel.sampledNs.load(std::memory_order_relaxed) : 0;
}

QString clockText(const Session& session, qint64 atNs) {
    return timeOfDayText(session.capture().toEpochNs(atNs)).section(QLatin1Char('.'), 0, 0);
}

QString stateText(TcpState state) {
    return toQString(tcpStateName(state));
}

}  // namespace

LastSeen lastSeen(const Session& session, std::uint32_t connection) {
    const auto history = session.kernelHistory(connection);
    const KernelFacts facts = history ? history->latest().value_or(KernelFacts()) : KernelFacts();
    const bool untold = facts.source == FactsSource::None && facts.atNs != 0;
    if (facts.source == FactsSource::Gone || (!untold && !session.isForgotten())) return {};
    const qint64 factsNs = untold ? 0 : facts.atNs;
    if (!isTcp(session.config().role)) return {TcpState::Unknown, factsNs, false};
    const std::vector<TcpState> way = session.tcpStateHistory(connection);
    if (way.empty() || way.back() == TcpState::Closed) return {};
    return {way.back(), std::max({factsNs, sampledNs(session, connection), closedNs(session, connection)}),
            untold};
}

QString lastSeenSentence(const Session& session, std::uint32_t connection) {
    const LastSeen last = lastSeen(session, connection);
    if (!last) return {};
    const QString at = clockText(session, last.atNs);
    if (last.state == TcpState::Unknown)
        return Words::tr("Last seen at %1; nobody has looked since.").arg(at);
    const QString sentence =
        last.untold ? Words::tr("Last seen in %1 at %2; this system does not tell of closed sockets.")
                    : Words::tr("Last seen in %1 at %2; nobody has looked since.");
    return sentence.arg(stateText(last.state), at);
}

QString neverSeenSentence(const Session& session, std::uint32_t connection) {
    const bool known = session.connections().has(connection);
    const bool closed = known ? !isOpen(session.connections().at(connection)) : session.isFinished();
    const auto history = session.kernelHistory(connection);
    const KernelFacts facts = history ? history->latest().value_or(KernelFacts()) : KernelFacts();
    if (!closed || facts.source != FactsSource::None) return {};
    return Words::tr("Closed. While it was open its buffers were not looked at.");
}

QString lastSeenShort(const Session& session, std::uint32_t connection) {
    const LastSeen last = lastSeen(session, connection);
    if (!last || last.state == TcpState::Unknown) return {};
    return Words::tr("was %1").arg(stateText(last.state));
}

}  // namespace sockstage
