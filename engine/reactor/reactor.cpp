#include "reactor.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "capturestore.h"

namespace sockstage {
namespace {

constexpr Reactor::Id mailboxId = 0;

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

Reactor::Reactor()
    : epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")), mailbox_(std::make_shared<Mailbox>()) {
    epoll_event event{};
    event.events = Reactor::readable;
    event.data.u64 = mailboxId;
    checked(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, mailbox_->descriptor(), &event), "epoll_ctl");
}

Reactor::~Reactor() {
    mailbox_->shut();
}

Reactor::Id Reactor::add(int fd, std::uint32_t events, Handler handler) {
    const Id id = nextId_++;
    auto& entry = entries_[id] = std::make_unique<Entry>(Entry{fd, events, false, std::move(handler)});
    update(id, *entry, EPOLL_CTL_ADD);
    return id;
}

void Reactor::update(Id id, Entry& entry, int operation) {
    epoll_event event{};
    event.events = entry.events;
    event.data.u64 = id;
    // The descriptor is open and ours, so this fails only for want of memory or watches: the machinery.
    checked(epoll_ctl(epoll_.get(), operation, entry.fd, &event), "epoll_ctl");
}

void Reactor::setInterest(Id id, std::uint32_t events) {
    const auto found = entries_.find(id);
    if (found == entries_.end()) return;
    Entry& entry = *found->second;
    if (!entry.parked && entry.events == events) return;
    const int operation = entry.parked ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    entry.events = events;
    entry.parked = false;
    update(id, entry, operation);
}

void Reactor::park(Id id) {
    const auto found = entries_.find(id);
    if (found == entries_.end() || found->second->parked) return;
    update(id, *found->second, EPOLL_CTL_DEL);
    found->second->parked = true;
}

void Reactor::remove(Id id) {
    const auto found = entries_.find(id);
    if (found == entries_.end()) return;
    if (!found->second->parked) update(id, *found->second, EPOLL_CTL_DEL);
    removed_.push_back(std::move(found->second));
    entries_.erase(found);
}

Reactor::Id Reactor::after(int milliseconds, std::function<void()> task) {
    const Id id = nextId_++;
    timers_.emplace(CaptureStore::nowNs() + std::int64_t{milliseconds} * 1'000'000,
                    Timer{id, std::move(task)});
    return id;
}

void Reactor::cancel(Id timer) {
    std::erase_if(timers_, [timer](const auto& each) { return each.second.id == timer; });
}

int Reactor::millisecondsToTimer() const {
    if (timers_.empty()) return -1;
    const std::int64_t left = timers_.begin()->first - CaptureStore::nowNs();
    return static_cast<int>(std::clamp<std::int64_t>((left + 999'999) / 1'000'000, 0, 60'000));
}

void Reactor::runTimers() {
    const std::int64_t now = CaptureStore::nowNs();
    while (!timers_.empty() && timers_.begin()->first <= now) {
        const auto task = std::move(timers_.begin()->second.task);
        timers_.erase(timers_.begin());
        task();
    }
}

void Reactor::runDeferred() {
    while (!deferred_.empty())
        for (const auto& task : std::exchange(deferred_, {}))
            task();
    removed_.clear();
}

void Reactor::dispatch(Id id, std::uint32_t events) {
    if (id == mailboxId) {
        for (const auto& task : mailbox_->take())
            task();
        return;
    }
    if (const auto found = entries_.find(id); found != entries_.end()) found->second->handler(events);
}

void Reactor::run() {
    std::array<epoll_event, 64> events;
    while (running_) {
        const int count =
            epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), millisecondsToTimer());
        for (int i = 0; i < count; ++i) {
            const epoll_event& event = events[static_cast<std::size_t>(i)];
            dispatch(event.data.u64, event.events);
        }
        runTimers();
        runDeferred();
    }
}

}  // namespace sockstage
