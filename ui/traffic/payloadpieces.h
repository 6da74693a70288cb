// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "recordtext.h"

namespace sockstage {

/// Appends bytes as text with escapes, or as hex, in at most about `columns` characters. What does
/// not fit is counted: "… 1 989 more". At least one byte is shown.
void appendPayload(std::vector<TextPiece>& pieces, std::span<const std::byte> bytes, PayloadStyle style,
                   int columns);

}  // namespace sockstage
