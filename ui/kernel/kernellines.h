// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "kernelwords.h"
#include "theme.h"

namespace sockstage {

/// What a stretch of a bar stands for; the legend, the bar and the charts give it the same colour.
enum class BarInk : std::uint8_t { InFlight, NotSent, Unread, Waiting, Charged, None };
QColor inkColor(BarInk ink);

/// One amount of a bar with its words: "in flight 64 kB".
struct BarPart {
    BarInk ink = BarInk::None;
    QString name, value;
    std::int64_t amount = KernelFacts::absent;
    bool operator==(const BarPart&) const = default;
};

/// One fact, or a few that belong together, as the panel draws it and as a text says it.
struct KernelLine {
    QString name, value;
    QString about;  ///< what it is and where it comes from; why it is "—"
    Tone tone = Tone::Normal;
    bool heading = false;        ///< stands above what belongs to it, as the names of bars do
    bool bar = false;            ///< drawn as a bar up to `limit`
    std::vector<BarPart> parts;  ///< the legend; those with an amount are in the bar, the charged below it
    std::int64_t limit = KernelFacts::absent;
    bool further = false;  ///< only where all figures are wanted
    bool running = false;  ///< counts to or from the moment of the look
    /// "Send buffer: 256 kB of 2.5 MB (in flight 64 kB, not yet sent 192 kB, charged 301 kB)".
    QString text() const;
    bool operator==(const KernelLine&) const = default;
};

/// What the kernel's facts are about, and what was asked of it.
struct KernelSubject {
    SocketKind kind = SocketKind::Stream;
    std::optional<int> backlog;  ///< listen()'s argument
    QString lastSeen;            ///< lastSeenSentence(): the facts are of then
    /// The first facts of a listener that were looked at: what its counters rose from.
    std::optional<KernelFacts> firstLook = std::nullopt;
};

/// All that there is to say of a socket, in the panel's order.
std::vector<KernelLine> kernelLines(const KernelFacts& facts, const KernelSubject& subject);

}  // namespace sockstage
