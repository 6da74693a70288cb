#include "standarderror.h"

#include <unistd.h>

#include <cerrno>
#include <string>

#include "descriptors.h"

namespace sockstage {
namespace {

constexpr std::size_t mostWaiting = std::size_t{64} << 10;

class StandardError {
public:
    void tell(std::string_view text) {
        flush();
        if (waiting_.size() + text.size() > mostWaiting) {
            ++dropped_;
            return;
        }
        waiting_ += text;
        flush();
    }

    void flush() {
        while (!waiting_.empty()) {
            const ssize_t done = ::write(fd_, waiting_.data(), waiting_.size());
            if (done < 0 && errno == EINTR) continue;
            if (done < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
            if (done < 0) return waiting_.clear();  // it is closed, or full for good: there is nobody to tell
            waiting_.erase(0, static_cast<std::size_t>(done));
        }
        if (dropped_ == 0) return;
        waiting_ =
            "(" + std::to_string(dropped_) + " lines before this could not be written: nobody read them)\n";
        dropped_ = 0;
        flush();
    }

private:
    const int fd_ = descriptorThatNeverBlocks(STDERR_FILENO);
    std::string waiting_;
    unsigned long dropped_ = 0;
};

StandardError& standardError() {
    static StandardError stream;
    return stream;
}

}  // namespace

void tellStandardError(std::string_view text) {
    standardError().tell(text);
}

void flushStandardError() {
    standardError().flush();
}

}  // namespace sockstage
