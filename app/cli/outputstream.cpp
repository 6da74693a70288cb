// SPDX-License-Identifier: GPL-3.0-or-later
#include "outputstream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "calltext.h"

namespace sockstage {
namespace {

constexpr std::size_t fullBytes = std::size_t{4} << 20;

bool isFifo(const char* path) {
    struct stat status {};
    return ::stat(path, &status) == 0 && S_ISFIFO(status.st_mode);
}

}  // namespace

std::optional<WriteTarget> OutputStream::open(const QString& file) {
    if (file.isEmpty() || file == QLatin1String("-")) return WriteTarget{STDOUT_FILENO, {}};
    const std::string path = file.toLocal8Bit().toStdString();
    if (isFifo(path.c_str())) return WriteTarget{-1, path};
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) return std::nullopt;
    return WriteTarget{fd, {}};
}

OutputStream::OutputStream(const WriteTarget& target, QObject* parent)
    : QObject(parent), ownFd_(target.fd == STDOUT_FILENO ? -1 : target.fd), writer_(target, [this] {
          QMetaObject::invokeMethod(this, &OutputStream::flush, Qt::QueuedConnection);
      }) {}

OutputStream::~OutputStream() {
    writer_.stop();
    if (ownFd_ >= 0) ::close(ownFd_);
}

bool OutputStream::isFull() const {
    return pendingBytes() >= fullBytes;
}

void OutputStream::flush() {
    if (writer_.error() != 0 && !broken_) breakOff(writer_.error());
    if (broken_)
        buffer_.clear();
    else if (!buffer_.empty())
        writer_.take(buffer_);
    const bool waited = std::exchange(waiting_, !broken_ && !isEmpty());
    if (waited && !waiting_) Q_EMIT drained();
}

void OutputStream::breakOff(int error) {
    broken_ = true;
    if (error != EPIPE) error_ = QString::fromStdString(errnoNameAndText(error));
    Q_EMIT broken();
}

}  // namespace sockstage
