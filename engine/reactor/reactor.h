// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "filedescriptor.h"

namespace sockstage {

/// The one way in: tasks from other threads, run by the reactor in order. Outlives the reactor when
/// another thread (a resolver that hangs) still holds it; then tasks are dropped.
class Mailbox {
public:
    using Task = std::function<void()>;
    Mailbox();
    /// Any thread. Writes the eventfd only when the box was empty.
    void post(Task task);
    /// Reactor only: empties the box and its eventfd.
    std::vector<Task> take();
    /// Reactor only: from now on tasks are dropped.
    void shut();
    /// Any thread: the reactor's run() ends after what was posted before. Needs no memory.
    void stop() noexcept;
    bool isStopped() const { return stopped_.load(std::memory_order_acquire); }
    int descriptor() const { return wake_.get(); }

private:
    FileDescriptor wake_;
    std::mutex mutex_;
    std::vector<Task> tasks_;
    bool shut_ = false;
    std::atomic<bool> stopped_{false};
};

/// An epoll loop with timers and a mailbox, all of one session. Runs on the session's worker thread;
/// everything but the mailbox is for that thread alone. Handlers are found by ids that are never used
/// twice, so an event that was already fetched for a closed descriptor finds no handler.
///
/// The kernel may have no watch left for a descriptor (ENOSPC, ENOMEM). That is no error of the descriptor:
/// it stays unwatched, is tried again ten times a second, and starvedBy() says why.
class Reactor {
public:
    using Id = std::uint64_t;
    using Handler = std::function<void(std::uint32_t events)>;
    // Events: what to request, and what a handler is called with. An error and a hang-up come unasked.
    static constexpr std::uint32_t readable = 0x01, writable = 0x04, hasError = 0x08, hungUp = 0x10;

    /// Throws std::system_error when epoll_create1 or eventfd fails.
    Reactor();
    ~Reactor();
    Reactor(const Reactor&) = delete;
    Reactor& operator=(const Reactor&) = delete;

    std::shared_ptr<Mailbox> mailbox() const { return mailbox_; }

    /// Level-triggered; the handler may remove itself. Throws std::bad_alloc, as after() and defer() do.
    Id add(int fd, std::uint32_t events, Handler handler);
    /// Asks for these events; epoll_ctl() is called only for a change.
    void setInterest(Id id, std::uint32_t events) noexcept;
    /// Takes the descriptor out of epoll altogether, so that a pending error or hang-up, which a
    /// level-triggered epoll repeats for ever, does not spin while no handler acts on it.
    void park(Id id) noexcept;
    void remove(Id id) noexcept;
    /// The errno for which some descriptor is not watched although it should be; 0: there is none.
    int starvedBy() const { return starved_; }

    Id after(int milliseconds, std::function<void()> task);
    /// Of a timer that has run, or 0: nothing.
    void cancel(Id timer) noexcept;
    /// Runs the task once the events at hand are done: to destroy an object from its own handler. Has room
    /// for two tasks of each descriptor that was added: then a small task needs no memory.
    void defer(std::function<void()> task) { deferred_.push_back(std::move(task)); }

    /// What is thrown out of a task or a handler ends that one alone, and is reported here. `failed` must
    /// not throw.
    void whenFailed(std::function<void(const char* why)> failed) { failed_ = std::move(failed); }
    /// Runs after the events at hand; true: again in a moment, whatever comes. Must not throw.
    void whenIdle(std::function<bool()> idle) { idle_ = std::move(idle); }

    void run();
    void stop() { running_ = false; }

private:
    struct Entry {
        int fd;
        std::uint32_t events;
        bool parked;
        bool starved;  // parked, but only for want of a watch
        Handler handler;
        std::unique_ptr<Entry> nextRemoved;
    };
    void watch(Id id, Entry& entry, int operation) noexcept;
    int control(Id id, const Entry& entry, int operation) const noexcept;
    void feedStarved() noexcept;
    void dispatch(Id id, std::uint32_t events);
    int millisecondsToWait() const;
    void waitFailed(int error);
    void runMail();
    void runTimers();
    void runDeferred();
    void runTask(const std::function<void()>& task);
    template <typename Work>
    void guarded(Work work);

    FileDescriptor epoll_;
    std::shared_ptr<Mailbox> mailbox_;
    std::unordered_map<Id, std::unique_ptr<Entry>> entries_;
    std::unique_ptr<Entry> removed_;          // a list, until the events at hand are done
    using Due = std::pair<std::int64_t, Id>;  // nanoseconds; of equal ones the earlier made first
    std::map<Due, std::function<void()>> timers_;
    std::unordered_map<Id, std::int64_t> dues_;
    std::vector<std::function<void()>> deferred_, runningDeferred_;
    std::function<void(const char*)> failed_;
    std::function<bool()> idle_;
    int starved_ = 0;
    std::int64_t nextFeedNs_ = 0;
    bool hurry_ = true;
    Id nextId_ = 1;
    bool running_ = true;
};

}  // namespace sockstage
