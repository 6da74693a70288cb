// SPDX-License-Identifier: GPL-3.0-or-later
#include "stracequote.h"

#include <algorithm>

namespace sockstage {
namespace {

constexpr std::size_t abbreviatedLength = 32;  // strace's default -s

char namedEscape(char c) {
    switch (c) {
        case '"':
        case '\\':
            return c;
        case '\f':
            return 'f';
        case '\n':
            return 'n';
        case '\r':
            return 'r';
        case '\t':
            return 't';
        case '\v':
            return 'v';
        default:
            return '\0';
    }
}

/// strace pads an octal escape to three digits only where an octal digit follows.
void appendOctal(std::string& text, unsigned value, bool padded) {
    text += '\\';
    if (padded || value > 077) text += static_cast<char>('0' + (value >> 6U));
    if (padded || value > 07) text += static_cast<char>('0' + ((value >> 3U) & 7U));
    text += static_cast<char>('0' + (value & 7U));
}

}  // namespace

std::string straceQuoted(std::span<const std::byte> bytes, std::size_t length) {
    const std::size_t shown = std::min({bytes.size(), length, abbreviatedLength});
    std::string text = "\"";
    for (std::size_t i = 0; i < shown; ++i) {
        const auto c = std::to_integer<unsigned char>(bytes[i]);
        if (const char escape = namedEscape(static_cast<char>(c)); escape != '\0') {
            text += '\\';
            text += escape;
        } else if (c >= ' ' && c < 0x7f) {
            text += static_cast<char>(c);
        } else {
            const auto next = i + 1 < shown ? std::to_integer<char>(bytes[i + 1]) : ' ';
            appendOctal(text, c, next >= '0' && next <= '7');
        }
    }
    return text + (shown < length ? "\"..." : "\"");
}

}  // namespace sockstage
