// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "callrecord.h"

namespace sockstage {

/// One control message (cmsg(3)) of a recorded recvmsg(). Its data lies in the record's bytes.
struct ControlMessage {
    std::size_t length = 0;  ///< header and data, without padding
    int level = 0, type = 0;
    std::span<const std::byte> data;
};

/// The room for an address that our recvmsg() gives: msg_namelen.
inline constexpr std::size_t messageNameLength = 128;

/// The control messages of a recorded recvmsg(), as the kernel wrote them.
std::span<const std::byte> messageControl(const CallRecord& record, std::span<const std::byte> bytes);
std::vector<ControlMessage> controlMessages(std::span<const std::byte> control);

/// SO_RXQ_OVFL: how many datagrams the kernel had thrown away since the socket was made when it queued this
/// one. Nothing: none yet, or the option was off when this one was queued. Goes on from 0 after 2^32.
std::optional<std::uint32_t> dropsBefore(const CallRecord& record, std::span<const std::byte> bytes);

}  // namespace sockstage
