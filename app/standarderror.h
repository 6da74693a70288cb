#pragma once

#include <string_view>

namespace sockstage {

/// Standard error that nobody has to read: what does not go out at once waits, up to 64 KiB; what is more is
/// counted and told once there is room again. Never blocks. Main thread.
void tellStandardError(std::string_view text);
/// Tries again what waits. Now and then, and at the end.
void flushStandardError();

}  // namespace sockstage
