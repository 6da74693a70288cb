// SPDX-License-Identifier: GPL-3.0-or-later
#include "standarderror.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <memory>
#include <string>
#include <system_error>

#include "backgroundwriter.h"

namespace sockstage {
namespace {

constexpr std::size_t mostWaiting = std::size_t{64} << 10;
constexpr std::chrono::milliseconds patience{500};
constexpr std::chrono::milliseconds shortWait{20};

class StandardError {
public:
    StandardError() {
        try {
            writer_ = std::make_unique<BackgroundWriter>(WriteTarget{STDERR_FILENO, {}}, nullptr);
        } catch (const std::system_error&) {
            // No thread to be had: writeDirectly().
        }
    }

    void tell(std::string_view text) {
        flush();
        if (waiting_.size() + text.size() > mostWaiting) {
            ++dropped_;
            return;
        }
        waiting_ += text;
        flush();
        if (!waiting_.empty() && !stuck_) goOnSoon();
    }

    void flush() {
        if (waiting_.empty() && dropped_ != 0) {
            waiting_ = "(" + std::to_string(dropped_) +
                       " lines before this could not be written: nobody read them)\n";
            dropped_ = 0;
        }
        if (waiting_.empty()) return;
        if (!writer_) return writeDirectly();
        if (writer_->error() != 0) return waiting_.clear();  // it is closed, or full for good
        if (writer_->take(waiting_)) stuck_ = false;
    }

    void finish() {
        for (flush(); writer_ && writer_->pendingBytes() != 0; flush()) {
            const std::size_t before = writer_->pendingBytes();
            writer_->wait(patience);
            if (writer_->error() != 0 || writer_->pendingBytes() == before) break;
        }
        if (writer_) writer_->stop();
    }

private:
    /// The line before is most likely being written at this moment. A reader that takes nothing is waited for
    /// once.
    void goOnSoon() {
        if (!writer_) return;
        stuck_ = !writer_->waitAtMost(shortWait);
        flush();
    }

    /// Only what poll() says there is room for. A paused terminal says so, too, and would keep us waiting.
    void writeDirectly() {
        pollfd entry{STDERR_FILENO, POLLOUT, 0};
        while (!waiting_.empty() && ::poll(&entry, 1, 0) > 0) {
            const auto piece = std::min<std::size_t>(waiting_.size(), PIPE_BUF);
            const auto done = ::write(STDERR_FILENO, waiting_.data(), piece);
            if (done <= 0) return;
            waiting_.erase(0, static_cast<std::size_t>(done));
        }
    }

    std::unique_ptr<BackgroundWriter> writer_;
    std::string waiting_;
    unsigned long dropped_ = 0;
    bool stuck_ = false;
};

/// Lives until the process ends: Qt may have something to say after main().
StandardError& standardError() {
    static StandardError& stream = *[] {
        std::atexit(finishStandardError);
        return new StandardError;
    }();
    return stream;
}

}  // namespace

void tellStandardError(std::string_view text) {
    standardError().tell(text);
}

void flushStandardError() {
    standardError().flush();
}

void finishStandardError() {
    standardError().finish();
}

}  // namespace sockstage
