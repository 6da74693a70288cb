// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "capturestore.h"
#include "stage.h"

namespace sockstage {

/// Which calls a program makes. Nothing given: all that are on record.
struct ProgramScope {
    /// Only this connection's (or UDP peer's) calls, from 1; 0: those of all. The stages before there is
    /// a connection belong to every one.
    std::uint32_t connection = 0;
    std::optional<Stage> stage;
};

/// So that the text stays one that a person reads and a compiler takes. What goes beyond is left out, and the
/// program says so.
struct ProgramLimits {
    std::size_t calls = 4000;
    std::size_t literalBytes = 4096;  ///< data of one call, written out; longer: zeros of the same length
    std::size_t allLiteralBytes = 1U << 20;  ///< data of all calls together
};

/// A complete C++17 program that makes the recorded calls with the same arguments in the same order, and
/// before them those that their descriptors need (bind needs socket). It checks every result: it ends
/// where a call fails that went well, and notes where one goes otherwise than it did, because the peer
/// decides that. Our sockets do not block and epoll is not part of the record, so the program waits with
/// poll(). A port that the kernel or the peer chose is another one each time.
std::string cppProgram(const CaptureStore& capture, const ProgramScope& scope = {},
                       const ProgramLimits& limits = {});

}  // namespace sockstage
