// SPDX-License-Identifier: GPL-3.0-or-later
#include "callprogram.h"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <string_view>

#include "programcalls.h"
#include "programparts.h"
#include "programsteps.h"

namespace sockstage {
namespace {

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
    return std::to_string(count) + ' ' + std::string(count == 1 ? one : many);
}

/// "a TCP server", as far as the calls show.
std::string roleText(const ProgramSteps& program) {
    std::string kind;
    std::string part = "socket";
    for (const ProgramStep& step : program.steps) {
        const CallRecord& record = step.record;
        const bool passive = record.call == Call::Getaddrinfo && (record.args[0] & AI_PASSIVE) != 0;
        if (passive || record.call == Call::Listen) part = "server";
        if (record.call == Call::Connect) part = "client";
        if (record.call == Call::Socket) kind = (record.args[1] & SOCK_STREAM) != 0 ? "TCP " : "UDP ";
    }
    return "a " + kind + part;
}

std::string scopeText(const ProgramScope& scope, const ProgramSteps& program) {
    std::string text;
    if (scope.stage) text += "the stage " + std::string(stageName(*scope.stage)) + " of ";
    if (scope.connection != 0) text += "connection " + std::to_string(scope.connection) + " of ";
    text += roleText(program);
    if (scope.stage) text += ",\n// and those before that made its descriptors";
    return text;
}

/// What is not in the program, one line each.
std::string missingText(const ProgramSteps& program) {
    std::string text;
    if (program.evictedRows != 0)
        text += "// The capture's limit had pushed out " + counted(program.evictedRows, "record", "records") +
                " before these: their calls are missing.\n";
    if (program.orphanCalls != 0)
        text += "// " + counted(program.orphanCalls, "call is", "calls are") +
                " left out: what made the descriptor is no longer on record.\n";
    if (program.beyondLimit != 0)
        text += "// " + counted(program.beyondLimit, "call", "calls") +
                " after these were made too: they are too many for one program.\n";
    if (program.steps.empty()) text += "// None is on record.\n";
    return text;
}

}  // namespace

std::string cppProgram(const CaptureStore& capture, const ProgramScope& scope, const ProgramLimits& limits) {
    const ProgramSteps program = programSteps(capture, scope, limits);
    const ProgramCalls calls(program, limits);
    const ProgramNeeds& needs = calls.needs();
    std::string text =
        "// Made by Sockstage: the calls of " + scopeText(scope, program) + ".\n" +
        "// They are made in their order with the arguments that they had; the comments say what each\n"
        "// returned then.   c++ -std=c++17 -Wall -Wextra -o calls calls.cpp\n" +
        missingText(program) + '\n';
    text += programIncludes(needs) + programFunctions(needs);
    std::string body = programBegin(needs) + calls.text() + programEnd(needs);
    if (body.front() == '\n') body.erase(0, 1);
    return text + "\nint main() {\n" + body + "}\n";
}

}  // namespace sockstage
