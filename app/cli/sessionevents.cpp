// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessionevents.h"

#include <cerrno>
#include <utility>

#include "calltext.h"
#include "controlmessages.h"
#include "errorlines.h"
#include "session.h"

namespace sockstage {
namespace {

/// A reset that comes after the peer's EOF is EPIPE (tcp_reset() in the kernel); we never send after
/// our own shutdown, so for us it has no other cause.
bool meansReset(int error) {
    return error == ECONNRESET || error == EPIPE;
}

/// SO_ERROR hands over, once, the error that a non-blocking call would have returned.
bool reportsReset(const EventRecord& view) {
    const CallRecord& record = view.record;
    if (isTransfer(record.call)) return record.failed() && meansReset(record.error);
    return record.call == Call::Getsockopt && !record.failed() &&
           isErrorOption(record.args[0], record.args[1]) && meansReset(optionValue(view.bytes));
}

}  // namespace

SessionEvents::SessionEvents(Session& session, int number, EventSink& sink)
    : session_(session), capture_(session.capture()), number_(number), sink_(sink) {}

std::uint8_t& SessionEvents::seen(std::uint32_t connection) {
    if (connection >= seen_.size()) seen_.resize(connection + 1);
    return seen_[connection];
}

/// Before the rows are looked at: each that was there when the kernel was sampled is then seen first.
void SessionEvents::takeLooks() {
    if (looks_.empty()) looksMissed_ += session_.takeKernelLog(looks_);
    if (answers_.empty()) session_.takeOptionAnswers(answers_);
}

bool SessionEvents::peek(std::int64_t& beginNs) {
    takeLooks();
    bool any = false;
    const auto offer = [&](Next what, std::int64_t atNs) {
        if (any && atNs >= beginNs) return;
        any = true;
        nextIs_ = what;
        beginNs = atNs;
    };
    if (next_ != capture_.endRow() && pinNext()) offer(Next::Row, pin_.record(next_).beginNs);
    if (!looks_.empty()) offer(Next::Look, looks_.front().facts.atNs);
    if (!answers_.empty()) offer(Next::Answer, answers_.front().atNs);
    return any;
}

bool SessionEvents::isDrained() {
    takeLooks();
    return looks_.empty() && answers_.empty() && next_ == capture_.endRow();
}

std::uint64_t SessionEvents::unreadLooks() {
    looksMissed_ += session_.takeKernelLog(looks_);
    return looks_.size() + looksMissed_;
}

std::uint64_t SessionEvents::unreadAnswers() {
    session_.takeOptionAnswers(answers_);
    return answers_.size();
}

bool SessionEvents::pinNext() {
    if (pin_ && next_ >= pin_.firstRow() && next_ < pin_.endRow()) return true;
    // The chunk may be recycled between our look and the pin; the next look then sees the eviction.
    for (int attempt = 0; attempt < 100; ++attempt) {
        if (capture_.beginRow() > next_) noteEviction();
        pin_ = capture_.pin(next_);
        if (pin_) return true;
        if (next_ == capture_.endRow()) return false;
    }
    return false;
}

void SessionEvents::noteEviction() {
    const std::uint64_t begin = capture_.beginRow();
    // All we have read lies before `begin`, so what was evicted and not read is the difference.
    const std::uint64_t missed = capture_.evictedBytes() - bytesRead_;
    const std::uint64_t bytes = missed > bytesMissed_ ? missed - bytesMissed_ : 0;
    bytesMissed_ += bytes;
    sink_.evicted({capture_.toEpochNs(CaptureStore::nowNs()), number_, 0}, begin - next_, bytes);
    next_ = begin;
}

EventPlace SessionEvents::placeOf(const CallRecord& record) const {
    return {capture_.toEpochNs(record.beginNs), number_, record.connection};
}

void SessionEvents::writeNext() {
    switch (nextIs_) {
        case Next::Row:
            return writeRow();
        case Next::Look:
            return writeLook();
        case Next::Answer:
            return writeAnswer();
    }
}

void SessionEvents::writeLook() {
    const KernelLog::Entry& look = looks_.front();
    const EventPlace place{capture_.toEpochNs(look.facts.atNs), number_, look.connection};
    openOnce(place);
    sink_.kernel(place, look.facts, std::exchange(looksMissed_, 0));
    looks_.pop_front();
}

void SessionEvents::writeAnswer() {
    const OptionAnswer answer = std::move(answers_.front());
    answers_.pop_front();
    awaited_.erase(answer.requestId);
    const EventPlace place{capture_.toEpochNs(answer.atNs), number_, answer.connection};
    for (const OptionValue& value : answer.values)
        sink_.option(place, value);
    if (answer.values.empty()) printRequestError(answer.requestId, "there is no such open socket");
}

void SessionEvents::giveUpAnswers() {
    for (const std::uint64_t requestId : std::exchange(awaited_, {}))
        printRequestError(requestId, "closed before the options could be told");
}

void SessionEvents::printRequestError(std::uint64_t requestId, const char* what) const {
    printError(
        QStringLiteral("input line %1: session %2: %3").arg(requestId).arg(number_).arg(QLatin1String(what)));
}

void SessionEvents::writeRow() {
    const CallRecord& record = pin_.record(next_);
    const EventRecord view{record, pin_.bytes(record), pin_.data(record)};
    const EventPlace place = placeOf(record);
    if (record.call == Call::Mark) {
        openOnce(place);
        sink_.stage(place, view);
    } else {
        sink_.call(place, view);
        follow(place, view);
    }
    bytesRead_ += record.bytesLength;
    ++next_;
}

void SessionEvents::follow(const EventPlace& place, const EventRecord& view) {
    const CallRecord& record = view.record;
    // With its first datagram a UDP client that neither binds nor connects is bound, too.
    const bool binds = record.stage == Stage::Bind || record.stage == Stage::Send;
    if (record.call == Call::Getsockname && binds && record.connection == 0 && !record.failed())
        sink_.bound(place, addressText(record, view.bytes));
    openOnce(place);
    if (isTransfer(record.call)) followTransfer(place, view);
    if (const auto error = queuedError(record, view.bytes))
        sink_.queuedError(place, *error, queuedErrorText(*error, isTcp(session_.config().role)));
    if (reportsReset(view)) resetOnce(place);
    if (record.call == Call::Close && !record.failed()) followClose(place);
}

void SessionEvents::followTransfer(const EventPlace& place, const EventRecord& view) {
    const CallRecord& record = view.record;
    if (record.failed()) return;
    if (isEof(record)) return eofOnce(place);
    std::string peer;
    if (!isTcp(session_.config().role)) {
        peer = addressText(record, view.bytes);
        if (peer.empty())
            peer = session_.remoteAddress().text();  // a connected socket's calls name no address
    }
    sink_.data(place, view, peer, droppedBefore(view));
}

/// 0 as well where the option is off.
std::uint32_t SessionEvents::droppedBefore(const EventRecord& view) {
    const auto drops = dropsBefore(view.record, view.bytes);
    return drops ? *drops - std::exchange(drops_, *drops) : 0;
}

/// A look at the kernel may be reported late: when the connection's rows have been evicted, and its slot with
/// them.
void SessionEvents::openOnce(const EventPlace& place) {
    if (!session_.connections().has(place.connection) || (seen(place.connection) & Opened) != 0) return;
    seen(place.connection) |= Opened;
    sink_.connection(place, ConnectionEvent::Open, session_.connections().at(place.connection));
}

/// A second recv() after the end returns 0 again.
void SessionEvents::eofOnce(const EventPlace& place) {
    if (place.connection == 0 || (seen(place.connection) & EofSeen) != 0) return;
    seen(place.connection) |= EofSeen;
    sink_.connection(place, ConnectionEvent::Eof, session_.connections().at(place.connection));
}

void SessionEvents::resetOnce(const EventPlace& place) {
    if (place.connection == 0 || (seen(place.connection) & ResetSeen) != 0) return;
    seen(place.connection) |= ResetSeen;
    sink_.connection(place, ConnectionEvent::Reset, session_.connections().at(place.connection));
}

void SessionEvents::endOnce(const EventPlace& place) {
    std::uint8_t& flags = seen(place.connection);
    if ((flags & Opened) == 0 || (flags & Ended) != 0) return;
    // An abortive close: SO_LINGER of 0, as the worker saw it just before the call.
    if (session_.connections().at(place.connection).end.load(std::memory_order_relaxed) ==
        EndReason::ResetByUs)
        resetOnce(place);
    seen(place.connection) |= Ended;
    sink_.connection(place, ConnectionEvent::Closed, session_.connections().at(place.connection));
}

void SessionEvents::followClose(const EventPlace& place) {
    if (place.connection != 0) return endOnce(place);
    if (session_.config().role == Role::TcpServer) return;  // the listener; its clients have their own
    for (std::uint32_t connection = 1; connection < seen_.size(); ++connection)
        endOnce({place.timeNs, place.session, connection});
}

}  // namespace sockstage
