// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <qnamespace.h>
#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "connectiontable.h"

namespace sockstage {

enum class ClientColumn : std::uint8_t {
    Peer,
    Fd,
    TcpState,
    Received,
    Sent,
    SendQueue,
    ReceiveQueue,
    Rtt,
    Rate,
    SinceOrEnd
};
inline constexpr int clientColumnCount = 10;

/// By connection number.
using MovedBytes = std::unordered_map<std::uint32_t, quint64>;

/// These connections, sorted by a column as it stands now; equal ones by number. `movedBefore`: the bytes
/// moved by each at the last reading, to sort by rate.
std::vector<std::uint32_t> sortedClients(const ConnectionTable& connections,
                                         std::vector<std::uint32_t> numbers, ClientColumn column,
                                         Qt::SortOrder order, const MovedBytes& movedBefore);

/// Received and sent together.
quint64 movedBytes(const ConnectionSlot& slot);

}  // namespace sockstage
