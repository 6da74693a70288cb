// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenefacts.h"

#include <algorithm>

#include "calltext.h"

namespace sockstage {

StageState stateOf(const Session& session, Stage stage) {
    return session.stages().at(stage).state.load(std::memory_order_relaxed);
}

bool isAt(const Session& session, Stage stage, StageState state) {
    return stateOf(session, stage) == state;
}

int errorOf(const Session& session, Stage stage) {
    return session.stages().at(stage).error.load(std::memory_order_relaxed);
}

bool failedWith(const Session& session, Stage stage, int error) {
    return isAt(session, stage, StageState::Failed) && errorOf(session, stage) == error;
}

// Calls ------------------------------------------------------------------------------------------

int countCalls(const Session& session, const CallCondition& condition) {
    const CaptureStore& capture = session.capture();
    int count = 0;
    std::uint64_t row = capture.beginRow();
    while (row < capture.endRow()) {
        const auto pin = capture.pin(row);
        if (!pin) return count;
        for (; row < pin.endRow(); ++row) {
            const CallRecord& record = pin.record(row);
            if (record.call != Call::Mark && condition(record, pin.bytes(record))) ++count;
        }
    }
    return count;
}

bool hasReturned(const Session& session, Call call, std::int64_t result) {
    return countCalls(session, [&](const CallRecord& record, auto) {
               return record.call == call && record.result == result;
           }) > 0;
}

bool hasFailed(const Session& session, Call call, int error) {
    return countCalls(session, [&](const CallRecord& record, auto) {
               return record.call == call && record.failed() && record.error == error;
           }) > 0;
}

std::optional<CallTime> firstReceive(const Session& session) {
    std::optional<CallTime> first;
    countCalls(session, [&](const CallRecord& record, auto) {
        const bool received = record.call == Call::Recv && record.result > 0;
        if (received && !first) first = {record.beginNs, record.beginNs + record.durationNs};
        return received;
    });
    return first;
}

bool hasSetOption(const Session& session, std::string_view option) {
    return countCalls(session, [&](const CallRecord& record, auto) {
               return record.call == Call::Setsockopt && !record.failed() &&
                      optionName(record.args[0], record.args[1]) == option;
           }) > 0;
}

// Connections ------------------------------------------------------------------------------------

const ConnectionSlot* slotOf(const Session& session, std::uint32_t connection) {
    return session.connections().has(connection) ? &session.connections().at(connection) : nullptr;
}

bool isClosed(const Session& session, std::uint32_t connection) {
    const ConnectionSlot* slot = slotOf(session, connection);
    return slot != nullptr && slot->state.load(std::memory_order_acquire) == ConnectionState::Closed;
}

bool hasSeenEof(const Session& session, std::uint32_t connection) {
    const ConnectionSlot* slot = slotOf(session, connection);
    return slot != nullptr && slot->receiving.load(std::memory_order_relaxed) == DirectionState::Eof;
}

std::uint64_t receivedBytes(const Session& session, std::uint32_t connection) {
    const ConnectionSlot* slot = slotOf(session, connection);
    return slot != nullptr ? slot->receivedBytes.get() : 0;
}

std::uint64_t sentBytes(const Session& session, std::uint32_t connection) {
    const ConnectionSlot* slot = slotOf(session, connection);
    return slot != nullptr ? slot->sentBytes.get() : 0;
}

std::uint32_t unreadBytes(const Session& session, std::uint32_t connection) {
    const ConnectionSlot* slot = slotOf(session, connection);
    return slot != nullptr ? slot->kernel.receiveQueueBytes.load(std::memory_order_relaxed) : 0;
}

std::int64_t sampledNs(const Session& session, std::uint32_t connection) {
    const ConnectionSlot* slot = slotOf(session, connection);
    return slot != nullptr ? slot->kernel.sampledNs.load(std::memory_order_relaxed) : 0;
}

bool wasIn(const Session& session, std::uint32_t connection, TcpState state) {
    const auto way = session.tcpStateHistory(connection);
    return std::find(way.begin(), way.end(), state) != way.end();
}

bool isIn(const Session& session, std::uint32_t connection, TcpState state) {
    const auto way = session.tcpStateHistory(connection);
    return !way.empty() && way.back() == state;
}

bool isConnected(const Session& client) {
    return isAt(client, Stage::Connect, StageState::Done);
}

bool isListening(const Session& server) {
    const StageState accept = stateOf(server, Stage::Accept);
    return accept == StageState::Waiting || accept == StageState::Held;
}

}  // namespace sockstage
