// SPDX-License-Identifier: GPL-3.0-or-later
#include "filesource.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <optional>
#include <utility>

#include "calltext.h"

namespace sockstage {
namespace {

/// A file that gives more without saying its size is not taken into memory.
constexpr std::size_t largestUnsized = std::size_t{64} << 20;
/// Up to here the size that a file states is not trusted: those of /proc state 0, those of /sys a page.
constexpr std::int64_t smallFile = std::int64_t{128} << 10;

std::string cannot(std::string_view what, int number) {
    return "The file cannot be " + std::string(what) + ": " + errnoName(number) + " (" + errnoText(number) +
           ").";
}

std::string_view kindOf(mode_t mode) {
    if (S_ISDIR(mode)) return "a directory";
    if (S_ISFIFO(mode)) return "a named pipe, whose writer may never come";
    if (S_ISSOCK(mode)) return "a socket";
    return "a device, which may never end";
}

/// Before it is opened: to open a device may do something, to open a named pipe may wait.
std::string refusal(const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) return cannot("opened", errno);
    if (S_ISREG(status.st_mode)) return {};
    return "Only a regular file can be sent; this is " + std::string(kindOf(status.st_mode)) + ".";
}

/// One read() that a signal does not end.
ssize_t readSome(int fd, std::span<std::byte> into) {
    ssize_t n = 0;
    do
        n = ::read(fd, into.data(), into.size());
    while (n < 0 && errno == EINTR);
    return n;
}

/// All that read() gives until it returns 0. Nothing, with `error` a sentence: it cannot be read, or it is
/// too long. A file that has nothing more for now (EAGAIN) has ended, too, if it gave anything.
std::optional<std::vector<std::byte>> readWhole(int fd, std::string& error) {
    std::vector<std::byte> bytes;
    constexpr std::size_t piece = std::size_t{64} << 10;
    for (std::size_t used = 0;;) {
        bytes.resize(used + piece);
        const ssize_t n = readSome(fd, std::span(bytes).subspan(used));
        if (n < 0 && !(errno == EAGAIN && used != 0)) {
            error = cannot("read", errno);
            return std::nullopt;
        }
        used += static_cast<std::size_t>(std::max<ssize_t>(n, 0));
        if (n <= 0) {
            bytes.resize(used);
            return bytes;
        }
        if (used <= largestUnsized) continue;
        error = "The file does not say its size and gives more than 64 MiB.";
        return std::nullopt;
    }
}

}  // namespace

std::shared_ptr<FileSource> FileSource::open(const std::string& path, std::string& error) try {
    error = refusal(path);
    if (!error.empty()) return nullptr;
    // O_NONBLOCK: should it have become a pipe since, this is the session's only thread.
    FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat status {};
    if (!fd.isOpen() || fstat(fd.get(), &status) != 0) {
        error = cannot("opened", errno);
        return nullptr;
    }
    if (!S_ISREG(status.st_mode)) {
        error = "Only a regular file can be sent; this is " + std::string(kindOf(status.st_mode)) + ".";
        return nullptr;
    }
    if (status.st_size > smallFile)
        return std::shared_ptr<FileSource>(
            new FileSource(path, std::move(fd), static_cast<std::uint64_t>(status.st_size)));
    auto bytes = readWhole(fd.get(), error);
    if (!bytes) return nullptr;
    return std::shared_ptr<FileSource>(new FileSource(path, std::move(*bytes)));
} catch (const std::bad_alloc&) {
    error = "The file does not fit into memory.";
    return nullptr;
}

std::string FileSource::shortfall(std::uint64_t offset) const {
    if (readError_ != 0) return cannot("read", readError_);
    return "The file has become shorter: it ended at " + std::to_string(offset) + " of " +
           std::to_string(size_) + " bytes.";
}

std::size_t FileSource::read(std::uint64_t offset, std::span<std::byte> into) {
    if (!fd_.isOpen()) {
        const auto rest = std::span(bytes_).subspan(static_cast<std::size_t>(std::min(offset, size_)));
        const std::size_t count = std::min(rest.size(), into.size());
        std::copy_n(rest.begin(), count, into.begin());
        return count;
    }
    std::size_t got = 0;
    readError_ = 0;
    while (got < into.size()) {
        const ssize_t n =
            pread(fd_.get(), into.data() + got, into.size() - got, static_cast<off_t>(offset + got));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) readError_ = errno;
        if (n <= 0) break;
        got += static_cast<std::size_t>(n);
    }
    return got;
}

}  // namespace sockstage
