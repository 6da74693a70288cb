// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include "pairing.h"

namespace sockstage {

/// Which sockets the window looks at closely: the one that the page on screen is about, and its other end
/// where that is ours too. One for the window, because two pages may mean the same pair, and the one that
/// goes must not end what the one that comes has begun.
class Observation {
public:
    explicit Observation(const SocketsModel& sockets) : pairing_(sockets), asked_(sockets) {}

    /// `viewer` looks at this socket from now on. Cheap where nothing has changed. Returns the other end.
    ConnectionEnd look(const void* viewer, Session& session, std::uint32_t connection);
    /// Only asks; nothing is looked at.
    ConnectionEnd otherEnd(Session& session, std::uint32_t connection) {
        return asked_.otherEnd(session, connection);
    }
    /// Nothing happens where another one looks already.
    void leave(const void* viewer);

private:
    using Ends = std::array<ConnectionEnd, 2>;
    void observe(const Ends& wanted);

    Pairing pairing_, asked_;  ///< two, because each remembers one answer
    const void* viewer_ = nullptr;
    Ends observed_;
};

}  // namespace sockstage
