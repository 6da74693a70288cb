#include "outputstream.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

#include "calltext.h"
#include "descriptors.h"

namespace sockstage {
namespace {

constexpr std::size_t fullBytes = std::size_t{4} << 20;
constexpr int retryMs = 40;
constexpr std::size_t filePiece = std::size_t{1} << 20;

bool isRegularFile(int fd) {
    struct stat status {};
    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

int OutputStream::open(const QString& file) {
    if (file.isEmpty() || file == QLatin1String("-")) return STDOUT_FILENO;
    return ::open(file.toLocal8Bit().constData(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
}

OutputStream::OutputStream(int fd, QObject* parent)
    : QObject(parent), given_(fd), fd_(descriptorThatNeverBlocks(fd)), mayBlock_(!isRegularFile(fd)) {
    if (!mayBlock_) return;
    later_.setSingleShot(true);
    later_.setInterval(retryMs);
    connect(&later_, &QTimer::timeout, this, &OutputStream::flush);
    notifier_ = std::make_unique<QSocketNotifier>(fd_, QSocketNotifier::Write);
    notifier_->setEnabled(false);
    connect(notifier_.get(), &QSocketNotifier::activated, this, &OutputStream::flush);
}

OutputStream::~OutputStream() {
    notifier_.reset();
    if (fd_ != given_) ::close(fd_);
    if (given_ != STDOUT_FILENO) ::close(given_);
}

bool OutputStream::isFull() const {
    return pendingBytes() >= fullBytes;
}

bool OutputStream::writable() const {
    pollfd entry{fd_, POLLOUT, 0};
    return !mayBlock_ || ::poll(&entry, 1, 0) > 0;
}

/// poll() says that PIPE_BUF bytes fit (pipe(7)); more could block.
bool OutputStream::writePiece() {
    const std::size_t length = std::min(pendingBytes(), mayBlock_ ? std::size_t{PIPE_BUF} : filePiece);
    const ssize_t done = ::write(fd_, buffer_.data() + written_, length);
    if (done < 0 && errno != EINTR && errno != EAGAIN) breakOff(errno);
    if (done <= 0) return false;
    written_ += static_cast<std::size_t>(done);
    return true;
}

void OutputStream::flush() {
    bool refused = false;
    while (!broken_ && !isEmpty() && !refused && writable())
        refused = !writePiece();
    const bool done = broken_ || isEmpty();
    if (done) {
        buffer_.clear();
        written_ = 0;
    } else if (written_ >= fullBytes) {
        buffer_.erase(0, written_);
        written_ = 0;
    }
    if (!notifier_) return;
    const bool waited = notifier_->isEnabled() || later_.isActive();
    // A paused terminal calls itself writable and takes nothing: asked again and again it would burn a
    // processor.
    notifier_->setEnabled(!done && !refused);
    refused && !done ? later_.start() : later_.stop();
    if (done && waited) Q_EMIT drained();
}

void OutputStream::breakOff(int error) {
    broken_ = true;
    if (error != EPIPE) error_ = QString::fromStdString(errnoText(error));
    Q_EMIT broken();
}

}  // namespace sockstage
