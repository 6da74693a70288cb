// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "socketoptions.h"
#include "stage.h"

namespace sockstage {

/// One line of standard input, understood.
struct InputCommand {
    enum class Verb : std::uint8_t {
        Nothing,
        Step,
        Release,
        Hold,
        Send,
        Shutdown,
        Close,
        Reset,
        Option,
        Options,
        Reachability,
        Quit
    };

    Verb verb = Verb::Nothing;           ///< Nothing: an empty line
    std::optional<int> session;          ///< absent: all
    std::uint32_t connection = 0;        ///< 0: all of the session, or its own socket
    Stage stage = Stage::Getaddrinfo;    ///< of Release and Hold
    std::vector<std::byte> bytes;        ///< of Send
    const OptionFact* option = nullptr;  ///< of Option
    std::int64_t number = 0;             ///< of Option: its value, unless that is a text
    std::string text;                    ///< of Option, where it is one
};

struct ParsedInputCommand {
    InputCommand command;
    std::string error;  ///< safe to print; empty: good
};

/// `[SESSION[.CONNECTION]] VERB [ARGUMENT]`. Everything after `send` and one blank is the text to send.
ParsedInputCommand parseInputCommand(std::string_view line);

}  // namespace sockstage
