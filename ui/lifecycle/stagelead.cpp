#include "stagelead.h"

#include <QStringList>
#include <cerrno>

namespace sockstage {
namespace {

constexpr qsizetype listEntries = 2;

/// How much one call tells of its stage.
enum class Weight : std::uint8_t { None, Served, Principal, Failed };

Weight weightOf(const CallRecord& record, Stage stage) {
    if (record.failed() && record.error != EINPROGRESS && record.error != EAGAIN) return Weight::Failed;
    const bool named = record.call == principalCall(stage) ||
                       (stage == Stage::Recv && isReceive(record.call)) ||
                       (stage == Stage::Send && isSend(record.call));
    return named ? Weight::Principal : Weight::Served;
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
        const CaptureStore::Pin pin = session.capture().pin(calls.rows[i]);
        const Weight weight = pin ? weightOf(pin.record(calls.rows[i]), stage) : Weight::None;
        if (weight <= best) continue;
        best = weight;
        principal.rows = {calls.rows[i]};
    }
    return principal;
}

}  // namespace sockstage
