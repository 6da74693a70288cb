#include "inputlines.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace sockstage {

/// One piece at a time: the reader waits until it was taken, so a large file does not pile up here.
struct InputLines::Shared {
    Shared() : event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
    ~Shared() { ::close(event); }

    const int event;  // wakes the owner's thread
    std::mutex mutex;
    std::condition_variable taken;
    QByteArray piece;
    bool end = false, ownerGone = false;
};

namespace {

/// A job in the background may not read from its terminal (tcgetpgrp(3), EIO); later it may be in front.
bool waitsForTerminal(int error) {
    if (error != EIO || ::tcgetpgrp(STDIN_FILENO) < 0 || ::tcgetpgrp(STDIN_FILENO) == ::getpgrp())
        return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    return true;
}

/// With SIGTTIN blocked such a read() fails instead of stopping the whole program with its sockets.
void blockTerminalStop() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTTIN);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

}  // namespace

InputLines::InputLines(QObject* parent)
    : QObject(parent),
      shared_(std::make_shared<Shared>()),
      notifier_(std::make_unique<QSocketNotifier>(shared_->event, QSocketNotifier::Read)) {
    connect(notifier_.get(), &QSocketNotifier::activated, this, &InputLines::take);
}

InputLines::~InputLines() {
    const std::lock_guard lock(shared_->mutex);
    shared_->ownerGone = true;
    shared_->taken.notify_all();
}

void InputLines::start() {
    terminal_ = ::isatty(STDIN_FILENO) == 1;
    try {
        std::thread([shared = shared_] { readLoop(shared); }).detach();
    } catch (const std::system_error& error) {
        Q_EMIT unreadable(error.code().value());
    }
}

void InputLines::readLoop(const std::shared_ptr<Shared>& shared) {
    blockTerminalStop();
    std::array<char, 65536> buffer;
    for (bool end = false; !end;) {
        const ssize_t got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (got < 0 && (errno == EINTR || waitsForTerminal(errno))) continue;
        end = got <= 0;
        std::unique_lock lock(shared->mutex);
        if (shared->ownerGone) return;
        if (!end) shared->piece = QByteArray(buffer.data(), static_cast<qsizetype>(got));
        shared->end = end;
        ::eventfd_write(shared->event, 1);
        shared->taken.wait(lock, [&] { return end || shared->piece.isEmpty() || shared->ownerGone; });
    }
}

void InputLines::pause() {
    paused_ = true;
    notifier_->setEnabled(false);
}

void InputLines::resume() {
    if (!std::exchange(paused_, false)) return;
    notifier_->setEnabled(true);
    goOn();
}

/// Never while paused: the piece before is used up.
void InputLines::take() {
    eventfd_t count = 0;
    ::eventfd_read(shared_->event, &count);
    {
        const std::lock_guard lock(shared_->mutex);
        piece_ = std::exchange(shared_->piece, {});
        end_ = shared_->end;
        shared_->taken.notify_all();
    }
    at_ = 0;
    anything_ = anything_ || !piece_.isEmpty();
    goOn();
}

void InputLines::goOn() {
    while (!paused_ && at_ != piece_.size())
        takeLine();
    if (paused_ || !std::exchange(end_, false)) return;
    if (!partial_.isEmpty()) finishLine();
    Q_EMIT ended(anything_);
}

void InputLines::takeLine() {
    const qsizetype feed = piece_.indexOf('\n', at_);
    const qsizetype lineEnd = feed < 0 ? piece_.size() : feed;
    if (!skipping_) partial_.append(piece_.constData() + at_, lineEnd - at_);
    at_ = feed < 0 ? lineEnd : feed + 1;
    if (partial_.size() > longestLine) {
        partial_.clear();
        skipping_ = true;
        Q_EMIT lineTooLong();
    }
    if (feed < 0) return;
    if (!std::exchange(skipping_, false)) finishLine();
}

void InputLines::finishLine() {
    QByteArray whole;
    whole.swap(partial_);
    // Of a longer line the terminal keeps the beginning and throws the rest away without a word (N_TTY,
    // termios(3)).
    if (terminal_ && whole.size() >= longestTerminalLine) return Q_EMIT lineCut();
    if (whole.endsWith('\r')) whole.chop(1);
    Q_EMIT line(whole);
}

}  // namespace sockstage
