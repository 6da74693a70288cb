#pragma once

namespace sockstage {

/// Ten thousand clients are ten thousand descriptors; the soft limit is usually a thousand.
void raiseDescriptorLimit();
/// With the standard ones closed, a socket would get their number and our lines would go out on it.
void fillStandardDescriptors();

}  // namespace sockstage
