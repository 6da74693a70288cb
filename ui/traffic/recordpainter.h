#pragma once

#include <QFontMetrics>
#include <QRect>

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
    void paintText(QPainter& painter, const QRect& box, const RecordLine& line, const QPalette& palette,
                   const QString& find) const;
    int keptWidth(const RecordLine& line, std::size_t first, int width) const;
    int textLeft() const;

    QFontMetrics metrics_;
    qreal column_;  // of a character; whole pixels would add up to a word at the end of a line
    int lineHeight_, space_, timeWidth_, arrowWidth_, sizeWidth_;
    mutable int peerWidth_;
};

}  // namespace sockstage
