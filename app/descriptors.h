#pragma once

namespace sockstage {

/// Ten thousand clients are ten thousand descriptors; the soft limit is usually a thousand.
void raiseDescriptorLimit();
/// With the standard ones closed, a socket would get their number and our lines would go out on it.
void fillStandardDescriptors();

/// Of a terminal or a pipe a descriptor of our own, in which write() never blocks; else `fd` itself.
/// O_NONBLOCK belongs to what is open, not to the descriptor: set on `fd` it would change it for the shell,
/// too. A paused terminal says by poll() that it takes bytes, and then blocks.
int descriptorThatNeverBlocks(int fd);

}  // namespace sockstage
