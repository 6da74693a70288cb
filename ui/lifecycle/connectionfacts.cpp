// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectionfacts.h"

#include <QCoreApplication>

#include "calltext.h"
#include "connectiontext.h"
#include "plaintext.h"
#include "quantitytext.h"

namespace sockstage {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(ConnectionFacts)
};

StageState directionStage(DirectionState direction) {
    switch (direction) {
        case DirectionState::Open:
            return StageState::Waiting;
        case DirectionState::Held:
            return StageState::Held;
        case DirectionState::Broken:
            return StageState::Failed;
        case DirectionState::Eof:
        case DirectionState::ShutDown:
            break;
    }
    return StageState::Done;
}

QString directionText(DirectionState direction) {
    switch (direction) {
        case DirectionState::Open:
            return Words::tr("open");
        case DirectionState::Held:
            return Words::tr("held");
        case DirectionState::Eof:
            return Words::tr("EOF from the peer");
        case DirectionState::ShutDown:
            return Words::tr("shut down by us");
        case DirectionState::Broken:
            break;
    }
    return Words::tr("broken off");
}

/// A recv() that fails ends both directions: no send() has failed then, and none is said to have.
bool hasFailed(const StageFacts& facts, const ConnectionSlot& slot) {
    const auto broken = [](const std::atomic<DirectionState>& now) {
        return now.load(std::memory_order_relaxed) == DirectionState::Broken;
    };
    if (facts.stage == Stage::Recv) return broken(slot.receiving);
    return broken(slot.sending) && (!broken(slot.receiving) || slot.discardedBytes.get() != 0);
}

void direction(StageFacts& facts, const ConnectionSlot& slot, DirectionState now, const QString& amount) {
    facts.fact = amount;
    facts.ended = !isAlive(now) || !isOpen(slot);
    facts.state = hasFailed(facts, slot)                          ? StageState::Failed
                  : isOpen(slot) && now != DirectionState::Broken ? directionStage(now)
                                                                  : StageState::Done;
    facts.time = isAlive(now) && !isOpen(slot) ? Words::tr("closed") : directionText(now);
    if (facts.state == StageState::Failed) facts.errorName = toQString(errnoName(slot.endError.load()));
    if (!facts.errorName.isEmpty()) facts.time = facts.errorName;
}

void establishedFact(StageFacts& facts, const ConnectionSlot& slot, const Session& session) {
    facts.state = StageState::Done;
    facts.fact = Words::tr("fd %1").arg(slot.firstFd);
    facts.time = timeOfDayText(session.capture().toEpochNs(slot.openedNs));
}

/// A shutdown or close that was requested, or that will be stopped when it is.
void showHold(StageFacts& facts, const ConnectionSlot& slot) {
    if (!isOpen(slot)) return;
    if (slot.stoppedStages().contains(facts.stage)) facts.state = StageState::Held;
    facts.willHold = facts.state == StageState::NotYet && slot.heldStages().contains(facts.stage);
}

void halfCloseFact(StageFacts& facts, const ConnectionSlot& slot) {
    facts.state = wasShutDown(slot) ? StageState::Done
                  : isOpen(slot)    ? StageState::NotYet
                                    : StageState::Skipped;
    showHold(facts, slot);
    facts.time = facts.willHold                       ? Words::tr("will hold")
                 : facts.state == StageState::Skipped ? notCalledText()
                                                      : stateText(facts.state);
    facts.fact = halvesText(slot);
}

// close(2) with unread bytes makes the kernel send RST instead of FIN: RFC 2525 section 2.17.
void warnOfReset(StageFacts& facts, const ConnectionSlot& slot) {
    const quint64 unread = unreadBytes(slot);
    if (unread == 0) return;
    facts.fact = Words::tr("unread %1").arg(bytesText(unread));
    facts.time = Words::tr("close will send a reset");
    facts.shortTime = facts.shortFact = Words::tr("will reset");
}

void clientCloseFact(StageFacts& facts, const ConnectionSlot& slot) {
    facts.state = isOpen(slot) ? StageState::NotYet : StageState::Done;
    showHold(facts, slot);
    facts.time = facts.willHold ? Words::tr("will hold") : stateText(facts.state);
    if (!isOpen(slot)) {
        facts.fact = endText(slot);
        if (const qint64 ended = slot.endedNs.load())
            facts.time = Words::tr("after %1").arg(elapsedText(ended - slot.openedNs));
    }
    warnOfReset(facts, slot);
}

void endedDirection(StageFacts& facts, DirectionState now) {
    if (isAlive(now) || facts.state == StageState::Failed) return;
    facts.ended = true;
    facts.time = directionText(now);
}

}  // namespace

QString notCalledText() {
    return Words::tr("not called");
}

QString sentText(quint64 sent, quint64 queued) {
    const QString text = QStringLiteral("↑") + bytesText(sent);
    return queued == 0 ? text : Words::tr("%1 + %2 queued").arg(text, bytesText(queued));
}

QString receivedText(quint64 received) {
    return QStringLiteral("↓") + bytesText(received);
}

void ownConnectionFacts(StageFacts& facts, const ConnectionSlot& slot) {
    if (facts.stage == Stage::Recv) endedDirection(facts, slot.receiving.load());
    if (facts.stage == Stage::Send) endedDirection(facts, slot.sending.load());
    if (facts.stage == Stage::Shutdown && facts.errorName.isEmpty()) facts.fact = halvesText(slot);
    if (facts.stage != Stage::Close) return;
    if (!isOpen(slot)) facts.fact = endText(slot);
    warnOfReset(facts, slot);
}

void connectionFacts(StageFacts& facts, const Session& session, const ConnectionSlot& slot) {
    switch (facts.stage) {
        case Stage::Recv:
            direction(facts, slot, slot.receiving.load(), receivedText(slot.receivedBytes.get()));
            break;
        case Stage::Send:
            direction(facts, slot, slot.sending.load(),
                      sentText(slot.sentBytes.get(), slot.queuedBytes.get()));
            break;
        case Stage::Shutdown:
            halfCloseFact(facts, slot);
            break;
        case Stage::Close:
            clientCloseFact(facts, slot);
            break;
        default:
            establishedFact(facts, slot, session);
    }
}

}  // namespace sockstage
