// SPDX-License-Identifier: GPL-3.0-or-later
#include "stagelead.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>
#include <cerrno>
#include <optional>

#include "connectiontext.h"

namespace sockstage {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(StageLead)
};

constexpr qsizetype listEntries = 2;

/// How much one call says of its stage.
enum class Weight : std::uint8_t { None, Served, Principal, Failed };

Weight weightOf(const Session& session, quint64 row, const CallRecord& record, Stage stage) {
    if (!latestFailure(session, {{row}, false}).errorName.isEmpty()) return Weight::Failed;
    const bool named = record.call == principalCall(stage) ||
                       (stage == Stage::Recv && isReceive(record.call)) ||
                       (stage == Stage::Send && isSend(record.call));
    return named ? Weight::Principal : Weight::Served;
}

bool isCall(const Session& session, quint64 row, Call call, int error) {
    const CaptureStore::Pin pin = session.capture().pin(row);
    if (!pin) return false;
    const CallRecord& record = pin.record(row);
    return record.call == call && (error == 0 || (record.failed() && record.error == error));
}

/// Where this connect() only began: the row that says how it ended.
std::optional<quint64> outcomeOf(const Session& session, quint64 connect, const StageCalls& calls) {
    if (!isCall(session, connect, Call::Connect, EINPROGRESS)) return {};
    for (const quint64 row : calls.rows) {
        if (row <= connect) continue;
        if (isCall(session, row, Call::Connect, 0)) break;
        if (isCall(session, row, Call::Getsockopt, 0)) return row;
    }
    return {};
}

/// A call of this stage was made, recorded or not.
bool wasCalled(const Session& session, Stage stage, std::uint32_t connection) {
    if (connection == 0) {
        const auto& counters = session.counters();
        return session.stages().at(stage).lastRow.load() != StageStatus::noRow ||
               (stage == Stage::Recv && counters.receivedMessages.get() != 0) ||
               (stage == Stage::Send && counters.sentMessages.get() != 0);
    }
    const ConnectionSlot& slot = session.connections().at(connection);
    switch (stage) {
        case Stage::Accept:
            return true;
        case Stage::Recv:
            return slot.receivedMessages.get() != 0;
        case Stage::Send:
            return slot.sentMessages.get() != 0;
        case Stage::Shutdown:
            return slot.sending.load() == DirectionState::ShutDown;
        case Stage::Close:
            return !isOpen(slot);
        default:
            return session.stages().at(stage).lastRow.load() != StageStatus::noRow;
    }
}

bool isEntry(const QString& block) {
    return block.startsWith(QStringLiteral("- "));
}

}  // namespace

QString leadOf(const QString& markdown) {
    const QStringList blocks = markdown.split(QStringLiteral("\n\n"), Qt::SkipEmptyParts);
    if (blocks.isEmpty()) return {};
    if (blocks.size() < 2 || !isEntry(blocks[1])) return blocks[0];
    QStringList kept;
    qsizetype entries = 0;
    for (const QString& line : blocks[1].split(QLatin1Char('\n'))) {
        if (isEntry(line) && ++entries > listEntries) break;
        kept << line;
    }
    return blocks[0] + QStringLiteral("\n\n") + kept.join(QLatin1Char('\n'));
}

StageCalls principalCallOf(const Session& session, Stage stage, const StageCalls& calls) {
    StageCalls principal;
    Weight best = Weight::None;
    for (std::size_t i = calls.rows.size(); i-- > 0;) {
        const quint64 row = calls.rows[i];
        const CaptureStore::Pin pin = session.capture().pin(row);
        const Weight weight = pin ? weightOf(session, row, pin.record(row), stage) : Weight::None;
        if (weight <= best) continue;
        best = weight;
        principal.rows = {row};
    }
    if (principal.rows.empty()) return principal;
    if (const auto outcome = outcomeOf(session, principal.rows.front(), calls))
        principal.rows.push_back(*outcome);
    return principal;
}

QString whichCallsText(const Session& session, const StageCalls& shown, const StageCalls& all) {
    const std::size_t count = all.rows.size();
    if (shown.rows.empty() || shown.rows.size() == count) {
        return all.cut && count != 0 ? Words::tr("The latest %1 calls of this stage:").arg(count) : QString();
    }
    const bool latest = shown.rows.back() == all.rows.back();
    if (all.cut) {
        if (latest) return Words::tr("The latest call of this stage:");
        const bool failed = !latestFailure(session, shown).errorName.isEmpty();
        return (failed ? Words::tr("A failed call among the latest %1:")
                       : Words::tr("One of the latest %1 calls of this stage:"))
            .arg(count);
    }
    const auto place = [&all](quint64 row) {
        return std::find(all.rows.begin(), all.rows.end(), row) - all.rows.begin() + 1;
    };
    QString places = QString::number(place(shown.rows.front()));
    if (shown.rows.size() > 1) places += Words::tr(" and %1").arg(place(shown.rows.back()));
    return (latest ? Words::tr("Call %1 of %2, the latest:") : Words::tr("Call %1 of %2:"))
        .arg(places)
        .arg(count);
}

QString noCallsText(const Session& session, Stage stage, std::uint32_t connection) {
    const CaptureStore& capture = session.capture();
    if (!wasCalled(session, stage, connection)) return Words::tr("No call of this stage has been made.");
    if (capture.beginRow() == 0) return Words::tr("No call of this stage is among the latest 50,000.");
    return Words::tr("No call of this stage is kept any more: newer ones have filled the capture's limit.");
}

}  // namespace sockstage
