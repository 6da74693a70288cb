#pragma once

#include <regex>
#include <string>
#include <string_view>

namespace sockstage {

/// Does a call that was made fit the one that was announced? "…" stands for anything.
inline bool fits(const std::string& planned, const std::string& made) {
    std::string pattern;
    for (std::size_t at = 0; at < planned.size();) {
        if (planned.compare(at, 3, "…") == 0) {
            pattern += ".*";
            at += 3;
            continue;
        }
        if (std::string_view("\\^$.|?*+()[]{}").find(planned[at]) != std::string_view::npos) pattern += '\\';
        pattern += planned[at++];
    }
    // The length of an address is answered in its place.
    constexpr std::string_view room = "\\[128\\]";
    if (const auto at = pattern.find(room); at != std::string::npos)
        pattern.replace(at, room.size(), R"(\[128( => \d+)?\])");
    return std::regex_match(made, std::regex(pattern + " = .*"));
}

}  // namespace sockstage
