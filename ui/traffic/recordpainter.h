// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFontMetrics>
#include <QRectF>

#include "recordtext.h"

class QPainter;
class QPalette;

namespace sockstage {

/// Where the parts of a line stand, for one font.
class RecordPainter {
public:
    explicit RecordPainter(const QFont& font);

    struct Marks {
        bool current = false, focused = false;
        QString find;  ///< what to highlight; empty: nothing
    };
    void paint(QPainter& painter, const QRect& box, const RecordLine& line, const QPalette& palette,
               const Marks& marks) const;
    /// A sentence across the line, for what is not a record.
    void paintNote(QPainter& painter, const QRect& box, const QString& text) const;

    int lineHeight() const { return lineHeight_; }
    /// Characters that fit behind the columns in a line this wide.
    int textColumns(int width) const;
    /// Peers are longer with IPv6: the column grows to the longest one seen, within reason.
    void widenPeer(const QString& peer) const;

private:
    void paintText(QPainter& painter, const QRectF& box, const RecordLine& line, const QPalette& palette,
                   const QString& find) const;
    qreal keptWidth(const RecordLine& line, std::size_t first, qreal width) const;
    qreal textLeft() const;

    // Whole pixels would add up to a word at the end of a line, and leave gaps between its pieces.
    QFontMetricsF metrics_;
    qreal column_;  ///< of a character
    int lineHeight_;
    qreal space_, timeWidth_, arrowWidth_, sizeWidth_;
    mutable qreal peerWidth_;
};

}  // namespace sockstage
