// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "syscalls.h"

namespace sockstage {

// What the set-up stages give to their calls. Decided here alone, so that a call that is announced before it
// is made is the call that is made.

/// getaddrinfo()'s arguments; the answer is empty.
Resolution questionFor(const SocketConfig& config);

struct SocketArguments {
    int domain = 0, type = 0, protocol = 0;
};
SocketArguments socketArguments(const SocketConfig& config, const SocketAddress& target);

/// A server's own address, or the one that a client is to bind; none when that is not numeric.
std::optional<SocketAddress> addressToBind(const SocketConfig& config, const SocketAddress& target);

/// A setsockopt() of int.
struct OptionToSet {
    int level = 0, name = 0, value = 0;
    bool readBack = true;  ///< what the kernel made of it is read with getsockopt()
};
/// What a stage sets: after socket(), before bind(), after a TCP connect() that went well.
std::vector<OptionToSet> optionsToSet(Stage stage, const SocketConfig& config, const SocketAddress& target);

/// A stage that is skipped with this configuration: a client's bind() that was not requested.
bool makesNoCall(Stage stage, const SocketConfig& config);

}  // namespace sockstage
