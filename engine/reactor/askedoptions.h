// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace sockstage {

/// What setsockopt() was given for the options of one socket.
class AskedOptions {
public:
    struct Entry {
        std::vector<std::byte> value;  ///< the last that the kernel accepted
        bool accepted = false;         ///< there is one
        int error = 0;                 ///< errno of the last time
    };
    void note(int level, int name, std::span<const std::byte> value, int error);
    const Entry* find(int level, int name) const;
    /// A later request replaces an earlier one.
    void add(const AskedOptions& later);

private:
    std::map<std::pair<int, int>, Entry> entries_;
};

}  // namespace sockstage
