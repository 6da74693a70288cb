// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace sockstage {

/// What the calls of a program use, so that the program defines that and no more.
struct ProgramNeeds {
    bool address = false;      ///< struct Address
    bool addressRoom = false;  ///< one that calls fill in
    bool ipv4 = false, ipv6 = false;
    bool show = false;
    bool check = false;
    bool differences = false;
    bool expectError = false, expectValue = false, moved = false;
    bool resolved = false;
    bool waits = false;
    bool tcpOptions = false, udpOptions = false;
    std::map<std::string, int> options;  ///< names and numbers of those that are set or read
    bool close = false;
    std::size_t buffer = 0;  ///< bytes of the largest recv; 0: none
    std::size_t zeros = 0;   ///< bytes of the longest data that is not written out
};

/// The #include lines.
std::string programIncludes(const ProgramNeeds& needs);
/// The functions before main(), in a namespace of their own; empty when nothing is needed.
std::string programFunctions(ProgramNeeds needs);
/// The first and the last lines inside main().
std::string programBegin(const ProgramNeeds& needs);
std::string programEnd(const ProgramNeeds& needs);

}  // namespace sockstage
