// SPDX-License-Identifier: GPL-3.0-or-later
#include "payloadpieces.h"

#include <QCoreApplication>
#include <algorithm>

#include "payloadtext.h"
#include "plaintext.h"
#include "quantitytext.h"

namespace sockstage {
namespace {

using Tone = TextPiece::Tone;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(PayloadPieces)
};

/// One character or escape at `at` of a run: how many QChars it takes and how many bytes it stands for.
struct Step {
    qsizetype chars = 1;
    std::size_t bytes = 1;
};

Step escapeStep(const QString& text, qsizetype at) {
    const bool hex = at + 1 < text.size() && text[at + 1] == QLatin1Char('x');
    return {hex ? 4 : 2, 1};
}

Step plainStep(const QString& text, qsizetype at) {
    if (text[at].isHighSurrogate()) return {2, 4};
    const char16_t unit = text[at].unicode();
    return {1, unit < 0x80 ? std::size_t{1} : unit < 0x800 ? std::size_t{2} : std::size_t{3}};
}

/// The part of a run that fits into `columns`; returns the bytes that it stands for.
std::size_t takeFitting(std::vector<TextPiece>& pieces, const TextRun& run, int& columns) {
    const QString text = toQString(run.text);
    std::size_t bytes = 0;
    qsizetype end = 0;
    while (end < text.size()) {
        const Step step = run.escape ? escapeStep(text, end) : plainStep(text, end);
        if (step.chars > columns) break;
        columns -= static_cast<int>(step.chars);
        bytes += step.bytes;
        end += step.chars;
    }
    const bool cut = end < text.size();
    if (cut) columns = 0;
    if (end > 0) pieces.push_back({text.left(end), run.escape ? Tone::Escape : Tone::Plain, false});
    return bytes;
}

std::size_t appendText(std::vector<TextPiece>& pieces, std::span<const std::byte> bytes, int columns) {
    std::size_t shown = 0;
    for (const TextRun& run : escapedRuns(bytes, static_cast<std::size_t>(columns))) {
        shown += takeFitting(pieces, run, columns);
        if (columns == 0) break;
    }
    return shown;
}

std::size_t appendHex(std::vector<TextPiece>& pieces, std::span<const std::byte> bytes, int columns) {
    const auto shown = std::min(bytes.size(), static_cast<std::size_t>(columns) / 3);
    pieces.push_back({toQString(hexText(bytes, shown)), Tone::Plain, false});
    return shown;
}

std::size_t textColumns(std::span<const std::byte> bytes, PayloadStyle style, std::size_t enough) {
    if (style == PayloadStyle::Hex) return bytes.size() * 3;
    std::size_t columns = 0;
    for (const TextRun& run : escapedRuns(bytes, enough))
        columns += run.text.size();
    return columns;
}

}  // namespace

void appendPayload(std::vector<TextPiece>& pieces, std::span<const std::byte> bytes, PayloadStyle style,
                   int columns) {
    if (bytes.empty()) return;
    constexpr int moreColumns = 16, leastColumns = 8;
    columns = std::max(columns, leastColumns);
    const auto wanted = static_cast<std::size_t>(columns);
    const bool whole = bytes.size() <= wanted && textColumns(bytes, style, wanted) <= wanted;
    if (!whole) columns = std::max(columns - moreColumns, leastColumns);
    const std::size_t shown =
        style == PayloadStyle::Hex ? appendHex(pieces, bytes, columns) : appendText(pieces, bytes, columns);
    if (shown >= bytes.size()) return;
    pieces.push_back({Words::tr(" … %1 more").arg(grouped(bytes.size() - shown)), Tone::Note, true});
}

}  // namespace sockstage
