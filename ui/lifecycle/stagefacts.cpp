// SPDX-License-Identifier: GPL-3.0-or-later
#include "stagefacts.h"

#include <QCoreApplication>
#include <cerrno>

#include "calltext.h"
#include "connectionfacts.h"
#include "connectiontext.h"
#include "plaintext.h"
#include "quantitytext.h"

namespace sockstage {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(StageFacts)
};

const QString dash = QStringLiteral("—");

QString portOnly(const SocketAddress& address) {
    return address.isValid() ? QLatin1Char(':') + QString::number(address.port()) : QString();
}

void setAddress(StageFacts& facts, const SocketAddress& address) {
    facts.fact = outsideText(address.text());
    facts.shortFact = portOnly(address);
}

void connectFact(StageFacts& facts, const Session& session) {
    setAddress(facts, session.remoteAddress());
    const auto attempt = static_cast<int>(session.stages().at(Stage::Connect).attempt.load());
    const int addresses = session.addressesFound();
    if (facts.fact.isEmpty() || addresses < 2 || attempt < 1) return;
    const QString which = Words::tr("%1 of %2", "attempt at an address").arg(attempt).arg(addresses);
    facts.fact += QStringLiteral(" · ") + which;
    facts.shortFact += QStringLiteral(" · ") + which;
}

/// Called again and again while it waits.
bool repeats(Stage stage) {
    return stage == Stage::Accept || stage == Stage::Recv || stage == Stage::Send;
}

bool wasReached(StageState state) {
    return state != StageState::NotYet && state != StageState::Skipped;
}

bool isShortage(int error) {
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

void acceptFact(StageFacts& facts, const StageStatus& status) {
    const int error = status.error.load();
    if (facts.state == StageState::Waiting && isShortage(error)) {
        facts.errorName = toQString(errnoName(error));
        facts.fact = Words::tr("paused: %1").arg(facts.errorName);
        facts.shortFact = facts.errorName;
    } else if (wasReached(facts.state)) {
        facts.shortFact = grouped(status.count.load());
        facts.fact = Words::tr("%1 accepted").arg(facts.shortFact);
    }
}

void closeFact(StageFacts& facts, const Session& session) {
    const quint64 closed = closedConnections(session.counters());
    if (session.config().role == Role::TcpServer && closed > 0)
        facts.fact = Words::tr("%1 closed").arg(grouped(closed));
}

bool isClientsDirection(const Session& session, Stage stage) {
    return session.config().role == Role::TcpServer && (stage == Stage::Recv || stage == Stage::Send);
}

// A listening socket neither receives nor sends: these cards of a server sum up its clients.
void clientsDirection(StageFacts& facts, const Session& session) {
    const SessionCounters& counters = session.counters();
    const quint64 open = counters.openConnections.get();
    if (counters.connections.get() == 0) return;
    const bool held = session.stages().held().contains(facts.stage);
    // Nothing more comes from those that have sent EOF; they can still be sent to.
    const quint64 ended = facts.stage == Stage::Recv ? counters.endedByPeer.get() : 0;
    facts.state = open <= ended ? StageState::Done : held ? StageState::Held : StageState::Waiting;
    facts.willHold = false;
    facts.shortTime = Words::tr("%1 open").arg(grouped(open));
    facts.time = facts.shortTime;
    if (const quint64 closed = closedConnections(counters))
        facts.time += QStringLiteral(" · ") + Words::tr("%1 closed").arg(grouped(closed));
}

/// Neither bind() nor connect() gives such a socket its port.
bool choosesWithFirstDatagram(const SocketConfig& config) {
    return config.role == Role::UdpClient && !config.connectUdp;
}

void sessionFact(StageFacts& facts, const Session& session, const StageStatus& status) {
    const SessionCounters& counters = session.counters();
    switch (facts.stage) {
        case Stage::Getaddrinfo:
            if (const int n = session.addressesFound())
                facts.fact = n == 1 ? Words::tr("1 address") : Words::tr("%1 addresses").arg(n);
            break;
        case Stage::Socket:
            if (const int fd = session.madeDescriptor(); fd >= 0) facts.fact = Words::tr("fd %1").arg(fd);
            break;
        case Stage::Bind:
            if (facts.state == StageState::Done || choosesWithFirstDatagram(session.config()))
                setAddress(facts, session.localAddress());
            break;
        case Stage::Listen:
            if (facts.state != StageState::Done) break;
            facts.fact = Words::tr("backlog %1").arg(session.config().backlog);
            facts.shortFact = QString::number(session.config().backlog);
            break;
        case Stage::Accept:
            acceptFact(facts, status);
            break;
        case Stage::Connect:
            connectFact(facts, session);
            break;
        case Stage::Recv:
            if (wasReached(facts.state)) facts.fact = receivedText(counters.receivedBytes.get());
            break;
        case Stage::Send:
            if (!wasReached(facts.state)) break;
            facts.fact = sentText(counters.sentBytes.get(), counters.queuedBytes.get());
            facts.shortFact = sentText(counters.sentBytes.get(), 0);
            break;
        case Stage::Shutdown:
            break;  // ownConnectionFacts(): the connection shows it
        case Stage::Close:
            closeFact(facts, session);
            break;
    }
}

/// A stage whose calls repeat waits since the last of them, and does not wait while they come all the time.
void runningClock(StageFacts& facts, const StageStatus& status) {
    constexpr qint64 pauseNs = 1'000'000'000;
    const qint64 called = facts.state == StageState::Waiting ? status.calledNs.load() : 0;
    const qint64 waited = CaptureStore::nowNs() - std::max<qint64>(status.sinceNs.load(), called);
    if (called != 0 && status.error.load() == 0 && repeats(facts.stage) && waited < pauseNs) {
        facts.time = facts.shortTime = Words::tr("at work");
        return;
    }
    facts.shortTime = elapsedText(waited);
    facts.time = stateText(facts.state) + QLatin1Char(' ') + facts.shortTime;
}

/// Once all is closed, nothing waits any more, and what was not called never will be.
void finishedTime(StageFacts& facts) {
    if (facts.state == StageState::NotYet) {
        facts.state = StageState::Skipped;
        facts.time = notCalledText();
        facts.shortTime = stateText(facts.state);
        return;
    }
    facts.time = Words::tr("ended");
    facts.ended = true;
}

void sessionTime(StageFacts& facts, const Session& session, const StageStatus& status) {
    const qint64 duration = status.durationNs.load();
    const bool over = session.isFinished();
    const bool unsettled = facts.state == StageState::Waiting || facts.state == StageState::Held ||
                           facts.state == StageState::NotYet;
    if (over && unsettled) return finishedTime(facts);
    switch (facts.state) {
        case StageState::Waiting:
        case StageState::Held:
            return runningClock(facts, status);
        case StageState::Done:
        case StageState::Failed:
            facts.time = duration >= 0 ? durationText(duration) : stateText(facts.state);
            break;
        case StageState::NotYet:
            facts.time = facts.willHold ? Words::tr("will hold") : stateText(facts.state);
            break;
        case StageState::Skipped:
            facts.time = stateText(facts.state);
    }
}

void showFailure(StageFacts& facts, const StageStatus& status) {
    const int error = status.error.load();
    if (facts.state != StageState::Failed || error == 0) return;
    facts.errorName = toQString(facts.stage == Stage::Getaddrinfo ? eaiName(error) : errnoName(error));
    facts.fact = facts.shortFact = facts.errorName;
}

}  // namespace

QString stateText(StageState state) {
    switch (state) {
        case StageState::NotYet:
            return Words::tr("not yet");
        case StageState::Waiting:
            return Words::tr("waiting");
        case StageState::Done:
            return Words::tr("done");
        case StageState::Failed:
            return Words::tr("failed");
        case StageState::Held:
            return Words::tr("held");
        case StageState::Skipped:
            break;
    }
    return Words::tr("skipped");
}

QString stateMark(StageState state) {
    switch (state) {
        case StageState::NotYet:
            return QStringLiteral("○");
        case StageState::Waiting:
            return QStringLiteral("◉");
        case StageState::Done:
            return QStringLiteral("✔");
        case StageState::Failed:
            return QStringLiteral("✖");
        case StageState::Held:
            return QStringLiteral("❚❚");
        case StageState::Skipped:
            break;
    }
    return QStringLiteral("–");
}

QString StageFacts::accessibleName() const {
    QStringList parts{name, ended ? Words::tr("ended") : stateText(state)};
    if (!fact.isEmpty() && fact != dash) parts << fact;
    if (!errorName.isEmpty() && !fact.contains(errorName)) parts << errorName;
    if (willHold) parts << Words::tr("will be held");
    if (next) parts << Words::tr("next");
    return parts.join(QStringLiteral(", "));
}

std::vector<Stage> railStages(Role role, std::uint32_t connection) {
    if (connection == 0) {
        const auto order = fullOrder(role);
        return {order.begin(), order.end()};
    }
    if (!isTcp(role)) return {Stage::Recv, Stage::Send};
    const Stage first = isServer(role) ? Stage::Accept : Stage::Connect;
    return {first, Stage::Recv, Stage::Send, Stage::Shutdown, Stage::Close};
}

StageFacts stageFacts(const Session& session, Stage stage, std::uint32_t connection) {
    StageFacts facts;
    facts.stage = stage;
    facts.name = toQString(stageName(stage));
    if (session.connections().has(connection)) {
        connectionFacts(facts, session, session.connections().at(connection));
    } else if (connection == 0) {
        const StageStatus& status = session.stages().at(stage);
        facts.state = status.state.load();
        facts.willHold = facts.state == StageState::NotYet && !session.isFinished() &&
                         session.stages().held().contains(stage);
        sessionTime(facts, session, status);
        if (isClientsDirection(session, stage)) clientsDirection(facts, session);
        sessionFact(facts, session, status);
        showFailure(facts, status);
        if (session.config().role == Role::TcpClient && session.connections().count() > 0)
            ownConnectionFacts(facts, session.connections().at(1));
    }
    if (facts.fact.isEmpty()) facts.fact = dash;
    if (facts.shortFact.isEmpty()) facts.shortFact = facts.fact;
    if (facts.shortTime.isEmpty()) facts.shortTime = facts.time;
    return facts;
}

}  // namespace sockstage
