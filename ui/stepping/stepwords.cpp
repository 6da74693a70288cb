// SPDX-License-Identifier: GPL-3.0-or-later
#include "stepwords.h"

#include <QCoreApplication>

#include "connectiontext.h"
#include "explanations.h"
#include "plaintext.h"
#include "quantitytext.h"

namespace sockstage {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(StepWords)
};

QString nameOf(Stage stage) {
    return toQString(stageName(stage));
}

QString waitsFor(Stage stage, const Session& session) {
    if (stage == Stage::Accept) return Words::tr("a client comes");
    if (stage == Stage::Send) return Words::tr("the send buffer has room");
    return isTcp(session.config().role) ? Words::tr("something arrives from the peer")
                                        : Words::tr("a datagram arrives");
}

QString queuedText(quint64 queued) {
    return queued == 0 ? QString() : Words::tr("%1 queued").arg(bytesText(queued));
}

QString unreadText(quint64 unread) {
    return unread == 0 ? QString() : Words::tr("%1 unread").arg(bytesText(unread));
}

std::optional<KernelFacts> ownFacts(const Session& session) {
    const auto history = session.kernelHistory(0);
    return history ? history->present() : std::nullopt;
}

QString acceptQueueText(const Session& session) {
    const auto facts = ownFacts(session);
    if (!facts || facts->acceptQueue <= 0) return {};
    return facts->acceptQueue == 1 ? Words::tr("1 client waits")
                                   : Words::tr("%1 clients wait").arg(grouped(quint64(facts->acceptQueue)));
}

QString datagramText(const Session& session) {
    const auto facts = ownFacts(session);
    const bool waits = facts && facts->receiveChargedBytes > 0 && facts->unreadBytes >= 0;
    return waits ? Words::tr("the next has %1").arg(bytesText(quint64(facts->unreadBytes))) : QString();
}

/// A stage that has begun and waits for the kernel, a resolver or the peer; the set-up goes on by itself.
std::optional<Stage> underWay(const Session& session) {
    for (const Stage stage : setupOrder(session.config().role)) {
        const StageState state = session.stages().at(stage).state.load();
        if (state == StageState::Waiting && stage != Stage::Accept) return stage;
    }
    return {};
}

}  // namespace

QString stepTitle(const Session& session, const NextStep& next) {
    const bool named = next.connection != 0 && isServer(session.config().role);
    if (!named) return Words::tr("Next: %1").arg(nameOf(next.stage));
    return Words::tr("Next: %1 of %2")
        .arg(nameOf(next.stage), peerText(session.connections(), next.connection));
}

QString stepSentence(const Session& session, const NextStep& next) {
    if (next.armed == 0) return explanations::stageWill(next.stage, session.config().role);
    const QString when = waitsFor(next.stage, session);
    if (next.armed == 1) return Words::tr("One step was made: the call comes as soon as %1.").arg(when);
    return Words::tr("%1 steps were made: the calls come as soon as %2.").arg(next.armed).arg(when);
}

QStringList stepSentences(Role role) {
    QStringList sentences;
    for (const Stage stage : fullOrder(role))
        sentences << explanations::stageWill(stage, role);
    return sentences;
}

QString nothingToStep(const Session& session) {
    if (session.isFinished()) return {};
    if (const auto stage = underWay(session))
        return Words::tr("%1 is under way and waits for its answer.").arg(nameOf(*stage));
    return Words::tr("Nothing that is held has its turn now.");
}

QString waitingText(const Session& session, Stage stage, std::uint32_t connection) {
    const bool stream = isTcp(session.config().role);
    if (stage == Stage::Accept) return acceptQueueText(session);
    if (!stream && stage == Stage::Recv) return datagramText(session);
    if (!stream) return stage == Stage::Send ? queuedText(session.counters().queuedBytes.get()) : QString();
    if (!session.connections().has(connection)) return {};
    const ConnectionSlot& slot = session.connections().at(connection);
    if (stage == Stage::Recv) return unreadText(unreadBytes(slot));
    return stage == Stage::Send ? queuedText(slot.queuedBytes.get()) : QString();
}

}  // namespace sockstage
