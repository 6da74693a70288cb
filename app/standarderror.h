#pragma once

#include <string_view>

namespace sockstage {

/// Standard error that nobody has to read: a thread of its own writes it. What is not written yet waits, up
/// to 64 KiB; what is more is counted and told once there is room again. Never blocks. Main thread.
void tellStandardError(std::string_view text);
/// Goes on with what waits. Now and then.
void flushStandardError();
/// Waits until all is written or nobody has read for half a second; nothing can be told afterwards. Happens
/// by itself when main() returns.
void finishStandardError();

}  // namespace sockstage
