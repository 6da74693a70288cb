// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace sockstage {

/// Where bytes go: a descriptor that is open, or the path of a FIFO that still has to be opened, which waits
/// for a reader.
struct WriteTarget {
    int fd = -1;
    std::string fifo;
};

/// A thread that only calls write(). A paused terminal, an unread pipe or socket and a disk that does not
/// answer keep this thread waiting, and no other. All functions are for one other thread.
class BackgroundWriter {
public:
    /// `onProgress` runs on the writer's thread, after each text that take() took and after a failure.
    /// Throws std::system_error when there is no thread to be had.
    BackgroundWriter(WriteTarget target, std::function<void()> onProgress);
    /// As stop().
    ~BackgroundWriter();
    BackgroundWriter(const BackgroundWriter&) = delete;
    BackgroundWriter& operator=(const BackgroundWriter&) = delete;

    /// Takes all of `text` and leaves it empty, or false: the text before is not written yet, writing has
    /// failed or was stopped.
    bool take(std::string& text);
    /// Taken and not written.
    std::size_t pendingBytes() const;
    /// The errno of the open() or write() that failed; what is pending stays unwritten. 0: none.
    int error() const;
    /// Returns once all that was taken is written or lost, or nothing has moved for `patience`.
    void wait(std::chrono::milliseconds patience);
    /// The same, but for no longer than this altogether. False: something is still pending.
    bool waitAtMost(std::chrono::milliseconds longest);
    /// Ends a write() that waits; from now on pendingBytes() is exact. A disk that does not answer cannot be
    /// interrupted: such a thread is left to the end of the process.
    void stop();

private:
    struct Shared;
    static void run(Shared& shared);

    std::shared_ptr<Shared> shared_;  // outlives us where the thread is left alone
    std::thread thread_;
};

}  // namespace sockstage
