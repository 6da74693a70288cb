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

/// All options that a socket of this role and its family has, as the kernel says them now, beside what was
/// asked for. The instrument's own look: nothing is recorded. Worker thread only.
std::vector<OptionValue> lookAtOptions(int fd, Role role, const AskedOptions& asked);

}  // namespace sockstage
