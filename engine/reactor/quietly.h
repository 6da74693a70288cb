// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <exception>

namespace sockstage {

/// For what is only said or looked at while something has to happen: where there is no memory for it, it is
/// left out. What is done and counted is never in here.
template <typename Say>
void quietly(Say say) noexcept {
    try {
        say();
    } catch (const std::exception&) {  // bad_alloc
    }
}

}  // namespace sockstage
