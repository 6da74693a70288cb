#include "stagefacts.h"

#include <QCoreApplication>
#include <cerrno>

#include "calltext.h"
#include "connectionfacts.h"
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

/// Addresses that getaddrinfo returned; 0 when unknown or evicted.
int addressCount(const Session& session) {
    const auto row = session.stages().at(Stage::Getaddrinfo).lastRow.load();
    const auto pin = session.capture().pin(row);
    if (row == StageStatus::noRow || !pin || pin.record(row).call != Call::Getaddrinfo) return 0;
    return static_cast<int>(resolvedAddresses(pin.bytes(pin.record(row))).size());
}

/// The address that the latest bind or connect was given.
SocketAddress triedAddress(const Session& session, Stage stage) {
    const auto row = session.stages().at(stage).lastRow.load();
    const auto pin = session.capture().pin(row);
    if (row == StageStatus::noRow || !pin) return {};
    const CallRecord& record = pin.record(row);
    if (record.call != Call::Bind && record.call != Call::Connect) return {};
    return SocketAddress::fromBytes(pin.bytes(record));
}

/// The descriptor that socket() returned, also when it is closed by now; -1 when there was none.
int madeDescriptor(const Session& session, const StageStatus& status) {
    const auto row = status.lastRow.load();
    const auto pin = row == StageStatus::noRow ? CaptureStore::Pin() : session.capture().pin(row);
    const bool known = pin && pin.record(row).call == Call::Socket;
    return known ? static_cast<int>(pin.record(row).result) : session.descriptor();
}

void setAddress(StageFacts& facts, const SocketAddress& address) {
    facts.fact = outsideText(address.text());
    facts.shortFact = portOnly(address);
}

void connectFact(StageFacts& facts, const Session& session) {
    const SocketAddress remote = session.remoteAddress();
    setAddress(facts, remote.isValid() ? remote : triedAddress(session, Stage::Connect));
    const auto attempt = static_cast<int>(session.stages().at(Stage::Connect).attempt.load());
    const int addresses = addressCount(session);
    if (facts.fact.isEmpty() || addresses < 2 || attempt < 1) return;
    const QString which = Words::tr("%1 of %2", "attempt at an address").arg(attempt).arg(addresses);
    facts.fact += QStringLiteral(" · ") + which;
    facts.shortFact += QStringLiteral(" · ") + which;
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
    } else if (facts.state != StageState::NotYet) {
        facts.fact = Words::tr("%1 accepted").arg(grouped(status.count.load()));
    }
}

quint64 closedConnections(const SessionCounters& counters) {
    const quint64 open = counters.openConnections.get(), ever = counters.connections.get();
    return ever > open ? ever - open : 0;
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
    facts.state = open == 0 ? StageState::Done : held ? StageState::Held : StageState::Waiting;
    facts.willHold = false;
    facts.shortTime = Words::tr("%1 open").arg(grouped(open));
    facts.time = facts.shortTime;
    if (const quint64 closed = closedConnections(counters))
        facts.time += QStringLiteral(" · ") + Words::tr("%1 closed").arg(grouped(closed));
}

void sessionFact(StageFacts& facts, const Session& session, const StageStatus& status) {
    const SessionCounters& counters = session.counters();
    switch (facts.stage) {
        case Stage::Getaddrinfo:
            if (const int n = addressCount(session))
                facts.fact = n == 1 ? Words::tr("1 address") : Words::tr("%1 addresses").arg(n);
            break;
        case Stage::Socket:
            if (const int fd = madeDescriptor(session, status); fd >= 0)
                facts.fact = Words::tr("fd %1").arg(fd);
            break;
        case Stage::Bind:
            if (facts.state == StageState::Done) setAddress(facts, session.localAddress());
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
            if (facts.state != StageState::NotYet) facts.fact = receivedText(counters.receivedBytes.get());
            break;
        case Stage::Send:
            if (facts.state == StageState::NotYet) break;
            facts.fact = sentText(counters.sentBytes.get(), counters.queuedBytes.get());
            facts.shortFact = sentText(counters.sentBytes.get(), 0);
            break;
        case Stage::Shutdown:
            if (facts.state == StageState::Done) facts.fact = Words::tr("EOF sent");
            break;
        case Stage::Close:
            closeFact(facts, session);
            break;
    }
}

void runningClock(StageFacts& facts, const StageStatus& status) {
    facts.shortTime = elapsedText(CaptureStore::nowNs() - status.sinceNs.load());
    facts.time = stateText(facts.state) + QLatin1Char(' ') + facts.shortTime;
}

void sessionTime(StageFacts& facts, const Session& session, const StageStatus& status) {
    const qint64 duration = status.durationNs.load();
    const bool over = session.isFinished();
    switch (facts.state) {
        case StageState::Waiting:
        case StageState::Held:
            return over ? void(facts.time = Words::tr("ended")) : runningClock(facts, status);
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
    if (connection != 0 && connection <= session.connections().count()) {
        connectionFacts(facts, session, session.connections().at(connection));
    } else if (connection == 0) {
        const StageStatus& status = session.stages().at(stage);
        facts.state = status.state.load();
        facts.willHold = facts.state == StageState::NotYet && session.stages().held().contains(stage);
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
