// SPDX-License-Identifier: GPL-3.0-or-later
#include "inputlines.h"

#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

namespace sockstage {

/// One piece at a time: the reader waits until it was taken, so a large file does not pile up here.
struct InputLines::Shared {
    std::mutex mutex;
    std::condition_variable taken;
    QByteArray piece;
    bool cut = false;  // the piece is a line of a terminal that has most likely lost its rest
    bool end = false;
    InputLines* owner = nullptr;  // nullptr: it is gone
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

/// In its canonical mode one read() gives one line, or what came up to a Ctrl+D. Of a longer one the terminal
/// keeps the beginning and throws the rest away without a word (N_TTY, termios(3)). In other modes nothing is
/// cut.
bool isCut(const char* piece, qsizetype length) {
    if (length <= 0) return false;
    if (length - (piece[length - 1] == '\n' ? 1 : 0) < InputLines::longestTerminalLine) return false;
    termios mode{};
    return ::tcgetattr(STDIN_FILENO, &mode) == 0 && (mode.c_lflag & tcflag_t{ICANON}) != 0;
}

}  // namespace

InputLines::InputLines(QObject* parent) : QObject(parent), shared_(std::make_shared<Shared>()) {
    shared_->owner = this;
}

InputLines::~InputLines() {
    const std::lock_guard lock(shared_->mutex);
    shared_->owner = nullptr;
    shared_->taken.notify_all();
}

void InputLines::start() {
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
        while (!handOver(*shared, buffer.data(), got))
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        std::unique_lock lock(shared->mutex);
        if (shared->owner == nullptr) return;
        shared->taken.wait(lock, [&] { return end || shared->piece.isEmpty() || shared->owner == nullptr; });
    }
}

/// False: there is no memory for it now, and nothing has changed. `length` 0 or less: the end.
bool InputLines::handOver(Shared& shared, const char* bytes, qsizetype length) try {
    const std::lock_guard lock(shared.mutex);
    if (shared.owner == nullptr) return true;
    QByteArray piece(bytes, std::max<qsizetype>(length, 0));
    QMetaObject::invokeMethod(shared.owner, &InputLines::take, Qt::QueuedConnection);
    shared.piece.swap(piece);
    shared.cut = isCut(bytes, length);
    shared.end = length <= 0;
    return true;
} catch (const std::bad_alloc&) {
    return false;
}

void InputLines::pause() {
    paused_ = true;
}

void InputLines::resume() {
    if (!std::exchange(paused_, false)) return;
    goOn();
    if (!paused_ && std::exchange(due_, false)) take();
}

/// While paused the piece before may not be used up.
void InputLines::take() {
    due_ = paused_;
    if (due_) return;
    {
        const std::lock_guard lock(shared_->mutex);
        piece_ = std::exchange(shared_->piece, {});
        cut_ = cut_ || shared_->cut;  // a piece that Ctrl+D ended is the beginning of a line
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
    if (std::exchange(cut_, false)) return Q_EMIT lineCut();
    if (whole.endsWith('\r')) whole.chop(1);
    Q_EMIT line(whole);
}

}  // namespace sockstage
