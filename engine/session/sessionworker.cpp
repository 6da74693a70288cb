// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessionworker.h"

#include <QThread>
#include <QTimer>
#include <cerrno>
#include <chrono>
#include <new>
#include <string>
#include <system_error>

#include "calltext.h"
#include "quietly.h"
#include "workerthread.h"

namespace sockstage {
namespace {

/// Given to a worker whose close() may linger, as most of them do not.
constexpr std::chrono::milliseconds patience{100};
/// Until a dialog or a menu may have gone, whose event loop runs inside a function that holds slots.
constexpr std::chrono::milliseconds nestedPause{200};

}  // namespace

void Session::Worker::makeReactor() try {
    reactor_ = std::make_unique<Reactor>();
} catch (const std::system_error& failure) {
    reactorError_ = failure.code().value();
} catch (const std::bad_alloc&) {
    reactorError_ = ENOMEM;
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
} catch (const std::bad_alloc&) {
    giveUp(ENOMEM);
}

/// The machinery cannot start: nothing was opened, and the window hears why.
void Session::Worker::giveUp(int error) {
    if (reactor_) reactor_->mailbox()->shut();
    record.failure.set(failureText("The worker could not start", SocketAddress(), error));
    record.forgotten.store(true, std::memory_order_release);
    tellFinished();
}

/// Any number of changes share one signal that is under way.
void Session::Worker::tellChanged() noexcept try {
    owesChange_ = false;
    const std::lock_guard lock(sessionMutex_);
    if (session_ == nullptr || changePosted_.exchange(true)) return;
    // Runs only while there is a session, and with it this worker.
    const auto emitChanged = [this, session = session_] {
        changePosted_.store(false);
        Q_EMIT session->stageChanged();
    };
    QMetaObject::invokeMethod(session_, emitChanged, Qt::QueuedConnection);
} catch (const std::bad_alloc&) {
    changePosted_.store(false);
    owesChange_ = true;  // emitted a moment later: attend()
}

void Session::Worker::tellFinished() noexcept {
    record.finished.store(true, std::memory_order_release);
    owesFinished_ = true;
    emitFinished();
}

void Session::Worker::emitFinished() noexcept try {
    const std::lock_guard lock(sessionMutex_);
    if (session_ != nullptr)
        QMetaObject::invokeMethod(
            session_, [session = session_] { Q_EMIT session->finished(); }, Qt::QueuedConnection);
    owesFinished_ = false;
} catch (const std::bad_alloc&) {
    // emitted a moment later: attend()
}

/// The slots are freed on the session's thread: who reads them there holds them while a function runs. Where
/// there is no memory to say so, it is said after a later round.
void Session::Worker::tellRetired() noexcept try {
    if (!record.connections.hasRetired() || recyclePosted_.load()) return;
    const std::lock_guard lock(sessionMutex_);
    if (session_ == nullptr || recyclePosted_.exchange(true)) return;
    QMetaObject::invokeMethod(
        session_, [this, session = session_] { recycle(session); }, Qt::QueuedConnection);
} catch (const std::bad_alloc&) {
    recyclePosted_.store(false);
}

/// On the session's thread, by a call of its own. In a nested event loop some function below us waits for it
/// to end, and may go on with a slot.
void Session::Worker::recycle(QObject* session) {
    if (QThread::currentThread()->loopLevel() > 1) {
        QTimer::singleShot(nestedPause, session, [this, session] { recycle(session); });
        return;
    }
    recyclePosted_.store(false);  // before: what is retired from here on is posted again
    record.connections.recycle();
}

/// Something else than a call failed: memory ran out, or the machinery itself did. The session closes in
/// order, its totals and records stay.
void Session::Worker::failed(const char* why) noexcept {
    failed_ = true;
    record.machineryFailed.store(true, std::memory_order_relaxed);
    quietly([this, why] {
        if (!record.failure.get().empty()) return;
        const std::string reason = why;
        record.failure.set(reason == std::bad_alloc().what() ? std::string(memoryRanOut)
                                                             : "The session had to end: " + reason);
    });
}

/// After each round of the reactor. True: something is still owed.
bool Session::Worker::attend() noexcept {
    if (failed_ && !record.finished.load(std::memory_order_relaxed) && life_) {
        life_->endAtOnce();
    } else if (std::exchange(failed_, false)) {
        reactor_->stop();  // only looks are left, and they fail, too
    }
    if (owesFinished_) emitFinished();
    if (owesChange_) tellChanged();
    if (life_) {
        life_->dropClosed();
        life_->retireConnections();
    }
    tellRetired();
    return failed_ || owesFinished_ || owesChange_;
}

void Session::Worker::run() {
    record.workerThreadId.store(ownThreadId(), std::memory_order_relaxed);
    reactor_->whenFailed([this](const char* why) { failed(why); });
    reactor_->whenIdle([this] { return attend(); });
    // A followed socket may outlive its descriptor; the worker ends once the kernel has forgotten it.
    try {
        life_ = std::make_unique<SessionSockets>(
            *reactor_, record, [this] { tellChanged(); }, [this] { tellFinished(); },
            [this] { reactor_->stop(); });
        life_->start();
    } catch (const std::exception& failure) {
        failed(failure.what());
    }
    if (life_)
        reactor_->run();
    else
        tellFinished();
    while (owesFinished_ || owesChange_) {  // while there is no memory even to say so
        std::this_thread::sleep_for(patience);
        attend();
    }
    reactor_->mailbox()->shut();  // tasks are not taken out any more
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
    reactor_->mailbox()->stop();
    const bool ends = !mayLinger || ended_.get_future().wait_for(patience) == std::future_status::ready;
    ends ? thread_.join() : thread_.detach();
}

}  // namespace sockstage
