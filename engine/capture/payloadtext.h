// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sockstage {

/// A piece of escaped text: either characters as they are or one or more escapes, so that a view
/// can dim the escapes.
struct TextRun {
    std::string text;  ///< UTF-8, nothing in it that a terminal or a text layout would act upon
    bool escape = false;
};

/// Bytes as text that shows every byte: valid printable UTF-8 as it is; \n \r \t \0 \\ and \xHH for
/// control bytes, invalid UTF-8, and characters that would act on the layout (bidirectional controls,
/// zero width, line separators, private use). Stops after about `maxBytes` input bytes.
std::vector<TextRun> escapedRuns(std::span<const std::byte> bytes, std::size_t maxBytes);
/// The same as one string.
std::string escapedText(std::span<const std::byte> bytes, std::size_t maxBytes = SIZE_MAX);
/// The same for text that came from outside (an address, a file name): safe to show and to print.
std::string escapedText(std::string_view text);
/// For a whole sentence, whose outside parts were escaped as it was written: what could still act on a
/// terminal is escaped, backslashes stay single.
std::string printableText(std::string_view sentence);

/// "48 65 6c 6c 6f"
std::string hexText(std::span<const std::byte> bytes, std::size_t maxBytes = SIZE_MAX);
/// `const unsigned char data[5] = {0x48, …};`, 12 to a line.
std::string cArrayText(std::span<const std::byte> bytes, std::string_view name);

/// What a person typed, as bytes, or where and why it could not be read.
struct ParsedPayload {
    std::vector<std::byte> bytes;
    std::string error;            ///< a sentence; empty: good
    std::size_t errorOffset = 0;  ///< byte offset into the typed text
    std::size_t errorLength = 0;
};
/// Text with \n \r \t \0 \\ \xHH; any other backslash sequence is an error at its place.
ParsedPayload parseEscapedText(std::string_view text);
/// Hex digits in pairs; blanks, new lines, commas, colons, dashes and 0x before a pair may separate them.
ParsedPayload parseHex(std::string_view text);

}  // namespace sockstage
