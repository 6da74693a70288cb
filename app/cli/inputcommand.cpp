// SPDX-License-Identifier: GPL-3.0-or-later
#include "inputcommand.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "payloadtext.h"

namespace sockstage {
namespace {

using Verb = InputCommand::Verb;

constexpr std::array<std::pair<std::string_view, Verb>, 11> verbs{{{"step", Verb::Step},
                                                                   {"release", Verb::Release},
                                                                   {"hold", Verb::Hold},
                                                                   {"send", Verb::Send},
                                                                   {"shutdown", Verb::Shutdown},
                                                                   {"close", Verb::Close},
                                                                   {"reset", Verb::Reset},
                                                                   {"option", Verb::Option},
                                                                   {"options", Verb::Options},
                                                                   {"reachability", Verb::Reachability},
                                                                   {"quit", Verb::Quit}}};

std::string quoted(std::string_view text) {
    constexpr std::size_t longest = 60;
    const bool whole = text.size() <= longest;
    return "“" + escapedText(text.substr(0, longest)) + (whole ? "”" : "…”");
}

ParsedInputCommand broken(std::string error) {
    return {{}, std::move(error)};
}

/// Takes the first word and one blank after it from `line`.
std::string_view takeWord(std::string_view& line) {
    const std::size_t end = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    return word;
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

template <typename Number>
bool readNumber(std::string_view text, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() && number >= 1;
}

bool startsWithDigit(std::string_view word) {
    return !word.empty() && word.front() >= '0' && word.front() <= '9';
}

/// "2" or "2.17"
bool readTarget(std::string_view word, InputCommand& command) {
    const std::size_t dot = word.find('.');
    int session = 0;
    if (!readNumber(word.substr(0, dot), session)) return false;
    command.session = session;
    return dot == std::string_view::npos || readNumber(word.substr(dot + 1), command.connection);
}

/// "SO_RCVBUF 65536": the value as optionValueText() shows it, without its unit.
std::string readOption(std::string_view argument, InputCommand& command) {
    const std::string_view name = takeWord(argument);
    argument = trimmed(argument);
    command.option = findOption(name);
    if (command.option == nullptr)
        return name.empty() ? "a name and a value must follow"
                            : quoted(name) + " is not an option that is known here";
    if (command.option->kind == OptionKind::Text) {
        command.text = argument;
        return {};
    }
    const auto number = parseOptionValue(*command.option, argument);
    if (!number) return quoted(argument) + " is not a value for " + std::string(command.option->symbol);
    command.number = *number;
    return {};
}

std::string readArgument(std::string_view argument, InputCommand& command) {
    if (command.verb == Verb::Send) {
        ParsedPayload parsed = parseEscapedText(argument);
        command.bytes = std::move(parsed.bytes);
        return parsed.error;
    }
    argument = trimmed(argument);
    if (command.verb == Verb::Option) return readOption(argument, command);
    if (command.verb != Verb::Release && command.verb != Verb::Hold)
        return argument.empty() ? std::string() : "nothing may follow, but there is " + quoted(argument);
    const auto stage = stageFromName(argument);
    if (!stage) return argument.empty() ? "a stage must follow" : quoted(argument) + " is not a stage";
    command.stage = *stage;
    return {};
}

}  // namespace

ParsedInputCommand parseInputCommand(std::string_view line) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (line.empty()) return {};
    ParsedInputCommand parsed;
    std::string_view word = takeWord(line);
    if (startsWithDigit(word)) {
        if (!readTarget(word, parsed.command))
            return broken(quoted(word) + " is neither SESSION nor SESSION.CONNECTION");
        line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        word = takeWord(line);
    }
    const auto known =
        std::find_if(verbs.begin(), verbs.end(), [word](const auto& verb) { return verb.first == word; });
    if (known == verbs.end())
        return broken("unknown command " + quoted(word) +
                      "; known are step, release, hold, send, shutdown, close, reset, option, options, "
                      "reachability and quit");
    parsed.command.verb = known->second;
    if (parsed.command.verb == Verb::Quit && parsed.command.session)
        return broken("quit ends everything and takes no number; use close");
    if (std::string error = readArgument(line, parsed.command); !error.empty())
        return broken(std::string(word) + ": " + error);
    return parsed;
}

}  // namespace sockstage
