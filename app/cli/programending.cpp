// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <new>
#include <utility>

#include "errorlines.h"
#include "outputstream.h"
#include "programrunning.h"
#include "standarderror.h"

// How the program ends: who wants it, what it waits for and what it leaves; the rest is in program.cpp.

namespace sockstage {
namespace {

constexpr qint64 stuckOutputMs = 1000;   // how long the end waits for a reader that takes nothing
constexpr qint64 longestCloseMs = 1000;  // without any call, after a second signal
constexpr int retryMs = 10;              // without memory

}  // namespace

void Program::close(Running& running, const QString& reason) {
    if (running.reason.isEmpty()) running.reason = reason.simplified();
    if (running.opened)
        running.session.close();
    else
        running.ended = true;
}

/// A scene that was not played to its end has failed, except when a user wanted the end or the reader is
/// gone.
void Program::settleScene(const QString& reason) {
    if (!scene_ || closing_ || signalled_) return;
    const QString missing = scene_->missing(reason);
    if (missing.isEmpty()) return;
    failed_ = failed_ || !output_.isBroken();
    printError(missing);
}

void Program::closeAll(const QString& reason) {
    settleScene(reason);
    closing_ = true;
    for (const auto& running : sessions_) {
        if (running->ended) continue;
        running->session.release(Stage::Close);  // no further step can come
        close(*running, reason);
    }
    schedule(0);
}

/// Called for every slot that had no memory. What could not be done may succeed once the sessions have
/// closed; but a line that needs more memory than there will be must not keep the end waiting.
void Program::endWithoutMemory() {
    failed_ = true;
    if (!std::exchange(noMemory_, true))
        tellStandardError("sockstage-cli: out of memory (ENOMEM): everything is closed in order\n");
    if (isStuckWithoutMemory()) return endWithoutOutput();
    try {
        if (!closedWithoutMemory_) closeAll(QStringLiteral("out of memory"));
        closedWithoutMemory_ = true;
    } catch (const std::bad_alloc&) {  // the next turn tries again
    }
    schedule(retryMs);
}

bool Program::isStuckWithoutMemory() {
    // Not what is left: a socket that is still open may add to it.
    const auto done = std::pair(pump_.writtenEver(), output_.pendingBytes());
    if (done.first != doneWithoutMemory_.first || done.second < doneWithoutMemory_.second ||
        !sinceMemoryHelped_.isValid())
        sinceMemoryHelped_.start();
    doneWithoutMemory_ = done;
    return sinceMemoryHelped_.hasExpired(stuckOutputMs);
}

void Program::endWithoutOutput() {
    output_.stop();
    try {
        printError(QStringLiteral("out of memory (ENOMEM): ") + unwrittenText());
    } catch (const std::bad_alloc&) {
        tellStandardError("sockstage-cli: out of memory (ENOMEM): the last lines were not written\n");
    }
    endNow();
}

/// What the end itself cuts off is reported, but it is no failure: a signal requests the end.
void Program::onSignal(const QString& name) {
    signalled_ = true;
    if (closing_ && !sinceSecondEnd_.isValid()) sinceSecondEnd_.start();
    closeAll(name);
}

/// An input that is empty from the start does not end the program: nohup, a service or </dev/null give such
/// an input.
void Program::onInputEnd(bool anything) {
    if (anything && !limits_.forMs && !limits_.untilIdleMs) closeAll(QStringLiteral("end of input"));
}

/// With --kernel, what is closed may be in the kernel for minutes: only --for says that this is wanted.
bool Program::allEnded() const {
    if (scene_ && !closing_) return false;
    const bool follows = limits_.kernelMs && limits_.forMs && !closing_;
    return std::all_of(sessions_.begin(), sessions_.end(), [follows](const auto& running) {
        return running->ended && (!follows || !running->opened ||
                                  (running->session.isForgotten() && running->events.isDrained()));
    });
}

void Program::finishWhenDone() {
    const bool allFinished = std::all_of(sessions_.begin(), sessions_.end(), [](const auto& running) {
        return running->ended || running->session.isFinished();
    });
    if (allEnded() && (output_.isEmpty() || output_.isBroken())) return endNow();
    if (!allFinished && sinceSecondEnd_.isValid() && sinceSecondEnd_.hasExpired(longestCloseMs) &&
        sinceActivity_.hasExpired(longestCloseMs))
        return leaveWorkers();
    // Only an end that was requested may lose lines to a reader that has stopped reading.
    const std::size_t left = output_.pendingBytes();
    if (!closing_ || !allFinished || left != outputLeft_ || !sinceOutputMoved_.isValid()) {
        outputLeft_ = left;
        sinceOutputMoved_.start();
    }
    if (!sinceOutputMoved_.hasExpired(stuckOutputMs)) return;
    output_.stop();
    failed_ = true;
    printError(QStringLiteral("nobody reads the output: ") + unwrittenText());
    endNow();
}

void Program::endNow() {
    done_ = true;
    Q_EMIT ended();
}

/// A worker in close(), which Linux lets wait where SO_LINGER says so, cannot be called back; the kernel ends
/// the call with the process.
void Program::leaveWorkers() {
    leavesWorkers_ = true;
    for (const auto& running : sessions_)
        if (!running->ended && !running->session.isFinished())
            printError(QStringLiteral("session %1 was left before it had closed: SO_LINGER lets close() wait")
                           .arg(running->number));
    output_.stop();
    failed_ = failed_ || !output_.isEmpty();
    printError(unwrittenText());
    endNow();
}

/// What is lost where the end does not wait.
QString Program::unwrittenText() const {
    std::uint64_t rows = 0, looks = 0, answers = 0;
    for (const auto& running : sessions_) {
        rows += running->events.unreadRows();
        looks += running->events.unreadLooks();
        answers += running->events.unreadAnswers();
    }
    return QStringLiteral(
               "%1 bytes, %2 rows, %3 looks at the kernel and %4 answers about options were not "
               "written")
        .arg(output_.pendingBytes())
        .arg(rows)
        .arg(looks)
        .arg(answers);
}

}  // namespace sockstage
