// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "linelist.h"

namespace sockstage {

/// The lines of a TCP connection.
class StreamLines : public LineList {
public:
    using LineList::LineList;
    void build();

private:
    void sendBuffer();
    void peerWindow();
    void receiveBuffer();
    void roundTrip();
    void congestion();
    void retransmits();
    void rates();
    void sizes();
    void totals();
    void limits();
};

}  // namespace sockstage
