// SPDX-License-Identifier: GPL-3.0-or-later
#include "reactor.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>

#include "capturestore.h"

namespace sockstage {
namespace {

constexpr Reactor::Id mailboxId = 0;
/// Between two tries to watch what the kernel had no watch for.
constexpr std::int64_t feedNs = 100'000'000;
/// Deferred besides those of the descriptors.
constexpr std::size_t fewTasks = 16;

// The events have epoll's own bits: nothing is translated on the way.
static_assert(Reactor::readable == EPOLLIN && Reactor::writable == EPOLLOUT);
static_assert(Reactor::hasError == EPOLLERR && Reactor::hungUp == EPOLLHUP);

int checked(int fd, const char* what) {
    if (fd < 0) throw std::system_error(errno, std::generic_category(), what);
    return fd;
}

}  // namespace

Mailbox::Mailbox() : wake_(checked(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")) {}

void Mailbox::post(Task task) {
    const std::lock_guard lock(mutex_);
    if (shut_) return;
    tasks_.push_back(std::move(task));
    if (tasks_.size() == 1) eventfd_write(wake_.get(), 1);
}

std::vector<Mailbox::Task> Mailbox::take() {
    const std::lock_guard lock(mutex_);
    eventfd_t ignored = 0;
    eventfd_read(wake_.get(), &ignored);
    return std::exchange(tasks_, {});
}

void Mailbox::shut() {
    std::vector<Task> dropped;  // destroyed without the lock: a task may own what posts again
    const std::lock_guard lock(mutex_);
    shut_ = true;
    dropped.swap(tasks_);
}

void Mailbox::stop() noexcept {
    stopped_.store(true, std::memory_order_release);
    eventfd_write(wake_.get(), 1);
}

Reactor::Reactor()
    : epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")), mailbox_(std::make_shared<Mailbox>()) {
    epoll_event event{};
    event.events = Reactor::readable;
    event.data.u64 = mailboxId;
    checked(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, mailbox_->descriptor(), &event), "epoll_ctl");
    for (auto* list : {&deferred_, &runningDeferred_})
        list->reserve(2 * fewTasks);
}

Reactor::~Reactor() {
    mailbox_->shut();
}

// Watching ---------------------------------------------------------------------------------------

Reactor::Id Reactor::add(int fd, std::uint32_t events, Handler handler) {
    const Id id = nextId_++;
    auto entry = std::make_unique<Entry>(Entry{fd, events, true, false, std::move(handler), nullptr});
    const std::size_t tasks = 2 * entries_.size() + fewTasks;
    for (auto* list : {&deferred_, &runningDeferred_})
        if (list->capacity() < tasks) list->reserve(2 * tasks);
    Entry& added = *(entries_[id] = std::move(entry));
    watch(id, added, EPOLL_CTL_ADD);
    return id;
}

/// Returns errno.
int Reactor::control(Id id, const Entry& entry, int operation) const noexcept {
    epoll_event event{};
    event.events = entry.events;
    event.data.u64 = id;
    return epoll_ctl(epoll_.get(), operation, entry.fd, &event) == 0 ? 0 : errno;
}

/// The descriptor is open and ours, so this fails only for want of memory or watches.
void Reactor::watch(Id id, Entry& entry, int operation) noexcept {
    int error = control(id, entry, operation);
    if (error == EEXIST) error = control(id, entry, EPOLL_CTL_MOD);
    if (error == ENOENT) error = control(id, entry, EPOLL_CTL_ADD);
    entry.parked = entry.starved = error != 0;
    if (error == 0) return;
    if (operation == EPOLL_CTL_MOD) control(id, entry, EPOLL_CTL_DEL);  // its former interest ends
    if (starved_ == 0) nextFeedNs_ = CaptureStore::nowNs() + feedNs;
    starved_ = error;
}

void Reactor::feedStarved() noexcept {
    if (starved_ == 0 || CaptureStore::nowNs() < nextFeedNs_) return;
    starved_ = 0;
    for (auto& [id, entry] : entries_)
        if (entry->starved) watch(id, *entry, EPOLL_CTL_ADD);
}

void Reactor::setInterest(Id id, std::uint32_t events) noexcept {
    const auto found = entries_.find(id);
    if (found == entries_.end()) return;
    Entry& entry = *found->second;
    if (!entry.parked && entry.events == events) return;
    entry.events = events;
    if (entry.starved) return;  // its turn comes
    watch(id, entry, entry.parked ? EPOLL_CTL_ADD : EPOLL_CTL_MOD);
}

void Reactor::park(Id id) noexcept {
    const auto found = entries_.find(id);
    if (found == entries_.end()) return;
    Entry& entry = *found->second;
    entry.starved = false;
    if (!std::exchange(entry.parked, true)) control(id, entry, EPOLL_CTL_DEL);
}

void Reactor::remove(Id id) noexcept {
    const auto found = entries_.find(id);
    if (found == entries_.end()) return;
    if (!found->second->parked) control(id, *found->second, EPOLL_CTL_DEL);
    found->second->nextRemoved = std::move(removed_);
    removed_ = std::move(found->second);
    entries_.erase(found);
}

// Tasks ------------------------------------------------------------------------------------------

Reactor::Id Reactor::after(int milliseconds, std::function<void()> task) {
    const Id id = nextId_++;
    const std::int64_t due = CaptureStore::nowNs() + std::int64_t{milliseconds} * 1'000'000;
    const auto timer = timers_.emplace(Due{due, id}, std::move(task)).first;
    try {
        dues_.emplace(id, due);
    } catch (...) {
        timers_.erase(timer);
        throw;
    }
    return id;
}

void Reactor::cancel(Id timer) noexcept {
    const auto found = dues_.find(timer);
    if (found == dues_.end()) return;
    timers_.erase({found->second, timer});
    dues_.erase(found);
}

int Reactor::millisecondsToWait() const {
    constexpr std::int64_t longest = 60'000, soon = 20;
    std::int64_t wait = hurry_ ? soon : longest;
    const auto until = [&wait](std::int64_t due) {
        const std::int64_t left = due - CaptureStore::nowNs();
        wait = std::min(wait, std::max<std::int64_t>((left + 999'999) / 1'000'000, 0));
    };
    if (!timers_.empty()) until(timers_.begin()->first.first);
    if (starved_ != 0) until(nextFeedNs_);
    const bool forEver = timers_.empty() && starved_ == 0 && !hurry_;
    return forEver ? -1 : static_cast<int>(wait);
}

template <typename Work>
void Reactor::guarded(Work work) {
    try {
        work();
    } catch (const std::exception& failure) {
        if (!failed_) throw;
        failed_(failure.what());
    }
}

void Reactor::runTask(const std::function<void()>& task) {
    guarded([&task] { task(); });
}

void Reactor::runMail() {
    for (const auto& task : mailbox_->take())
        runTask(task);
    if (mailbox_->isStopped()) stop();
}

void Reactor::runTimers() {
    const std::int64_t now = CaptureStore::nowNs();
    while (!timers_.empty() && timers_.begin()->first.first <= now) {
        const auto task = std::move(timers_.begin()->second);
        dues_.erase(timers_.begin()->first.second);
        timers_.erase(timers_.begin());
        runTask(task);
    }
}

void Reactor::runDeferred() {
    while (!deferred_.empty()) {
        runningDeferred_.swap(deferred_);
        for (const auto& task : runningDeferred_)
            runTask(task);
        runningDeferred_.clear();
    }
    while (removed_)  // one by one: a list that destroys itself would need a deep stack
        removed_ = std::move(removed_->nextRemoved);
}

void Reactor::dispatch(Id id, std::uint32_t events) {
    if (id == mailboxId) return runMail();
    const auto found = entries_.find(id);
    if (found == entries_.end()) return;
    const Handler& handler = found->second->handler;
    guarded([&] { handler(events); });
}

/// Nothing can be awaited any more; the loop must not spin.
void Reactor::waitFailed(int error) {
    if (error == EINTR) return;
    constexpr std::chrono::milliseconds pause{20};
    std::this_thread::sleep_for(pause);
    guarded([error] { throw std::system_error(error, std::generic_category(), "epoll_wait"); });
    runMail();
}

void Reactor::run() {
    std::array<epoll_event, 64> events;
    while (running_) {
        const int count =
            epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), millisecondsToWait());
        if (count < 0) waitFailed(errno);
        for (int i = 0; i < count; ++i) {
            const epoll_event& event = events[static_cast<std::size_t>(i)];
            dispatch(event.data.u64, event.events);
        }
        feedStarved();
        runTimers();
        runDeferred();
        hurry_ = idle_ && idle_();
    }
}

}  // namespace sockstage
