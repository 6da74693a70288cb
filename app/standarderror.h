// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace sockstage {

/// Standard error that need not be read: a thread of its own writes it. What is not written yet waits, up to
/// 64 KiB; what is more is counted and reported once there is room again. Never blocks. Main thread.
void tellStandardError(std::string_view text);
/// Goes on with what waits. Now and then.
void flushStandardError();
/// Waits until all is written or nothing was read for half a second; nothing can be written afterwards.
/// Called by itself when main() returns.
void finishStandardError();

}  // namespace sockstage
