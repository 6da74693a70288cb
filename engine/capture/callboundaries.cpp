// SPDX-License-Identifier: GPL-3.0-or-later
#include "callboundaries.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

namespace sockstage {
namespace {

/// Work of one update, 2 ms: a row, or so many bytes that are hashed, is a unit.
constexpr std::int64_t unitsPerUpdate = 100'000;
constexpr std::uint32_t hashedPerUnit = 128;
/// A receive may be on record before its send is; after so many later ones it is not looked at again.
constexpr std::uint64_t triedAgain = 64;

/// As FNV-1a, but eight bytes at a time, and each product folded: its low bits know only the low bits.
std::uint64_t hashOf(std::span<const std::byte> bytes) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    const auto mix = [&hash](std::uint64_t word) {
        hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
        hash ^= hash >> 32;
    };
    for (; bytes.size() >= sizeof(std::uint64_t); bytes = bytes.subspan(sizeof(std::uint64_t))) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data(), sizeof word);
        mix(word);
    }
    for (const std::byte byte : bytes)
        mix(std::to_integer<std::uint64_t>(byte));
    return hash;
}

std::string counted(std::uint64_t count, std::string_view word) {
    return std::to_string(count) + ' ' + std::string(word) + (count == 1 ? "" : "s");
}

/// Of one that was cut off only the length is left to compare.
bool mayBe(const CallSpan& send, const CallSpan& receive) {
    if (send.partner || send.size() != receive.size() + receive.cutOff || send.beginNs > receive.endNs)
        return false;
    return receive.cutOff != 0 || send.content == receive.content;
}

std::string waitingText(std::uint64_t sends, std::uint64_t bytes, std::string_view word) {
    return counted(sends, word) + (sends == 1 ? " has" : " have") + " not been received yet (" +
           counted(bytes, "byte") + ")";
}

std::string streamSentence(const BoundaryGroup& group) {
    const std::string sends = counted(group.sends, "send");
    const std::string receives = counted(group.receives, "recv");
    if (group.receives == 0) return waitingText(group.sends, group.sentBytes, "send");
    if (group.complete || group.receivedBytes > group.sentBytes) {
        const bool more = group.beganEarlier || !group.complete;
        return (more ? "at least " : "") + sends + " arrived in " + receives;
    }
    return std::to_string(group.receivedBytes) + " of the " + counted(group.sentBytes, "byte") + " of " +
           sends + " arrived so far, in " + receives;
}

std::string datagramSentence(const BoundaryGroup& group) {
    if (group.overtaken) return "1 datagram did not arrive, a later one did";
    if (!group.complete) return waitingText(1, group.sentBytes, "datagram");
    const std::string text = group.receives == 0 ? "1 datagram arrived" : "1 datagram arrived in 1 recv";
    if (group.cutOff == 0) return text;
    return text + ", " + std::to_string(group.cutOff) + " of its " + counted(group.sentBytes, "byte") +
           " were cut off";
}

}  // namespace

// One end ----------------------------------------------------------------------------------------

bool CallTrack::update(const CallEnd& end) {
    if (!end.connections.has(end.connection)) return true;  // not there yet, or no more
    if (!nextRow_) {
        const ConnectionSlot& slot = end.connections.at(end.connection);
        nextRow_ = slot.firstRow.load(std::memory_order_relaxed);
    }
    const std::uint64_t last = end.capture.endRow();
    std::int64_t budget = unitsPerUpdate;
    while (*nextRow_ < last && budget > 0) {
        const auto pin = end.capture.pin(*nextRow_);
        if (!pin) {
            skipEvicted(end);
            continue;
        }
        const std::uint64_t until = std::min(last, pin.endRow());
        for (; *nextRow_ < until && budget > 0; ++*nextRow_, --budget) {
            const CallRecord& record = pin.record(*nextRow_);
            if (record.connection != end.connection) continue;
            take(*nextRow_, record, pin);
            if (datagrams_) budget -= record.dataLength() / hashedPerUnit;
        }
    }
    if (sawGap_ && *nextRow_ == last) findPlace(end);
    return *nextRow_ == last;
}

void CallTrack::take(std::uint64_t row, const CallRecord& record, const CaptureStore::Pin& pin) {
    if ((sends_ ? !isSend(record.call) : !isReceive(record.call)) || record.failed()) return;
    const auto whole = static_cast<std::uint64_t>(record.result);
    if (whole == 0 && !datagrams_) return;  // the end of the stream, or nothing sent: no byte has a place
    CallSpan span;
    span.from = offset_;
    span.to = offset_ += record.dataLength();
    span.row = row;
    span.beginNs = record.beginNs;
    span.endNs = record.beginNs + record.durationNs;
    span.asked = record.asked;
    span.cutOff = static_cast<std::uint32_t>(whole - record.dataLength());
    if (datagrams_) span.content = hashOf(pin.data(record));
    spans_.push_back(span);
    if (spans_.size() <= limit_) return;
    spans_.pop_front();
    ++firstIndex_;
}

/// What was read before the gap is of no use: what follows has no place beside it.
void CallTrack::skipEvicted(const CallEnd& end) {
    nextRow_ = std::max(*nextRow_ + 1, end.capture.beginRow());
    firstIndex_ = endIndex();
    spans_.clear();
    if (!datagrams_) offset_ = 0;
    placeKnown_ = datagrams_;
    sawGap_ = !datagrams_;
    quiet_ = {};
}

/// The connection's counter has all bytes ever, the spans those since the gap. The worker adds to it after it
/// has published the row, so the two are of the same moment only when both were the same at the last update
/// too.
void CallTrack::findPlace(const CallEnd& end) {
    const ConnectionSlot& slot = end.connections.at(end.connection);
    const std::uint64_t bytes = (sends_ ? slot.sentBytes : slot.receivedBytes).get();
    const std::pair now{offset_, bytes};
    const bool quiet = std::exchange(quiet_, now) == now;
    if (!quiet || bytes < offset_) return;
    const std::uint64_t missed = bytes - offset_;
    for (CallSpan& span : spans_) {
        span.from += missed;
        span.to += missed;
    }
    offset_ += missed;
    quiet_ = {offset_, bytes};
    placeKnown_ = true;
}

// Both ends --------------------------------------------------------------------------------------

bool CallBoundaries::update(const CallEnd& sender, const CallEnd& receiver) {
    // The receiver first: what it has received was sent before, so its send is found more often.
    const bool received = receives_.update(receiver);
    const bool sent = sends_.update(sender);
    if (datagrams_) pairDatagrams();
    return received && sent;
}

std::vector<BoundaryGroup> CallBoundaries::groups() const {
    if (!placeKnown()) return {};
    return datagrams_ ? datagramGroups() : streamGroups();
}

std::vector<BoundaryGroup> CallBoundaries::streamGroups() const {
    // Only from here on both ends have spans.
    const std::uint64_t start = std::max(sends_.beginOffset(), receives_.beginOffset());
    const auto& sends = sends_.spans();
    const auto& receives = receives_.spans();
    const auto endsAfter = [](std::uint64_t offset, const CallSpan& span) { return offset < span.to; };
    auto send = std::upper_bound(sends.begin(), sends.end(), start, endsAfter);
    auto receive = std::upper_bound(receives.begin(), receives.end(), start, endsAfter);
    std::vector<BoundaryGroup> groups;
    std::uint64_t at = start;
    while (send != sends.end()) {
        BoundaryGroup group;
        group.firstSend = sends_.firstIndex() + static_cast<std::uint64_t>(send - sends.begin());
        group.firstReceive = receives_.firstIndex() + static_cast<std::uint64_t>(receive - receives.begin());
        group.beganEarlier = send->from < at || (receive != receives.end() && receive->from < at);
        std::uint64_t sent = at;
        std::uint64_t received = at;
        do {
            if (sent <= received && send != sends.end()) {
                sent = (send++)->to;
                ++group.sends;
            } else if (received < sent && receive != receives.end()) {
                received = (receive++)->to;
                ++group.receives;
            } else {
                // What is not received yet has no known boundary: it is one group.
                for (; group.receives == 0 && send != sends.end(); ++group.sends)
                    sent = (send++)->to;
                break;
            }
        } while (sent != received);
        group.complete = sent == received;
        group.sentBytes = sent - at;
        group.receivedBytes = received - at;
        at = sent;
        groups.push_back(group);
    }
    return groups;
}

// Datagrams --------------------------------------------------------------------------------------

std::optional<std::uint64_t> CallBoundaries::sendOf(const CallSpan& receive) const {
    const std::uint64_t next = std::clamp(nextSend_, sends_.firstIndex(), sends_.endIndex());
    for (std::uint64_t i = next; i < sends_.endIndex() && sends_.at(i).beginNs <= receive.endNs; ++i)
        if (mayBe(sends_.at(i), receive)) return i;
    // Or it was overtaken on its way.
    const std::uint64_t earliest = std::max(sends_.firstIndex(), next - std::min(next, triedAgain));
    for (std::uint64_t i = earliest; i < next; ++i)
        if (mayBe(sends_.at(i), receive)) return i;
    return std::nullopt;
}

bool CallBoundaries::pairOne(std::uint64_t receive) {
    CallSpan& span = receives_.at(receive);
    const auto send = span.partner ? std::nullopt : sendOf(span);
    if (!send) return span.partner.has_value();
    span.partner = *send;
    sends_.at(*send).partner = receive;
    // It lies where its send lies.
    span.to = sends_.at(*send).from + span.size();
    span.from = sends_.at(*send).from;
    nextSend_ = std::max(nextSend_, *send + 1);
    return true;
}

void CallBoundaries::pairDatagrams() {
    unpairedFrom_ = std::max(unpairedFrom_, receives_.firstIndex());
    for (std::uint64_t i = unpairedFrom_; i < receives_.endIndex(); ++i)
        if (pairOne(i) && i == unpairedFrom_) ++unpairedFrom_;
    if (receives_.endIndex() - unpairedFrom_ > triedAgain) unpairedFrom_ = receives_.endIndex() - triedAgain;
}

std::vector<BoundaryGroup> CallBoundaries::datagramGroups() const {
    std::vector<BoundaryGroup> groups;
    for (std::uint64_t i = sends_.firstIndex(); i < sends_.endIndex(); ++i) {
        const CallSpan& send = sends_.at(i);
        BoundaryGroup group;
        group.firstSend = i;
        group.sends = 1;
        group.sentBytes = send.size();
        group.complete = send.partner.has_value();
        group.overtaken = !send.partner && i < nextSend_;
        if (send.partner) group.firstReceive = *send.partner;
        if (send.partner && *send.partner >= receives_.firstIndex()) {
            const CallSpan& receive = receives_.at(*send.partner);
            group.receives = 1;
            group.receivedBytes = receive.size();
            group.cutOff = receive.cutOff;
        }
        groups.push_back(group);
    }
    return groups;
}

// In words ---------------------------------------------------------------------------------------

std::string CallBoundaries::sentence(const BoundaryGroup& group) const {
    return datagrams_ ? datagramSentence(group) : streamSentence(group);
}

std::string CallBoundaries::summary() const {
    if (!placeKnown())
        return "earlier calls are no longer in the capture: what belongs together is known once the "
               "connection rests";
    std::uint64_t sends = 0, receives = 0, overtaken = 0, waiting = 0, waitingBytes = 0;
    for (const BoundaryGroup& group : groups()) {
        const bool arrived = group.complete || group.receives != 0;
        if (arrived) sends += group.sends;
        if (group.overtaken) ++overtaken;
        if (!arrived && !group.overtaken) waiting += group.sends;
        if (!group.overtaken && group.sentBytes > group.receivedBytes + group.cutOff && !group.complete)
            waitingBytes += group.sentBytes - group.receivedBytes;
        receives += group.receives;
    }
    const std::string_view word = datagrams_ ? "datagram" : "send";
    if (sends + overtaken + waiting == 0) return "nothing was sent yet";
    std::string text = counted(sends, word) + " arrived in " + counted(receives, "recv");
    if (overtaken != 0) text += ", " + std::to_string(overtaken) + " did not arrive though later ones did";
    if (waitingBytes != 0 || waiting != 0) text += ", " + counted(waitingBytes, "byte") + " not received yet";
    return text;
}

}  // namespace sockstage
