// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

namespace sockstage {

/// What is appended to a text before it is sent.
enum class LineEnding { None, Lf, CrLf, Cr, Nul };
QByteArray lineEndingBytes(LineEnding ending);

/// A message as it was typed, and how it was meant.
struct Message {
    QString text;
    bool hex = false;
    LineEnding ending = LineEnding::None;
    bool operator==(const Message&) const = default;
};

/// Sent and saved messages, kept in the settings. Reads before it writes, because other windows of
/// the same user keep theirs in the same place.
class MessageHistory {
public:
    static constexpr qsizetype maxSent = 100;
    static constexpr qsizetype maxSaved = 200;
    static constexpr qsizetype maxLength = 4096;  ///< longer messages are sent but not stored

    /// Oldest first.
    static QList<Message> sent();
    static QList<Message> saved();
    /// Appends; an older equal message moves to the end. Nothing happens for empty or long ones.
    static void addSent(const Message& message);
    /// False: too long to be kept.
    static bool save(const Message& message);
    static void forget(const Message& saved);
};

}  // namespace sockstage
