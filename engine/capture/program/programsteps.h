// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "callprogram.h"
#include "callrecord.h"

namespace sockstage {

inline constexpr std::size_t noDescriptor = ~std::size_t{0};

/// One call that the program makes: a copy of its record and of what is needed of its bytes.
struct ProgramStep {
    std::uint64_t row = 0;
    CallRecord record;
    std::vector<std::byte> data;            ///< not the address; at most ProgramLimits::literalBytes of it
    std::vector<std::byte> address;         ///< the sockaddr of the call, if it has one
    std::size_t descriptor = noDescriptor;  ///< which it is made on
    std::size_t made = noDescriptor;        ///< which it returns
};

/// One descriptor from the call that made it to its close(). Numbers are used again, so a number is not
/// enough.
struct ProgramDescriptor {
    std::size_t listener = noDescriptor;  ///< accepted from it
    std::uint32_t connection = 0;         ///< of an accepted one
    std::size_t uses = 0;                 ///< steps that are made on it
};

struct ProgramSteps {
    std::vector<ProgramStep> steps;  ///< in the order in which they were made
    std::vector<ProgramDescriptor> descriptors;
    std::uint64_t evictedRows = 0;  ///< no longer in the capture
    std::uint64_t orphanCalls = 0;  ///< wanted, on descriptors that an evicted call made
    std::uint64_t beyondLimit = 0;  ///< wanted, after ProgramLimits::calls
};

/// Reads the capture once, from its oldest row. The writer may go on meanwhile.
ProgramSteps programSteps(const CaptureStore& capture, const ProgramScope& scope,
                          const ProgramLimits& limits);

}  // namespace sockstage
