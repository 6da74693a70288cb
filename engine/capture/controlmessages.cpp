// SPDX-License-Identifier: GPL-3.0-or-later
#include "controlmessages.h"

#include <sys/socket.h>

#include <algorithm>
#include <cstring>

namespace sockstage {

using Bytes = std::span<const std::byte>;

Bytes messageControl(const CallRecord& record, Bytes bytes) {
    const std::size_t length = record.controlLength();
    return bytes.subspan(bytes.size() - record.addressLength - length, length);
}

std::vector<ControlMessage> controlMessages(Bytes control) {
    std::vector<ControlMessage> found;
    constexpr std::size_t header = CMSG_LEN(0);
    while (control.size() >= header) {
        cmsghdr head{};
        std::memcpy(&head, control.data(), sizeof head);
        const std::size_t length = std::min<std::size_t>(head.cmsg_len, control.size());
        if (length < header) break;
        found.push_back(
            {head.cmsg_len, head.cmsg_level, head.cmsg_type, control.subspan(header, length - header)});
        control = control.subspan(std::min(CMSG_ALIGN(length), control.size()));
    }
    return found;
}

std::optional<std::uint32_t> dropsBefore(const CallRecord& record, Bytes bytes) {
    if (record.call != Call::RecvmsgDatagram || record.failed()) return std::nullopt;
    for (const ControlMessage& message : controlMessages(messageControl(record, bytes))) {
        std::uint32_t drops = 0;
        const bool told = message.level == SOL_SOCKET && message.type == SO_RXQ_OVFL;
        if (!told || message.data.size() < sizeof drops) continue;
        std::memcpy(&drops, message.data.data(), sizeof drops);
        return drops;
    }
    return std::nullopt;
}

}  // namespace sockstage
