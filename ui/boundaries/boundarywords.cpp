// SPDX-License-Identifier: GPL-3.0-or-later
#include "boundarywords.h"

#include <QCoreApplication>
#include <algorithm>

#include "plaintext.h"
#include "quantitytext.h"

namespace sockstage {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Boundaries)
};

/// Calls of one end that follow each other.
struct Range {
    std::uint64_t first = 0, count = 0;
};

QString countedBytes(std::uint64_t bytes) {
    return bytes == 1 ? Words::tr("1 byte") : Words::tr("%1 bytes").arg(grouped(bytes));
}

QString rowText(std::uint64_t row) {
    return grouped(row + 1);
}

/// Those of the other end that share a byte with `call`.
Range sharing(const CallTrack& track, Range all, const CallSpan& call) {
    while (all.count != 0 && track.at(all.first).to <= call.from) {
        ++all.first;
        --all.count;
    }
    while (all.count != 0 && track.at(all.first + all.count - 1).from >= call.to)
        --all.count;
    return all;
}

class Telling {
public:
    Telling(const CallBoundaries& boundaries, const BoundaryGroup& group,
            const std::optional<BoundaryCallId>& call, qint64 epochOffsetNs)
        : boundaries_(boundaries),
          sends_{group.firstSend, group.sends},
          receives_{group.firstReceive, group.receives},
          epochOffsetNs_(epochOffsetNs) {
        if (call && !boundaries.isDatagrams()) narrow(*call);
    }
    QString sends() const {
        if (sends_.count == 0) return Words::tr("send: not on record yet");
        return rangeText(boundaries_.sends(), sends_, true);
    }
    QString receives() const {
        if (receives_.count == 0) return Words::tr("recv: none");
        return rangeText(boundaries_.receives(), receives_, false) + afterText();
    }

private:
    void narrow(const BoundaryCallId& call) {
        (call.send ? sends_ : receives_) = {call.index, 1};
        if (call.send)
            receives_ = sharing(boundaries_.receives(), receives_, boundaries_.sends().at(call.index));
        else
            sends_ = sharing(boundaries_.sends(), sends_, boundaries_.receives().at(call.index));
    }
    QString clock(std::int64_t ns) const { return timeOfDayText(ns + epochOffsetNs_); }
    QString place(std::uint64_t from, std::uint64_t to) const {
        if (boundaries_.isDatagrams() || to == from) return {};
        return to - from == 1 ? Words::tr(" (number %1 of the stream)").arg(grouped(to))
                              : Words::tr(" (%1 to %2 of the stream)").arg(grouped(from + 1), grouped(to));
    }
    static QString amount(const CallSpan& call, bool send) {
        if (send) return countedBytes(call.size());
        const QString text =
            Words::tr("%1 of at most %2").arg(grouped(call.size()), countedBytes(call.asked));
        return call.cutOff == 0 ? text : Words::tr("%1, %2 cut off").arg(text, countedBytes(call.cutOff));
    }
    QString rangeText(const CallTrack& track, Range range, bool send) const {
        const CallSpan& first = track.at(range.first);
        const CallSpan& last = track.at(range.first + range.count - 1);
        if (range.count == 1)
            return (send ? Words::tr("send, row %1: %2%3 at %4, took %5")
                         : Words::tr("recv, row %1: %2%3 at %4, took %5"))
                .arg(rowText(first.row), amount(first, send), place(first.from, first.to),
                     clock(first.beginNs), durationText(first.endNs - first.beginNs));
        return (send ? Words::tr("%1 sends, rows %2 to %3: %4%5, %6 to %7")
                     : Words::tr("%1 recvs, rows %2 to %3: %4%5, %6 to %7"))
            .arg(grouped(range.count), rowText(first.row), rowText(last.row),
                 countedBytes(last.to - first.from), place(first.from, last.to), clock(first.beginNs),
                 clock(last.endNs));
    }
    QString afterText() const {
        if (sends_.count == 0) return {};
        const std::int64_t after = boundaries_.receives().at(receives_.first + receives_.count - 1).endNs -
                                   boundaries_.sends().at(sends_.first).beginNs;
        return after < 0 ? QString() : Words::tr(", %1 after the send began").arg(durationText(after));
    }

    const CallBoundaries& boundaries_;
    Range sends_, receives_;
    const qint64 epochOffsetNs_;
};

}  // namespace

QStringList boundaryLines(const CallBoundaries& boundaries, const BoundaryColumn& column,
                          const std::optional<BoundaryCallId>& call, qint64 epochOffsetNs) {
    const BoundaryGroup& group = column.group;
    const Telling telling(boundaries, group, call, epochOffsetNs);
    QString sentence = toQString(boundaries.sentence(group));
    if (group.beganEarlier) sentence += Words::tr("; it began before what is kept here");
    if (group.complete && group.receives == 0) sentence += Words::tr("; its recv is no longer kept here");
    return {sentence, telling.sends(), telling.receives()};
}

QString gapText(const BoundaryGap& gap, bool brief) {
    switch (gap.kind) {
        case BoundaryGap::Kind::Waiting:
            return brief ? Words::tr("not yet") : Words::tr("%1 not received yet").arg(bytesText(gap.bytes));
        case BoundaryGap::Kind::CutOff:
            return brief ? Words::tr("cut off") : Words::tr("%1 cut off").arg(bytesText(gap.bytes));
        case BoundaryGap::Kind::Lost:
            return brief ? Words::tr("missing") : Words::tr("did not arrive");
        case BoundaryGap::Kind::Forgotten:
            return Words::tr("arrived");
    }
    return {};
}

}  // namespace sockstage
