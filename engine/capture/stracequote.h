// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace sockstage {

/// Bytes in quotes as strace prints them, with its escapes; of a longer string the first 32 and "...".
/// `length`: of the whole string, of which `bytes` hold at least the beginning.
std::string straceQuoted(std::span<const std::byte> bytes, std::size_t length);

}  // namespace sockstage
