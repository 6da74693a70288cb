#include "filesource.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "calltext.h"

namespace sockstage {

std::shared_ptr<FileSource> FileSource::open(const std::string& path, std::string& error) {
    // O_NONBLOCK: opening a named pipe would wait for its writer, and this is the session's only thread.
    FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat status {};
    if (!fd.isOpen() || fstat(fd.get(), &status) != 0) {
        const int number = errno;
        error = "The file cannot be opened: " + errnoName(number) + " (" + errnoText(number) + ").";
        return nullptr;
    }
    if (!S_ISREG(status.st_mode)) {
        error = "Only a regular file can be sent; this is a directory, a pipe or a device.";
        return nullptr;
    }
    return std::shared_ptr<FileSource>(
        new FileSource(path, std::move(fd), static_cast<std::uint64_t>(status.st_size)));
}

std::size_t FileSource::read(std::uint64_t offset, std::span<std::byte> into) const {
    std::size_t got = 0;
    while (got < into.size()) {
        const ssize_t n =
            pread(fd_.get(), into.data() + got, into.size() - got, static_cast<off_t>(offset + got));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        got += static_cast<std::size_t>(n);
    }
    return got;
}

}  // namespace sockstage
