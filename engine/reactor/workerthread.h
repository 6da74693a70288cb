// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <thread>

namespace sockstage {

/// Starts a session's worker. Signals are the main thread's: none may interrupt a call that is shown.
/// Throws std::system_error when there can be no further thread.
std::thread startWorkerThread(std::function<void()> run);
/// The kernel's number of the calling thread, by which strace and /proc know it.
int ownThreadId();

}  // namespace sockstage
