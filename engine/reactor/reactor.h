#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "filedescriptor.h"

namespace sockstage {

/// The one way in: tasks from other threads, run by the reactor in order. Outlives the reactor when
/// somebody (a resolver that hangs) still holds it; then tasks are dropped.
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
    int descriptor() const { return wake_.get(); }

private:
    FileDescriptor wake_;
    std::mutex mutex_;
    std::vector<Task> tasks_;
    bool shut_ = false;
};

/// An epoll loop with timers and a mailbox, all of one session. Runs on the session's worker thread;
/// everything but the mailbox is for that thread alone. Handlers are found by ids that are never used
/// twice, so an event that was already fetched for a closed descriptor finds nobody.
class Reactor {
public:
    using Id = std::uint64_t;
    using Handler = std::function<void(std::uint32_t events)>;
    // Events: what to ask for, and what a handler is told. An error and a hang-up come unasked.
    static constexpr std::uint32_t readable = 0x01, writable = 0x04, hasError = 0x08, hungUp = 0x10;

    /// Throws std::system_error when epoll_create1 or eventfd fails.
    Reactor();
    ~Reactor();
    Reactor(const Reactor&) = delete;
    Reactor& operator=(const Reactor&) = delete;

    std::shared_ptr<Mailbox> mailbox() const { return mailbox_; }

    /// Level-triggered; the handler may remove itself.
    Id add(int fd, std::uint32_t events, Handler handler);
    /// Asks for these events; epoll is told only of a change.
    void setInterest(Id id, std::uint32_t events);
    /// Takes the descriptor out of epoll altogether, so that a pending error or hang-up, which a
    /// level-triggered epoll repeats for ever, does not spin while nobody wants to act on it.
    void park(Id id);
    void remove(Id id);

    Id after(int milliseconds, std::function<void()> task);
    void cancel(Id timer);
    /// Runs the task once the events at hand are done: to destroy an object from its own handler.
    void defer(std::function<void()> task) { deferred_.push_back(std::move(task)); }

    void run();
    void stop() { running_ = false; }

private:
    struct Entry {
        int fd;
        std::uint32_t events;
        bool parked;
        Handler handler;
    };
    void update(Id id, Entry& entry, int operation);
    void dispatch(Id id, std::uint32_t events);
    int millisecondsToTimer() const;
    void runTimers();
    void runDeferred();

    FileDescriptor epoll_;
    std::shared_ptr<Mailbox> mailbox_;
    std::unordered_map<Id, std::unique_ptr<Entry>> entries_;
    std::vector<std::unique_ptr<Entry>> removed_;  // until the events at hand are done
    struct Timer {
        Id id;
        std::function<void()> task;
    };
    std::multimap<std::int64_t, Timer> timers_;  // by due time, nanoseconds
    std::vector<std::function<void()>> deferred_;
    Id nextId_ = 1;
    bool running_ = true;
};

}  // namespace sockstage
