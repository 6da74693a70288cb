// SPDX-License-Identifier: GPL-3.0-or-later
#include "cppliteral.h"

#include <string_view>

namespace sockstage {
namespace {

constexpr std::size_t pieceLength = 90;

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

bool isHexDigit(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::string_view namedEscape(char c) {
    switch (c) {
        case '\n':
            return "\\n";
        case '\r':
            return "\\r";
        case '\t':
            return "\\t";
        case '"':
            return "\\\"";
        case '\\':
            return "\\\\";
        default:
            return {};
    }
}

std::string hexEscape(char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto value = static_cast<unsigned char>(c);
    return {'\\', 'x', digits[value >> 4U], digits[value & 15U]};
}

/// Builds the pieces. A \x escape takes all hex digits that follow, so before one of them the string is
/// closed and opened again. Two question marks could begin a trigraph: the second is escaped.
class LiteralWriter {
public:
    void add(char c, char next) {
        if (pieces_.back().size() >= pieceLength) startPiece();
        if (const auto named = namedEscape(c); !named.empty())
            put(named);
        else if (c == '\0' && !isDigit(next))
            put("\\0");
        else if (c == '?' && last_ == '?')
            put("\\?");
        else if (c >= ' ' && c < 0x7f)
            putPlain(c);
        else
            putHex(c);
        last_ = c;
    }
    void startPiece() {
        pieces_.emplace_back("\"");
        afterHex_ = false;
    }
    std::vector<std::string> finish() {
        for (std::string& piece : pieces_)
            piece += '"';
        return std::move(pieces_);
    }

private:
    void put(std::string_view text) {
        pieces_.back() += text;
        afterHex_ = false;
    }
    void putPlain(char c) {
        if (afterHex_ && isHexDigit(c)) pieces_.back() += "\" \"";
        put({&c, 1});
    }
    void putHex(char c) {
        put(hexEscape(c));
        afterHex_ = true;
    }

    std::vector<std::string> pieces_{"\""};
    bool afterHex_ = false;
    char last_ = '\0';
};

}  // namespace

std::vector<std::string> cppLiteral(std::span<const std::byte> bytes) {
    LiteralWriter writer;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const bool more = i + 1 < bytes.size();
        writer.add(std::to_integer<char>(bytes[i]), more ? std::to_integer<char>(bytes[i + 1]) : '\0');
        if (more && bytes[i] == std::byte{'\n'}) writer.startPiece();
    }
    return writer.finish();
}

std::string cppLiteralLine(std::span<const std::byte> bytes) {
    std::string line;
    for (const std::string& piece : cppLiteral(bytes))
        line += (line.empty() ? "" : " ") + piece;
    return line;
}

}  // namespace sockstage
