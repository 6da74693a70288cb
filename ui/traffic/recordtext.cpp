// SPDX-License-Identifier: GPL-3.0-or-later
#include "recordtext.h"

#include <QCoreApplication>
#include <algorithm>
#include <cerrno>

#include "calltext.h"
#include "connectiontext.h"
#include "payloadpieces.h"
#include "plaintext.h"
#include "quantitytext.h"
#include "queuederror.h"
#include "session.h"

namespace sockstage {
namespace {

using Kind = RecordLine::Kind;
using Tone = TextPiece::Tone;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(RecordText)
};

void note(RecordLine& line, const QString& text, Tone tone = Tone::Note) {
    line.text.push_back({text, tone, false});
}

void fail(RecordLine& line, const QString& text) {
    line.kind = Kind::Failure;
    line.text.push_back({text, Tone::Failure, false});
}

QString failedCall(const CallRecord& record) {
    return Words::tr("%1() failed: %2").arg(toQString(callName(record.call)), failureText(record));
}

QString sizeText(std::uint64_t bytes) {
    return bytes < 1'000'000 ? grouped(bytes) : bytesText(bytes);
}

QString partialText(const CallRecord& record) {
    return Words::tr("%1 of %2 accepted by the kernel (partial) · ")
        .arg(grouped(static_cast<quint64>(record.result)), grouped(record.asked));
}

QString truncatedText(const CallRecord& record) {
    const quint64 kept = record.dataLength();
    const auto whole = static_cast<quint64>(record.result);
    return Words::tr("%1 of %2 bytes kept, %3 lost: datagram longer than the read size · ")
        .arg(grouped(kept), grouped(whole), grouped(whole - kept));
}

int columnsUsed(const RecordLine& line) {
    return static_cast<int>(line.plainText().size());
}

void movedBytes(RecordLine& line, const CaptureStore::Pin& pin, const CallRecord& record, PayloadStyle style,
                int columns) {
    const bool received = isReceive(record.call);
    line.kind = received ? Kind::Received : Kind::Sent;
    line.arrow = received ? QStringLiteral("↓") : QStringLiteral("↑");
    line.size = sizeText(static_cast<std::uint64_t>(record.result));
    if (record.truncated()) note(line, truncatedText(record));
    if (!received && record.result < static_cast<std::int64_t>(record.asked)) note(line, partialText(record));
    constexpr int worthwhile = 24;
    const int room = columns - columnsUsed(line);
    if (line.text.empty() || room >= worthwhile) appendPayload(line.text, pin.data(record), style, room);
}

void transfer(RecordLine& line, const RecordSource& source, const CaptureStore::Pin& pin,
              const CallRecord& record, PayloadStyle style, int columns) {
    if (record.failed()) {
        isPending(record) ? note(line, failedCall(record)) : fail(line, failedCall(record));
    } else if (record.result > 0) {
        movedBytes(line, pin, record, style, columns);
    } else if (source.stream && isEof(record)) {
        note(line, Words::tr("recv() returned 0: the peer closed its sending side (EOF)"));
    } else {
        movedBytes(line, pin, record, style, columns);
        if (!source.stream) note(line, Words::tr("(empty datagram)"));
    }
}

void connectOutcome(RecordLine& line, std::span<const std::byte> bytes) {
    const int error = optionValue(bytes);
    if (error == 0) return note(line, Words::tr("connected"));
    fail(
        line,
        Words::tr("connect() failed: %1 (%2)").arg(toQString(errnoName(error)), toQString(errnoText(error))));
}

QString shutdownText(int how) {
    // SHUT_RD 0, SHUT_WR 1, SHUT_RDWR 2: shutdown(2).
    if (how == 0) return Words::tr("shutdown(SHUT_RD): we read no more");
    if (how == 1)
        return Words::tr("shutdown(SHUT_WR): our sending side is closed, the peer reads EOF after the rest");
    return Words::tr("shutdown(SHUT_RDWR): both directions are closed");
}

QString closeText(const RecordSource& source, const CallRecord& record) {
    const QString text = Words::tr("close(): fd %1 closed").arg(record.fd);
    if (!source.connections->has(record.connection)) return text;
    const quint64 unread =
        source.connections->at(record.connection).unreadAtClose.load(std::memory_order_relaxed);
    return unread == 0
               ? text
               : Words::tr("%1 with %2 bytes unread: the kernel sends a reset").arg(text, grouped(unread));
}

void mark(RecordLine& line, const CallRecord& record, std::span<const std::byte> bytes) {
    const QString text =
        toQString(printableText({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
    const QString words = text.isEmpty() ? toQString(stageStateName(record.markState())) : text;
    const QString sentence = toQString(stageName(record.stage)) + QStringLiteral(": ") + words;
    record.markState() == StageState::Failed ? fail(line, sentence) : note(line, sentence);
}

void event(RecordLine& line, const RecordSource& source, const CallRecord& record,
           std::span<const std::byte> bytes) {
    if (record.call == Call::Mark) return mark(line, record, bytes);
    if (isPending(record))
        return note(line, Words::tr("%1() has begun").arg(toQString(callName(record.call))));
    if (record.failed()) return fail(line, failedCall(record));
    if (const auto error = queuedError(record, bytes))
        return fail(line, toQString(queuedErrorText(*error, source.stream)));
    switch (record.call) {
        case Call::Accept4:
            return note(line, Words::tr("accepted as fd %1").arg(record.result));
        case Call::Connect:
            return note(line, Words::tr("connected"));
        case Call::Getsockopt:
            return connectOutcome(line, bytes);
        case Call::Shutdown:
            return note(line, shutdownText(record.args[0]));
        case Call::Close:
            return note(line, closeText(source, record));
        default:
            return note(line, toQString(callText(record, bytes)));
    }
}

RecordLine lineStart(const RecordSource& source, const CallRecord& record) {
    RecordLine line;
    line.time = timeOfDayText(source.capture->toEpochNs(record.beginNs));
    line.arrow = QStringLiteral("•");
    return line;
}

}  // namespace

RecordSource RecordSource::of(const Session& session) {
    return {&session.capture(), &session.connections(), isTcp(session.config().role)};
}

QString RecordLine::plainText() const {
    QString whole;
    for (const TextPiece& piece : text)
        whole += piece.text;
    return whole;
}

QString RecordLine::wholeLine() const {
    return QStringList{time, arrow, peer, size, plainText()}.join(QLatin1Char('\t'));
}

bool isPending(const CallRecord& record) {
    return record.failed() && (record.error == EINPROGRESS || record.error == EAGAIN) &&
           record.call != Call::Getaddrinfo;
}

QString failureText(const CallRecord& record) {
    const auto words =
        record.call == Call::Getaddrinfo ? eaiText(static_cast<int>(record.result)) : errnoText(record.error);
    return QStringLiteral("%1 (%2)").arg(toQString(errorName(record)), toQString(words));
}

QString recordPeer(const RecordSource& source, const CaptureStore::Pin& pin, const CallRecord& record) {
    if (record.connection != 0) return peerText(*source.connections, record.connection);
    if (record.call == Call::Bind || record.call == Call::Getsockname || record.call == Call::Getpeername)
        return {};
    return outsideText(addressText(record, pin.bytes(record)));
}

RecordLine trafficLine(const RecordSource& source, const CaptureStore::Pin& pin, const CallRecord& record,
                       PayloadStyle style, int columns) {
    RecordLine line = lineStart(source, record);
    line.peer = recordPeer(source, pin, record);
    if (isTransfer(record.call))
        transfer(line, source, pin, record, style, columns);
    else
        event(line, source, record, pin.bytes(record));
    return line;
}

RecordLine callLine(const RecordSource& source, const CaptureStore::Pin& pin, const CallRecord& record) {
    RecordLine line = lineStart(source, record);
    const bool failed =
        (record.failed() && !isPending(record)) || queuedError(record, pin.bytes(record)).has_value();
    line.kind = failed ? Kind::Failure : Kind::Call;
    line.arrow = failed ? QStringLiteral("✖") : QString();
    line.peer = toQString(stageName(record.stage));
    line.size = durationText(record.durationNs);
    const QString call = toQString(callText(record, pin.bytes(record)));
    const Tone tone = failed ? Tone::Failure : Tone::Plain;
    const qsizetype result = std::max<qsizetype>(0, call.lastIndexOf(QLatin1String(") = ")));
    const qsizetype words = record.failed() ? call.indexOf(QLatin1String(" ("), result) : -1;
    line.text.push_back({call.left(result), tone, false});
    line.text.push_back({call.mid(result, words < 0 ? -1 : words - result), tone, true});
    if (words >= 0) line.text.push_back({call.mid(words), tone, false});
    return line;
}

}  // namespace sockstage
