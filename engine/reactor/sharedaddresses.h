// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "reachability.h"

namespace sockstage {

/// Addresses that many machines have at a time, with each interface by which they are heard here: the
/// broadcast addresses of its networks, and the multicast groups that it has joined.
std::vector<LocalAddress> sharedAddresses();

}  // namespace sockstage
