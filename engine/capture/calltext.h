// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "callrecord.h"
#include "symbolnames.h"

namespace sockstage {

/// Strace: as `strace -e trace=network,close` prints the system call ("sendto(5, …, NULL, 0) = 5").
/// Libc: as the program wrote it ("send(5, …) = 5"). They differ for send and recv only.
/// Planned: as Libc, but the call is still to be made: without a result, and "…" for what only the call
/// itself will show, and for a descriptor that there is not yet (-1).
enum class CallNotation : std::uint8_t { Strace, Libc, Planned };

/// A record as one line, without time stamp: name, arguments, result, errno. `bytes` are the
/// record's (CaptureStore::Pin::bytes). Data is abbreviated to 32 characters as strace does.
std::string callText(const CallRecord& record, std::span<const std::byte> bytes,
                     CallNotation notation = CallNotation::Strace);

/// "accept4": the libc name of the call; "mark" for a mark.
std::string_view callName(Call call);
/// The name that belongs to a failed record: errnoName, or eaiName for getaddrinfo; empty if it did not fail.
std::string errorName(const CallRecord& record);
/// The integer that a recorded setsockopt or getsockopt carried; 0 when it was none.
int optionValue(std::span<const std::byte> bytes);
/// The addresses that a recorded getaddrinfo returned, in its order, one text each.
std::vector<std::string> resolvedAddresses(std::span<const std::byte> bytes);
/// The peer's address that a recvfrom, sendto, accept4, connect or bind record carries; empty if none.
std::string addressText(const CallRecord& record, std::span<const std::byte> bytes);

}  // namespace sockstage
