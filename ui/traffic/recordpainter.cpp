// SPDX-License-Identifier: GPL-3.0-or-later
#include "recordpainter.h"

#include <QPainter>
#include <QPalette>

#include "theme.h"

namespace sockstage {
namespace {

using Kind = RecordLine::Kind;
using PieceTone = TextPiece::Tone;

QColor background(Kind kind) {
    if (kind == Kind::Received) return roleColors().receivedBackground;
    return kind == Kind::Sent ? roleColors().sentBackground : QColor();
}

QColor arrowColor(Kind kind) {
    switch (kind) {
        case Kind::Sent:
            return roleColors().sent;
        case Kind::Failure:
            return roleColors().failed;
        case Kind::Event:
            return roleColors().dimmed;
        default:
            return roleColors().received;
    }
}

QColor toneColor(PieceTone tone, const QPalette& palette) {
    switch (tone) {
        case PieceTone::Failure:
            return roleColors().failed;
        case PieceTone::Escape:
        case PieceTone::Note:
            return roleColors().dimmed;
        default:
            return palette.color(QPalette::Text);
    }
}

void drawCell(QPainter& painter, const QRectF& box, const QColor& color, Qt::Alignment side,
              const QString& text) {
    painter.setPen(color);
    painter.drawText(box, static_cast<int>(side | Qt::AlignVCenter) | Qt::TextSingleLine, text);
}

}  // namespace

RecordPainter::RecordPainter(const QFont& font)
    : metrics_(font),
      column_(std::max(1.0, metrics_.horizontalAdvance(QString(64, QLatin1Char('x'))) / 64)),
      lineHeight_(QFontMetrics(font).height() * 6 / 5),
      space_(metrics_.horizontalAdvance(QLatin1Char(' '))),
      timeWidth_(metrics_.horizontalAdvance(QStringLiteral("00:00:00.000 000"))),
      arrowWidth_(metrics_.horizontalAdvance(QStringLiteral("↓ "))),
      sizeWidth_(metrics_.horizontalAdvance(QStringLiteral("000 000"))),
      peerWidth_(metrics_.horizontalAdvance(QStringLiteral("127.0.0.1:65535")) + space_ / 2) {}

qreal RecordPainter::textLeft() const {
    return space_ + timeWidth_ + space_ + arrowWidth_ + peerWidth_ + space_ * 2 + sizeWidth_ + space_ * 1.5;
}

int RecordPainter::textColumns(int width) const {
    return std::max(8, static_cast<int>((width - textLeft() - 2 * space_) / column_));
}

void RecordPainter::widenPeer(const QString& peer) const {
    const qreal longest = metrics_.horizontalAdvance(QStringLiteral("[fe80::0123:4567:89ab:cdef%2]:65535"));
    peerWidth_ = std::max(peerWidth_, std::min(longest, metrics_.horizontalAdvance(peer) + space_ / 2));
}

void RecordPainter::paint(QPainter& painter, const QRect& box, const RecordLine& line,
                          const QPalette& palette, const Marks& marks) const {
    if (const QColor tint = background(line.kind); tint.isValid()) painter.fillRect(box, tint);
    if (marks.current && !background(line.kind).isValid()) painter.fillRect(box, roleColors().selection);
    const auto cell = [&](qreal left, qreal width) { return QRectF(left, box.top(), width, box.height()); };
    qreal left = box.left() + space_;
    drawCell(painter, cell(left, timeWidth_), roleColors().dimmed, Qt::AlignLeft, line.time);
    left += timeWidth_ + space_;
    drawCell(painter, cell(left, arrowWidth_), arrowColor(line.kind), Qt::AlignLeft, line.arrow);
    left += arrowWidth_;
    const bool quiet = line.kind == Kind::Event || line.kind == Kind::Call;
    const QColor peerColor = quiet ? roleColors().dimmed : palette.color(QPalette::Text);
    drawCell(painter, cell(left, peerWidth_), peerColor, Qt::AlignLeft,
             metrics_.elidedText(line.peer, Qt::ElideMiddle, peerWidth_));
    left += peerWidth_ + space_ * 2;
    const QColor sizeColor = quiet ? roleColors().dimmed : palette.color(QPalette::Text);
    drawCell(painter, cell(left, sizeWidth_), sizeColor, Qt::AlignRight, line.size);
    paintText(painter, cell(textLeft(), box.right() - textLeft() - space_), line, palette, marks.find);
    if (!marks.current) return;
    painter.setPen(QPen(marks.focused ? roleColors().active : roleColors().dimmed, marks.focused ? 2 : 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(box.adjusted(1, 1, -1, -1));
}

// What the pieces from `first` on need that stay readable when the ones before have to give way.
qreal RecordPainter::keptWidth(const RecordLine& line, std::size_t first, qreal width) const {
    qreal needed = 0;
    for (std::size_t i = first; i < line.text.size(); ++i)
        if (line.text[i].kept) needed += metrics_.horizontalAdvance(line.text[i].text);
    return needed <= width * 2 / 3 ? needed : 0;
}

void RecordPainter::paintText(QPainter& painter, const QRectF& box, const RecordLine& line,
                              const QPalette& palette, const QString& find) const {
    const QString whole = line.plainText();
    for (qsizetype at = 0; !find.isEmpty() && (at = whole.indexOf(find, at, Qt::CaseInsensitive)) >= 0;
         at += find.size()) {
        const qreal from = box.left() + metrics_.horizontalAdvance(whole.left(at));
        const qreal width = metrics_.horizontalAdvance(whole.mid(at, find.size()));
        QColor color = roleColors().held;
        color.setAlpha(90);
        painter.fillRect(QRectF(from, box.top() + 1, width, box.height() - 2) & box, color);
    }
    qreal left = box.left();
    for (std::size_t i = 0; i < line.text.size(); ++i) {
        const TextPiece& piece = line.text[i];
        const QRectF rest(left, box.top(), std::max(0.0, box.right() - left), box.height());
        const qreal kept = keptWidth(line, i + 1, box.width());
        const QString shown =
            metrics_.elidedText(piece.text, Qt::ElideRight, std::max(0.0, rest.width() - kept));
        drawCell(painter, rest, toneColor(piece.tone, palette), Qt::AlignLeft, shown);
        left += metrics_.horizontalAdvance(shown);
    }
}

void RecordPainter::paintNote(QPainter& painter, const QRect& box, const QString& text) const {
    drawCell(painter, QRectF(box).adjusted(space_, 0, -space_, 0), roleColors().dimmed, Qt::AlignLeft, text);
}

}  // namespace sockstage
