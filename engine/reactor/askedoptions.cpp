// SPDX-License-Identifier: GPL-3.0-or-later
#include "askedoptions.h"

namespace sockstage {

void AskedOptions::note(int level, int name, std::span<const std::byte> value, int error) {
    Entry& entry = entries_[{level, name}];
    entry.error = error;
    if (error != 0) return;
    entry.accepted = true;
    entry.value.assign(value.begin(), value.end());
}

const AskedOptions::Entry* AskedOptions::find(int level, int name) const {
    const auto found = entries_.find({level, name});
    return found == entries_.end() ? nullptr : &found->second;
}

void AskedOptions::add(const AskedOptions& later) {
    for (const auto& [option, entry] : later.entries_)
        entries_[option] = entry;
}

}  // namespace sockstage
