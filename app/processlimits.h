// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace sockstage {

/// Ten thousand clients are ten thousand descriptors; the soft limit is usually a thousand.
void raiseDescriptorLimit();
/// With the standard ones closed, a socket would get their number and our lines would go out on it.
void fillStandardDescriptors();

/// So many more could be opened now. Qt and GLib end a program by abort() that has too few of them to begin.
bool descriptorsLeft(int wanted);
/// Large blocks, the captures' chunks above all, go back to the system when they are freed: glibc would move
/// them to its heap after the first that is freed, where one small block behind them keeps all of them.
void returnLargeBlocks();
/// Under a limit of the address space (ulimit -v): glibc's malloc() reserves 64 MiB for each thread, which
/// nearly all stay empty. Before the first thread.
void spareAddressSpace();

}  // namespace sockstage
