// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "filedescriptor.h"

namespace sockstage {

/// A regular file. A large one is read in pieces while they are sent, so that its size does not matter; a
/// small one as a whole when it is opened, until read() returns 0: the size that files of /proc and /sys
/// state is not how much they give.
class FileSource {
public:
    /// nullptr with `error` a plain sentence, when it cannot be opened or is not a regular file.
    static std::shared_ptr<FileSource> open(const std::string& path, std::string& error);

    std::uint64_t size() const { return size_; }
    const std::string& path() const { return path_; }
    /// Bytes read at `offset`: fewer than requested only at the end of the file or on an error.
    std::size_t read(std::uint64_t offset, std::span<std::byte> into);
    /// After read() gave nothing at `offset`, before size(): why, as a sentence.
    std::string shortfall(std::uint64_t offset) const;

private:
    FileSource(std::string path, FileDescriptor fd, std::uint64_t size)
        : path_(std::move(path)), fd_(std::move(fd)), size_(size) {}
    FileSource(std::string path, std::vector<std::byte> bytes)
        : path_(std::move(path)), bytes_(std::move(bytes)), size_(bytes_.size()) {}
    std::string path_;
    FileDescriptor fd_;  // not open: all is in bytes_
    std::vector<std::byte> bytes_;
    std::uint64_t size_;
    int readError_ = 0;  // errno of the last read(); 0: it succeeded, or the file has ended
};

}  // namespace sockstage
