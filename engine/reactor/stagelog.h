// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>

#include "reactor.h"
#include "syscalls.h"

namespace sockstage {

/// Keeps the stage table up to date and notifies the session's thread of a change. Worker thread only.
class StageLog {
public:
    StageLog(SessionRecord& record, Syscalls& calls, std::function<void()> changed)
        : record_(record), calls_(calls), changed_(std::move(changed)) {}

    /// The stage enters the state: table, mark and signal. `sentence` says it in words.
    void enter(Stage stage, StageState state, std::string_view sentence, int error = 0,
               std::uint32_t connection = 0);
    /// A principal call of the stage was made (accept4, recv ...): its duration, row and count.
    void called(Stage stage, const CallResult& result);
    /// A mark and nothing else: something worth saying that is no change of state.
    void note(CallSite site, std::string_view sentence);
    /// A new attempt begins at this stage: what the former one left in the table is cleared.
    void beginAttempt(Stage stage, std::uint32_t attempt);
    StageState state(Stage stage) const {
        return record_.stages.at(stage).state.load(std::memory_order_relaxed);
    }
    /// The session as a whole failed; the first reason stays, unless it is the `earlier` state of this one.
    void fail(std::string reason, const std::string& earlier = {});
    /// A file that should be sent failed: no socket had a part in it, and no error of a socket explains it.
    void failFile(const std::string& reason);
    /// The same of a stage that may go on: what is wrong until it has recovered.
    void failAt(Stage stage, std::string reason);
    void recovered(Stage stage);
    void changed() const { changed_(); }

private:
    void keepFirst(std::string reason, const std::string& earlier);
    void showTrouble();

    SessionRecord& record_;
    Syscalls& calls_;
    std::function<void()> changed_;
    std::string lasting_;
    std::array<std::string, stageCount> passing_;
};

/// "bind 127.0.0.1:80: EACCES (Permission denied)"
std::string failureText(std::string_view what, const std::string& address, const std::string& errorName,
                        const std::string& errorText);
std::string failureText(std::string_view what, const SocketAddress& address, int error);

class KernelProbe;

/// What every part of a running session works with; owned by SessionSockets.
struct Environment {
    Reactor& reactor;
    Syscalls& calls;
    SessionRecord& record;
    StageLog& log;
    KernelProbe& probe;
};

/// Says so when the kernel has no watch left for a socket that was just added to the reactor.
void noteIfStarved(const Environment& env, CallSite site);
/// "the kernel has no epoll watch left: ENOSPC (No space left on device)"
std::string starvedText(int error);

}  // namespace sockstage
