// SPDX-License-Identifier: GPL-3.0-or-later
#include "processlimits.h"

#include <fcntl.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <vector>

namespace sockstage {

void raiseDescriptorLimit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

void fillStandardDescriptors() {
    int fd = 0;
    do
        fd = ::open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO) ::close(fd);
}

bool descriptorsLeft(int wanted) {
    std::vector<int> taken;
    while (static_cast<int>(taken.size()) < wanted) {
        const int fd = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
        if (fd < 0) break;
        taken.push_back(fd);
    }
    for (const int fd : taken)
        ::close(fd);
    return static_cast<int>(taken.size()) == wanted;
}

void returnLargeBlocks() {
    ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
}

void spareAddressSpace() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) ::mallopt(M_ARENA_MAX, 2);
}

}  // namespace sockstage
