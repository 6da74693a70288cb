// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessiontext.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>

#include "connectiontext.h"
#include "plaintext.h"
#include "quantitytext.h"

namespace sockstage {
namespace {

QString tr(const char* text, int count = -1) {
    return QCoreApplication::translate("SessionText", text, nullptr, count);
}

bool anyStage(const Session& session, StageState state) {
    const auto order = fullOrder(session.config().role);
    return std::any_of(order.begin(), order.end(), [&](Stage stage) {
        return session.stages().at(stage).state.load(std::memory_order_relaxed) == state;
    });
}

/// A client whose peer has sent EOF is open on our side and counted apart: its peer sends no more.
QString clientsSentence(const Session& session) {
    const SessionCounters& counters = session.counters();
    const quint64 open = counters.openConnections.get();
    const quint64 ended = std::min<quint64>(open, counters.endedByPeer.get());
    const quint64 closed = closedConnections(counters);
    QString sentence = open > ended ? tr("listening, %1 connected").arg(grouped(open - ended))
                       : counters.connections.get() == 0 ? tr("listening, no client yet")
                                                         : tr("listening, none connected");
    if (ended > 0) sentence += tr(", %1 ended by the peer").arg(grouped(ended));
    if (closed > 0) sentence += tr(", %1 closed").arg(grouped(closed));
    if (const quint64 recycled = session.connections().recycled(); recycled > 0)
        sentence += tr(" (%1 of them no longer listed)").arg(grouped(recycled));
    return sentence;
}

}  // namespace

SocketMark socketMark(const Session& session) {
    const bool finished = session.isFinished();
    if (!session.trouble().isEmpty() && (finished || anyStage(session, StageState::Failed)))
        return SocketMark::Failed;
    if (finished) return SocketMark::Ended;
    if (anyStage(session, StageState::Held)) return SocketMark::Held;
    const SocketConfig& config = session.config();
    const bool connects =
        config.role == Role::TcpClient || (config.role == Role::UdpClient && config.connectUdp);
    return connects && session.counters().openConnections.get() > 0 ? SocketMark::Connected
                                                                    : SocketMark::Waiting;
}

QString addressText(const SocketConfig& config) {
    return outsideText(Endpoint{config.effectiveHost(), config.endpoint.service}.text());
}

QString addressText(const Session& session) {
    if (isServer(session.config().role))
        if (const SocketAddress local = session.localAddress(); local.isValid())
            return outsideText(local.text());
    return addressText(session.config());
}

QString roleText(Role role) {
    return toQString(roleTitle(role));
}

QString nameText(const SocketConfig& config) {
    return config.name.empty() ? roleText(config.role) : outsideText(config.name);
}

QString nameAndRoleText(const SocketConfig& config) {
    return config.name.empty() ? roleText(config.role)
                               : tr("%1 (%2)").arg(nameText(config), roleText(config.role));
}

QString stateSentence(const Session& session) {
    const QString word = session.stateWord();
    if (session.config().role == Role::TcpServer && word == QLatin1String("listening"))
        return clientsSentence(session);
    return word;
}

qint64 uptimeNs(const Session& session) {
    if (session.openedNs() == 0) return 0;
    const CaptureStore& capture = session.capture();
    if (!session.isFinished()) return CaptureStore::nowNs() - session.openedNs();
    const std::uint64_t end = capture.endRow();
    const auto pin = end > 0 ? capture.pin(end - 1) : CaptureStore::Pin();
    return pin ? pin.record(end - 1).beginNs - session.openedNs() : 0;
}

}  // namespace sockstage
