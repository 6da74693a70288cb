// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "socketoptions.h"
#include "syscalls.h"

namespace sockstage {

/// The bytes that setsockopt() takes for this value; empty when the value does not fit the option.
std::vector<std::byte> optionBytes(const OptionFact& fact, std::int64_t value);
std::vector<std::byte> optionBytes(std::string_view text);

/// This option of a socket, also one that its kind lacks: the error says so.
OptionValue lookAtOption(int fd, const OptionFact& fact, const AskedOptions& asked);
/// These options of a socket, those of its own family only, as the kernel says them now, beside what was
/// requested. The instrument's own look: nothing is recorded. Worker thread only.
std::vector<OptionValue> lookAtOptions(int fd, std::span<const OptionFact> options,
                                       const AskedOptions& asked);

}  // namespace sockstage
