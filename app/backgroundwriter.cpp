// SPDX-License-Identifier: GPL-3.0-or-later
#include "backgroundwriter.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <new>
#include <utility>

namespace sockstage {

using namespace std::chrono_literals;

namespace {

/// Interrupts a system call and does nothing else; by default ignored, so no other code sends it.
constexpr int interruptingSignal = SIGURG;
/// For what is no file: small enough to tell a slow reader from one that has stopped.
constexpr std::size_t streamPiece = PIPE_BUF;
constexpr std::size_t filePiece = std::size_t{1} << 20;

void letSignalInterrupt() {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    ::sigaction(interruptingSignal, &action, nullptr);  // without SA_RESTART
}

/// The writer's own thread: what write() says by a signal (SIGPIPE, SIGXFSZ) it says by errno as well, and
/// those that end the program are for another thread.
void blockOtherSignals() {
    sigset_t set;
    sigfillset(&set);
    sigdelset(&set, interruptingSignal);
    pthread_sigmask(SIG_SETMASK, &set, nullptr);
}

bool isRegularFile(int fd) {
    struct stat status {};
    return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

/// Another process has made it non-blocking, which holds for every process that shares it. For a paused
/// terminal poll() then reports POLLOUT, and write() takes no byte.
void awaitRoom(int fd) {
    pollfd entry{fd, POLLOUT, 0};
    ::poll(&entry, 1, 100);
    std::this_thread::sleep_for(5ms);
}

}  // namespace

struct BackgroundWriter::Shared {
    Shared(WriteTarget wanted, std::function<void()> told)
        : target(std::move(wanted)), onProgress(std::move(told)) {}
    ~Shared() {
        if (!target.fifo.empty() && target.fd >= 0) ::close(target.fd);
    }

    int openFifo();
    int writeText();
    void tellMoved();
    void tellProgress() noexcept;

    WriteTarget target;
    std::mutex mutex;
    std::condition_variable wake;   // there is text, or the end
    std::condition_variable moved;  // bytes were written, writing failed, or the thread has ended
    std::function<void()> onProgress;
    std::string text;  // the thread's as long as something is pending
    std::atomic<std::size_t> pending{0};
    std::atomic<int> error{0};
    std::atomic<bool> ending{false};
    bool ended = false;
};

BackgroundWriter::BackgroundWriter(WriteTarget target, std::function<void()> onProgress)
    : shared_(std::make_shared<Shared>(std::move(target), std::move(onProgress))) {
    letSignalInterrupt();
    thread_ = std::thread([shared = shared_] { run(*shared); });
}

BackgroundWriter::~BackgroundWriter() {
    stop();
}

bool BackgroundWriter::take(std::string& text) {
    if (error() != 0 || pendingBytes() != 0) return false;
    const std::lock_guard lock(shared_->mutex);
    if (shared_->ending) return false;
    shared_->text.clear();
    shared_->text.swap(text);
    shared_->pending = shared_->text.size();
    shared_->wake.notify_one();
    return true;
}

std::size_t BackgroundWriter::pendingBytes() const {
    return shared_->pending;
}

int BackgroundWriter::error() const {
    return shared_->error;
}

void BackgroundWriter::wait(std::chrono::milliseconds patience) {
    std::unique_lock lock(shared_->mutex);
    for (std::size_t before = ~std::size_t{0};
         error() == 0 && pendingBytes() != 0 && pendingBytes() != before;) {
        before = pendingBytes();
        shared_->moved.wait_for(lock, patience, [&] { return error() != 0 || pendingBytes() != before; });
    }
}

bool BackgroundWriter::waitAtMost(std::chrono::milliseconds longest) {
    std::unique_lock lock(shared_->mutex);
    return shared_->moved.wait_for(lock, longest, [&] { return error() != 0 || pendingBytes() == 0; });
}

/// The signal is lost on a thread that is about to call write(): it is repeated until the thread has ended.
void BackgroundWriter::stop() {
    if (!thread_.joinable()) return;
    std::unique_lock lock(shared_->mutex);
    shared_->ending = true;
    shared_->onProgress = nullptr;
    shared_->wake.notify_one();
    for (int i = 0; i < 100 && !shared_->ended; ++i) {
        ::pthread_kill(thread_.native_handle(), interruptingSignal);
        shared_->moved.wait_for(lock, 10ms, [this] { return shared_->ended; });
    }
    const bool ended = shared_->ended;
    lock.unlock();
    ended ? thread_.join() : thread_.detach();
}

/// Returns an errno; 0: it is open, or the end came first.
int BackgroundWriter::Shared::openFifo() {
    while (target.fd < 0 && !ending) {
        target.fd = ::open(target.fifo.c_str(), O_WRONLY | O_CLOEXEC);
        if (target.fd < 0 && errno != EINTR) return errno;
    }
    return 0;
}

/// Returns an errno; 0: all is written, or the end came first.
int BackgroundWriter::Shared::writeText() {
    const std::size_t piece = isRegularFile(target.fd) ? filePiece : streamPiece;
    while (pending != 0 && !ending) {
        const char* const rest = text.data() + (text.size() - pending);
        const ssize_t done = ::write(target.fd, rest, std::min<std::size_t>(pending, piece));
        if (done > 0) {
            pending -= static_cast<std::size_t>(done);
            tellMoved();
        } else if (done < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            awaitRoom(target.fd);
        } else if (done < 0 && errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

void BackgroundWriter::Shared::tellMoved() {
    const std::lock_guard lock(mutex);
    moved.notify_all();
}

/// With the lock. Progress that is not reported for want of memory still shows in the state.
void BackgroundWriter::Shared::tellProgress() noexcept try {
    if (onProgress) onProgress();
} catch (const std::bad_alloc&) {
}

void BackgroundWriter::run(Shared& shared) {
    blockOtherSignals();
    shared.error = shared.openFifo();
    std::unique_lock lock(shared.mutex);
    while (!shared.ending && shared.error == 0) {
        shared.wake.wait(lock, [&] { return shared.ending || shared.pending != 0; });
        lock.unlock();
        shared.error = shared.writeText();
        lock.lock();
        shared.tellProgress();
    }
    if (shared.error != 0) shared.tellProgress();
    shared.ended = true;
    shared.moved.notify_all();
}

}  // namespace sockstage
