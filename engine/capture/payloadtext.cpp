// SPDX-License-Identifier: GPL-3.0-or-later
#include "payloadtext.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace sockstage {
namespace {

constexpr std::string_view hexDigits = "0123456789abcdef";

struct CodePoint {
    char32_t value = 0;
    std::size_t length = 0;  // 0: not valid UTF-8
};

/// Shortest forms only, no surrogates, nothing above U+10FFFF (RFC 3629).
CodePoint decodeUtf8(std::span<const std::byte> bytes) {
    const auto first = std::to_integer<unsigned>(bytes[0]);
    if (first < 0x80) return {first, 1};
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || bytes.size() < length) return {};
    char32_t value = first & (0x7fU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        const auto next = std::to_integer<unsigned>(bytes[i]);
        if ((next & 0xc0U) != 0x80U) return {};
        value = (value << 6U) | (next & 0x3fU);
    }
    static constexpr std::array<char32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = value >= 0xd800 && value <= 0xdfff;
    return value < smallest[length] || surrogate || value > 0x10ffff ? CodePoint{} : CodePoint{value, length};
}

struct Range {
    char32_t first, last;
};
/// Characters that are invisible or act on the text around them: soft hyphen, combining marks,
/// Arabic letter mark, fillers, zero width and bidirectional controls, line separators, surrogates,
/// private use, variation selectors, byte order mark, interlinear marks, tags.
constexpr std::array<Range, 22> actingCharacters{{
    {0x00, 0x1f},     {0x7f, 0xa0},        {0xad, 0xad},     {0x300, 0x36f},   {0x61c, 0x61c},
    {0x115f, 0x1160}, {0x17b4, 0x17b5},    {0x180b, 0x180f}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
    {0x2000, 0x200f}, {0x2028, 0x202f},    {0x205f, 0x206f}, {0x20d0, 0x20ff}, {0x3000, 0x3000},
    {0x3164, 0x3164}, {0xe000, 0xf8ff},    {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff},
    {0xfff0, 0xffff}, {0xe0000, 0x10ffff},
}};

/// Letters of scripts written from right to left reorder the line they stand in.
constexpr std::array<Range, 5> rightToLeft{{
    {0x590, 0x8ff},
    {0xfb1d, 0xfdff},
    {0xfe70, 0xfeff},
    {0x10800, 0x10fff},
    {0x1e800, 0x1efff},
}};

bool isPlain(char32_t c) {
    const auto holds = [c](const Range& range) { return c >= range.first && c <= range.last; };
    return std::none_of(actingCharacters.begin(), actingCharacters.end(), holds) &&
           std::none_of(rightToLeft.begin(), rightToLeft.end(), holds) && c != '\\';
}

void appendHexByte(std::string& text, std::byte byte) {
    const auto value = std::to_integer<unsigned>(byte);
    text += hexDigits[value >> 4U];
    text += hexDigits[value & 15U];
}

void appendEscape(std::string& text, std::byte byte) {
    switch (std::to_integer<char>(byte)) {
        case '\n':
            text += "\\n";
            return;
        case '\r':
            text += "\\r";
            return;
        case '\t':
            text += "\\t";
            return;
        case '\0':
            text += "\\0";
            return;
        case '\\':
            text += "\\\\";
            return;
        default:
            text += "\\x";
            appendHexByte(text, byte);
    }
}

std::string& runFor(std::vector<TextRun>& runs, bool escape) {
    if (runs.empty() || runs.back().escape != escape) runs.push_back({{}, escape});
    return runs.back().text;
}

int hexValue(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

ParsedPayload broken(std::string error, std::size_t offset, std::size_t length) {
    return {{}, std::move(error), offset, length};
}

/// The byte of \xHH at `offset`, or -1.
int hexEscape(std::string_view text, std::size_t offset) {
    if (offset + 3 >= text.size()) return -1;
    const int high = hexValue(text[offset + 2]);
    const int low = hexValue(text[offset + 3]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

int simpleEscape(char c) {
    switch (c) {
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        case '0':
            return '\0';
        case '\\':
            return '\\';
        default:
            return -1;
    }
}

}  // namespace

std::vector<TextRun> escapedRuns(std::span<const std::byte> bytes, std::size_t maxBytes) {
    std::vector<TextRun> runs;
    std::size_t at = 0;
    while (at < bytes.size() && at < maxBytes) {
        const CodePoint c = decodeUtf8(bytes.subspan(at));
        if (c.length != 0 && isPlain(c.value)) {
            runFor(runs, false).append(reinterpret_cast<const char*>(&bytes[at]), c.length);
        } else {
            for (std::size_t i = 0; i < std::max<std::size_t>(c.length, 1); ++i)
                appendEscape(runFor(runs, true), bytes[at + i]);
        }
        at += std::max<std::size_t>(c.length, 1);
    }
    return runs;
}

std::string escapedText(std::span<const std::byte> bytes, std::size_t maxBytes) {
    std::string text;
    for (const TextRun& run : escapedRuns(bytes, maxBytes))
        text += run.text;
    return text;
}

std::string escapedText(std::string_view text) {
    return escapedText(std::as_bytes(std::span(text)));
}

std::string printableText(std::string_view sentence) {
    std::string text;
    for (std::size_t at = sentence.find('\\'); at != std::string_view::npos; at = sentence.find('\\')) {
        text += escapedText(sentence.substr(0, at)) + '\\';
        sentence.remove_prefix(at + 1);
    }
    return text + escapedText(sentence);
}

std::string hexText(std::span<const std::byte> bytes, std::size_t maxBytes) {
    std::string text;
    for (const std::byte byte : bytes.first(std::min(maxBytes, bytes.size()))) {
        if (!text.empty()) text += ' ';
        appendHexByte(text, byte);
    }
    return text;
}

std::string cArrayText(std::span<const std::byte> bytes, std::string_view name) {
    std::string text =
        "const unsigned char " + std::string(name) + "[" + std::to_string(bytes.size()) + "] = {";
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        text += i % 12 == 0 ? "\n    0x" : " 0x";
        appendHexByte(text, bytes[i]);
        if (i + 1 < bytes.size()) text += ',';
    }
    return text + "\n};\n";
}

ParsedPayload parseEscapedText(std::string_view text) {
    ParsedPayload parsed;
    parsed.bytes.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        int value = static_cast<unsigned char>(text[i]);
        if (text[i] == '\\') {
            if (i + 1 == text.size())
                return broken("A single \\ ends the text; write \\\\ for a backslash.", i, 1);
            const bool hex = text[i + 1] == 'x';
            value = hex ? hexEscape(text, i) : simpleEscape(text[i + 1]);
            if (hex && value < 0) return broken("\\x needs two hex digits, for example \\x0a.", i, 2);
            if (value < 0) return broken("Unknown escape; known are \\n \\r \\t \\0 \\\\ and \\xHH.", i, 2);
            i += hex ? 3 : 1;
        }
        parsed.bytes.push_back(static_cast<std::byte>(value));
    }
    return parsed;
}

ParsedPayload parseHex(std::string_view text) {
    static constexpr std::string_view separators = " \t\r\n,:-;";
    ParsedPayload parsed;
    for (std::size_t i = 0; i < text.size();) {
        if (separators.find(text[i]) != std::string_view::npos) {
            ++i;
            continue;
        }
        if (text[i] == '0' && i + 1 < text.size() && (text[i + 1] == 'x' || text[i + 1] == 'X')) i += 2;
        const int high = i < text.size() ? hexValue(text[i]) : -1;
        if (high < 0)
            return broken("Not a hex digit; write pairs of 0-9 and a-f.", std::min(i, text.size() - 1), 1);
        const int low = i + 1 < text.size() ? hexValue(text[i + 1]) : -1;
        if (low < 0) return broken("A hex digit is alone; each byte is written with two.", i, 1);
        parsed.bytes.push_back(static_cast<std::byte>(high * 16 + low));
        i += 2;
    }
    return parsed;
}

}  // namespace sockstage
