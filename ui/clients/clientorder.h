#pragma once

#include <qnamespace.h>
#include <array>
#include <cstdint>
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

/// The numbers of a table's first `count` connections, sorted by a column as it stands now; equal
/// ones by number. `ratesSince`: the bytes moved by each at the last reading (index: number), to sort
/// by rate.
std::vector<std::uint32_t> sortedClients(const ConnectionTable& connections, std::uint32_t count,
                                         ClientColumn column, Qt::SortOrder order,
                                         const std::vector<quint64>& movedBefore);

/// Received and sent together.
quint64 movedBytes(const ConnectionSlot& slot);

}  // namespace sockstage
