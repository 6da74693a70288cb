// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace sockstage {

/// Bytes as pieces of one C++ string literal, one piece for each source line, quotes included. Every byte
/// comes out as it was, whatever follows it; at least one piece, `""` for nothing.
std::vector<std::string> cppLiteral(std::span<const std::byte> bytes);

/// The same in one line.
std::string cppLiteralLine(std::span<const std::byte> bytes);

}  // namespace sockstage
