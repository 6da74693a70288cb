// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <span>

#include "session.h"

namespace sockstage {

// What the scenes' conditions ask a session. Pure reading, on any thread.

StageState stateOf(const Session& session, Stage stage);
bool isAt(const Session& session, Stage stage, StageState state);
/// The stage failed with this errno.
bool failedWith(const Session& session, Stage stage, int error);
int errorOf(const Session& session, Stage stage);

using CallCondition = std::function<bool(const CallRecord&, std::span<const std::byte>)>;
/// How many recorded calls (no marks) meet the condition.
int countCalls(const Session& session, const CallCondition& condition);
/// Such a call was made and returned this.
bool hasReturned(const Session& session, Call call, std::int64_t result);
/// Such a call was made and failed with this errno.
bool hasFailed(const Session& session, Call call, int error);
struct CallTime {
    std::int64_t beginNs = 0, endNs = 0;
};
/// When recv() first returned bytes; nothing when it has not.
std::optional<CallTime> firstReceive(const Session& session);
/// setsockopt() was called for this option ("SO_LINGER") and succeeded.
bool hasSetOption(const Session& session, std::string_view option);

/// Null: there is no such connection yet.
const ConnectionSlot* slotOf(const Session& session, std::uint32_t connection);
bool isClosed(const Session& session, std::uint32_t connection);
bool hasSeenEof(const Session& session, std::uint32_t connection);
std::uint64_t receivedBytes(const Session& session, std::uint32_t connection);
std::uint64_t sentBytes(const Session& session, std::uint32_t connection);
/// Bytes that wait in the kernel to be received, as of the last sample.
std::uint32_t unreadBytes(const Session& session, std::uint32_t connection);
/// When that was, by the capture's clock; 0: never.
std::int64_t sampledNs(const Session& session, std::uint32_t connection);
/// The kernel was seen in this state.
bool wasIn(const Session& session, std::uint32_t connection, TcpState state);
/// It is the state that the kernel was seen in last.
bool isIn(const Session& session, std::uint32_t connection, TcpState state);

/// A client has its connection.
bool isConnected(const Session& client);
/// A TCP server takes clients (or could: accept may be held).
bool isListening(const Session& server);

}  // namespace sockstage
