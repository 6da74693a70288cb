#include "outputstream.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

#include "calltext.h"

namespace sockstage {
namespace {

constexpr std::size_t fullBytes = std::size_t{4} << 20;
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
    : QObject(parent), fd_(fd), mayBlock_(!isRegularFile(fd)) {
    if (!mayBlock_) return;
    notifier_ = std::make_unique<QSocketNotifier>(fd, QSocketNotifier::Write);
    notifier_->setEnabled(false);
    connect(notifier_.get(), &QSocketNotifier::activated, this, &OutputStream::flush);
}

OutputStream::~OutputStream() {
    notifier_.reset();
    if (fd_ != STDOUT_FILENO) ::close(fd_);
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
    while (!broken_ && !isEmpty() && writable())
        if (!writePiece()) break;
    const bool done = broken_ || isEmpty();
    if (done) {
        buffer_.clear();
        written_ = 0;
    } else if (written_ >= fullBytes) {
        buffer_.erase(0, written_);
        written_ = 0;
    }
    if (!notifier_ || notifier_->isEnabled() == !done) return;
    notifier_->setEnabled(!done);
    if (done) Q_EMIT drained();
}

void OutputStream::breakOff(int error) {
    broken_ = true;
    if (error != EPIPE) error_ = QString::fromStdString(errnoText(error));
    Q_EMIT broken();
}

}  // namespace sockstage
