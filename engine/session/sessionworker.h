// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "session.h"
#include "sessionsockets.h"

namespace sockstage {

/// The worker's thread and all that lives on it. `record` is shared with readers. Owned by the session and by
/// the thread: a close() that lingers may take longer than ~Session should wait.
struct Session::Worker : std::enable_shared_from_this<Session::Worker> {
    Worker(SocketConfig config, Session* owner) : record(std::move(config)), session_(owner) {}

    void makeReactor();
    void open();
    /// The session goes: closes what is open and notifies it no more. Waits for the thread, but not for
    /// a close() that lingers.
    void leave();
    /// Carries out a verb on the worker, in the order of the calls. Once all is closed there is nothing left
    /// to do: no record comes after that.
    template <typename Verb>
    void post(Verb verb) {
        postLook([this, verb = std::move(verb)](SessionSockets& alive) mutable {
            if (!record.finished.load(std::memory_order_relaxed)) verb(alive);
        });
    }
    /// The same for verbs that only look; a socket may be in the kernel longer than its descriptor is open.
    template <typename Verb>
    void postLook(Verb verb) {
        if (!reactor_) return;
        reactor_->mailbox()->post([this, verb = std::move(verb)]() mutable {
            if (life_) verb(*life_);
        });
    }

    SessionRecord record;
    bool mayLinger = false;  ///< the session's thread only: SO_LINGER with a time was requested

private:
    void start();
    void run();
    void giveUp(int error);
    void failed(const char* why) noexcept;
    bool attend() noexcept;
    void tellChanged() noexcept;
    void tellFinished() noexcept;
    void emitFinished() noexcept;
    void tellRetired() noexcept;
    void recycle(QObject* session);

    std::unique_ptr<Reactor> reactor_;  // none when the system had no descriptor left for it
    int reactorError_ = 0;
    std::unique_ptr<SessionSockets> life_;  // worker only
    std::thread thread_;
    std::promise<void> ended_;
    std::mutex sessionMutex_;
    Session* session_;  // null once it has gone; under the mutex
    std::atomic<bool> changePosted_{false}, recyclePosted_{false};
    // Worker only: what there was no memory for when it was due.
    bool failed_ = false, owesChange_ = false, owesFinished_ = false;
};

}  // namespace sockstage
