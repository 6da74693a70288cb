// SPDX-License-Identifier: GPL-3.0-or-later
#include "stagecalls.h"

#include <QCoreApplication>
#include <algorithm>
#include <cerrno>

#include "calltext.h"
#include "plaintext.h"
#include "quantitytext.h"

namespace sockstage {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(StageCalls)
};

/// Rows that are looked at to find a stage's calls.
constexpr quint64 farthestBack = 50'000;
/// Calls that serve a set-up stage (getsockname after bind) follow its principal call this closely.
constexpr quint64 followers = 64;

/// One pin after the other, for rows that lie close together.
class Reader {
public:
    explicit Reader(const CaptureStore& capture) : capture_(capture) {}
    const CallRecord* record(quint64 row) {
        if (!pin_ || row < pin_.firstRow() || row >= pin_.endRow()) pin_ = capture_.pin(row);
        return pin_ ? &pin_.record(row) : nullptr;
    }
    std::span<const std::byte> bytes(const CallRecord& record) const { return pin_.bytes(record); }

private:
    const CaptureStore& capture_;
    CaptureStore::Pin pin_;
};

bool repeats(Stage stage) {
    return stage == Stage::Accept || stage == Stage::Recv || stage == Stage::Send || stage == Stage::Close;
}

/// Behind the last row that can belong to the stage.
quint64 searchEnd(const Session& session, Stage stage, std::uint32_t connection) {
    const quint64 end = session.capture().endRow();
    if (connection != 0 && (stage == Stage::Accept || stage == Stage::Connect))
        return std::min<quint64>(end, session.connections().at(connection).firstRow.load() + followers);
    const quint64 last = session.stages().at(stage).lastRow.load();
    if (connection != 0 || repeats(stage) || last == StageStatus::noRow) return end;
    return std::min(end, last + followers);
}

bool belongs(const CallRecord& record, Stage stage, std::uint32_t connection, bool stream) {
    if (record.call == Call::Mark || record.stage != stage) return false;
    // The session's own recv card stands for all its connections.
    return connection == 0 ? true : record.connection == connection || (!stream && record.connection == 0);
}

QString attemptOutcome(Reader& reader, const CallRecord& connect, quint64 row, quint64 end) {
    if (connect.result == 0) return connect.call == Call::Bind ? Words::tr("bound") : Words::tr("connected");
    if (connect.error != EINPROGRESS) return toQString(errnoName(connect.error));
    for (quint64 next = row + 1; next < end; ++next) {
        const CallRecord* later = reader.record(next);
        if (later == nullptr || later->call == Call::Connect) break;
        if (later->call != Call::Getsockopt || !isErrorOption(later->args[0], later->args[1])) continue;
        const int error = optionValue(reader.bytes(*later));
        return error == 0 ? Words::tr("connected") : toQString(errnoName(error));
    }
    return Words::tr("waiting");
}

std::vector<AddressAttempt> resolved(const Session& session) {
    std::vector<AddressAttempt> attempts;
    Reader reader(session.capture());
    const quint64 row = session.stages().at(Stage::Getaddrinfo).lastRow.load();
    const CallRecord* record = row == StageStatus::noRow ? nullptr : reader.record(row);
    if (record == nullptr || record->call != Call::Getaddrinfo) return attempts;
    for (const std::string& address : resolvedAddresses(reader.bytes(*record)))
        attempts.push_back({outsideText(address), {}});
    return attempts;
}

void setOutcome(std::vector<AddressAttempt>& attempts, const QString& address, const QString& outcome) {
    for (AddressAttempt& attempt : attempts)
        if (attempt.address == address) attempt.outcome = outcome;
}

QString callLines(const CallRecord& record, std::span<const std::byte> bytes) {
    const QString line = toQString(callText(record, bytes, CallNotation::Libc));
    const QString time = durationText(record.durationNs);
    const qsizetype at = line.lastIndexOf(QLatin1String(") = "));
    if (at < 0) return line + QStringLiteral("\n    ") + time;
    return line.left(at + 1) + QStringLiteral("\n  ") + line.mid(at + 2) + QStringLiteral("   · ") + time;
}

/// Said once, where both can be seen: the traffic and the program say recv(), strace and the calls' list
/// recvfrom().
QString kernelNames(const Session& session, const StageCalls& calls) {
    Reader reader(session.capture());
    for (const quint64 row : calls.rows) {
        const CallRecord* record = reader.record(row);
        if (record == nullptr) continue;
        const QString libc = toQString(callName(record->call));
        const QString line = toQString(callText(*record, reader.bytes(*record)));
        const QString kernel = line.left(line.indexOf(QLatin1Char('(')));
        if (libc == kernel || (record->call != Call::Recv && record->call != Call::Send)) continue;
        return QLatin1Char('\n') +
               Words::tr("%1() is the kernel's %2(): so strace and System calls name it.").arg(libc, kernel);
    }
    return {};
}

}  // namespace

StageCalls collectStageCalls(const Session& session, Stage stage, std::uint32_t connection,
                             std::size_t most) {
    StageCalls calls;
    Reader reader(session.capture());
    const quint64 end = searchEnd(session, stage, connection);
    const quint64 begin = std::max<quint64>(session.capture().beginRow(), end - std::min(end, farthestBack));
    const bool stream = isTcp(session.config().role);
    quint64 row = end;
    while (row > begin && calls.rows.size() < most) {
        const CallRecord* record = reader.record(--row);
        if (record != nullptr && belongs(*record, stage, connection, stream)) calls.rows.push_back(row);
    }
    calls.cut = row > begin || begin > 0;
    std::reverse(calls.rows.begin(), calls.rows.end());
    return calls;
}

std::vector<AddressAttempt> addressAttempts(const Session& session) {
    std::vector<AddressAttempt> attempts = resolved(session);
    const Stage stage = isServer(session.config().role) ? Stage::Bind : Stage::Connect;
    const Call call = stage == Stage::Bind ? Call::Bind : Call::Connect;
    const StageCalls calls = collectStageCalls(session, stage, 0, 64);
    Reader reader(session.capture());
    for (const quint64 row : calls.rows) {
        const CallRecord* record = reader.record(row);
        if (record == nullptr || record->call != call) continue;
        const CallRecord copy = *record;
        const QString address = outsideText(addressText(copy, reader.bytes(*record)));
        setOutcome(attempts, address, attemptOutcome(reader, copy, row, calls.rows.back() + 1));
    }
    return attempts;
}

std::vector<GrantedOption> grantedOptions(const Session& session, const std::vector<quint64>& rows) {
    std::vector<GrantedOption> options;
    Reader reader(session.capture());
    for (std::size_t i = 0; i + 1 < rows.size(); ++i) {
        const CallRecord* first = reader.record(rows[i]);
        if (first == nullptr || first->call != Call::Setsockopt || first->failed()) continue;
        const CallRecord set = *first;
        const int asked = optionValue(reader.bytes(set));
        const CallRecord* get = reader.record(rows[i + 1]);
        if (get == nullptr || get->call != Call::Getsockopt || get->args[0] != set.args[0] ||
            get->args[1] != set.args[1])
            continue;
        options.push_back(
            {toQString(optionName(set.args[0], set.args[1])), asked, optionValue(reader.bytes(*get))});
    }
    return options;
}

QString callsText(const Session& session, const StageCalls& calls) {
    QStringList lines;
    Reader reader(session.capture());
    for (const quint64 row : calls.rows)
        if (const CallRecord* record = reader.record(row)) lines << callLines(*record, reader.bytes(*record));
    if (const QString same = kernelNames(session, calls); !same.isEmpty()) lines << same;
    return lines.join(QLatin1Char('\n'));
}

Call principalCall(Stage stage) {
    switch (stage) {
        case Stage::Getaddrinfo:
            return Call::Getaddrinfo;
        case Stage::Socket:
            return Call::Socket;
        case Stage::Bind:
            return Call::Bind;
        case Stage::Listen:
            return Call::Listen;
        case Stage::Accept:
            return Call::Accept4;
        case Stage::Connect:
            return Call::Connect;
        case Stage::Recv:
            return Call::Recv;
        case Stage::Send:
            return Call::Send;
        case Stage::Shutdown:
            return Call::Shutdown;
        case Stage::Close:
            break;
    }
    return Call::Close;
}

FailedCall latestFailure(const Session& session, const StageCalls& calls) {
    Reader reader(session.capture());
    for (std::size_t i = calls.rows.size(); i-- > 0;) {
        const CallRecord* record = reader.record(calls.rows[i]);
        if (record == nullptr) continue;
        const bool outcome = record->call == Call::Getsockopt && record->stage == Stage::Connect &&
                             isErrorOption(record->args[0], record->args[1]);
        if (outcome && optionValue(reader.bytes(*record)) != 0)
            return {Call::Connect, toQString(errnoName(optionValue(reader.bytes(*record))))};
        const bool pending = record->error == EINPROGRESS || record->error == EAGAIN;
        if (record->failed() && !pending) return {record->call, toQString(errorName(*record))};
    }
    return {};
}

}  // namespace sockstage
