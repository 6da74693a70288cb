// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

#include "capturestore.h"
#include "connectiontable.h"

namespace sockstage {

class Session;

/// Where a line's record and words come from. All of it outlives the view's use.
struct RecordSource {
    const CaptureStore* capture = nullptr;
    const ConnectionTable* connections = nullptr;
    bool stream = true;  ///< TCP: a recv() of 0 is the end, not an empty datagram

    static RecordSource of(const Session& session);
};

struct TextPiece {
    enum class Tone : std::uint8_t { Plain, Escape, Note, Failure };
    QString text;
    Tone tone = Tone::Plain;
    bool kept = false;  ///< stays readable when the line is too narrow: a result, how much is missing
};

/// One painted line.
struct RecordLine {
    enum class Kind : std::uint8_t { Event, Received, Sent, Failure, Call };
    Kind kind = Kind::Event;
    QString time;   ///< local time with microseconds
    QString arrow;  ///< ↓ ↑ •
    QString peer;   ///< or the stage, in the list of calls
    QString size;   ///< bytes moved; in the list of calls the time inside the call
    std::vector<TextPiece> text;

    QString plainText() const;  ///< of `text`
    QString wholeLine() const;  ///< tab separated, to copy
};

/// How a payload is written.
enum class PayloadStyle : std::uint8_t { Text, Hex };

/// The line of the list of traffic. A payload is cut to about `columns` characters, and says by how much.
RecordLine trafficLine(const RecordSource& source, const CaptureStore::Pin& pin, const CallRecord& record,
                       PayloadStyle style, int columns);
/// The line of the list of calls, in strace's notation.
RecordLine callLine(const RecordSource& source, const CaptureStore::Pin& pin, const CallRecord& record);

/// "ECONNRESET (Connection reset by peer)" of a failed record.
QString failureText(const CallRecord& record);
/// "127.0.0.1:51044": who a record was exchanged with; empty for the session's own calls.
QString recordPeer(const RecordSource& source, const CaptureStore::Pin& pin, const CallRecord& record);
/// A failed call that only asks to come back later: not an error for the eye.
bool isPending(const CallRecord& record);

}  // namespace sockstage
