#include "sessionworker.h"

#include <chrono>
#include <system_error>

#include "calltext.h"
#include "workerthread.h"

namespace sockstage {
namespace {

/// Given to a worker whose close() may linger, as most of them do not.
constexpr std::chrono::milliseconds patience{100};

}  // namespace

void Session::Worker::makeReactor() try {
    reactor_ = std::make_unique<Reactor>();
} catch (const std::system_error& failure) {
    reactorError_ = failure.code().value();
}

void Session::Worker::open() {
    if (thread_.joinable() || record.finished.load(std::memory_order_acquire)) return;
    record.openedNs.store(CaptureStore::nowNs(), std::memory_order_relaxed);
    if (reactor_)
        start();
    else
        giveUp(reactorError_);
}

void Session::Worker::start() try {
    thread_ = startWorkerThread([self = shared_from_this()] { self->run(); });
} catch (const std::system_error& failure) {
    giveUp(failure.code().value());
}

/// The machinery cannot start: nothing was opened, and the window hears why.
void Session::Worker::giveUp(int error) {
    if (reactor_) reactor_->mailbox()->shut();
    record.failure.set(failureText("The worker could not start", SocketAddress(), error));
    record.forgotten.store(true, std::memory_order_release);
    tellFinished();
}

/// Any number of changes share one signal that is under way.
void Session::Worker::tellChanged() {
    const std::lock_guard lock(sessionMutex_);
    if (session_ == nullptr || changePosted_.exchange(true)) return;
    // Runs only while there is a session, and with it this worker.
    const auto emitChanged = [this, session = session_] {
        changePosted_.store(false);
        Q_EMIT session->stageChanged();
    };
    QMetaObject::invokeMethod(session_, emitChanged, Qt::QueuedConnection);
}

void Session::Worker::tellFinished() {
    record.finished.store(true, std::memory_order_release);
    const std::lock_guard lock(sessionMutex_);
    if (session_ == nullptr) return;
    QMetaObject::invokeMethod(
        session_, [session = session_] { Q_EMIT session->finished(); }, Qt::QueuedConnection);
}

void Session::Worker::run() {
    record.workerThreadId.store(ownThreadId(), std::memory_order_relaxed);
    // What somebody looks at may outlive its descriptor: only then does the worker end.
    life_ = std::make_unique<SocketLife>(
        *reactor_, record, [this] { tellChanged(); }, [this] { tellFinished(); },
        [this] { reactor_->stop(); });
    life_->start();
    reactor_->run();
    reactor_->mailbox()->shut();  // nobody takes anything out any more
    life_.reset();
    record.workerThreadId.store(0, std::memory_order_relaxed);
    record.finished.store(true, std::memory_order_release);
    record.forgotten.store(true, std::memory_order_release);
    ended_.set_value();
}

void Session::Worker::leave() {
    {
        const std::lock_guard lock(sessionMutex_);
        session_ = nullptr;
    }
    if (!thread_.joinable()) return;
    reactor_->mailbox()->post([this] { reactor_->stop(); });
    const bool ends = !mayLinger || ended_.get_future().wait_for(patience) == std::future_status::ready;
    ends ? thread_.join() : thread_.detach();
}

}  // namespace sockstage
