// SPDX-License-Identifier: GPL-3.0-or-later
// The third part of BoundaryStrip: what it paints.

#include <QPainter>
#include <QScrollBar>

#include "boundarystrip.h"
#include "boundarywords.h"
#include "plaintext.h"
#include "quantitytext.h"
#include "theme.h"

namespace sockstage {
namespace {

QColor blended(const QColor& color, const QColor& ground, double part) {
    const auto mix = [part](int a, int b) { return static_cast<int>(a * part + b * (1 - part)); };
    return {mix(color.red(), ground.red()), mix(color.green(), ground.green()),
            mix(color.blue(), ground.blue())};
}

bool isLoss(BoundaryGap::Kind kind) {
    return kind == BoundaryGap::Kind::CutOff || kind == BoundaryGap::Kind::Lost;
}

}  // namespace

QRectF BoundaryStrip::onScreen(double x, double width, double top, double height) const {
    // One pixel between two neighbours.
    return QRectF(margin() + x - left(), top, width, height).adjusted(0.5, 0.5, -1.5, -0.5);
}

QRectF BoundaryStrip::rectOf(const BoundaryBox& box) const {
    const Rows rows = this->rows();
    return onScreen(box.x, box.width, box.id.send ? rows.sends : rows.receives, rows.box);
}

void BoundaryStrip::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    painter.setLayoutDirection(Qt::LeftToRight);
    painter.setRenderHint(QPainter::Antialiasing);
    if (boundaries_ != nullptr && layout_.columns().empty()) {
        paintNothing(painter);
    } else if (boundaries_ != nullptr) {
        paintCaptions(painter);
        paintColumns(painter);
        paintGaps(painter);
        paintBoxes(painter, true);
        paintBoxes(painter, false);
    }
    if (!hasFocus()) return;
    painter.setPen(roleColors().active);
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(viewport()->rect()).adjusted(0.5, 0.5, -0.5, -0.5));
}

void BoundaryStrip::paintCaptions(QPainter& painter) const {
    const Rows rows = this->rows();
    const QFontMetrics metrics(font());
    const int line = metrics.height(), width = viewport()->width() - static_cast<int>(2 * margin());
    const auto pair = [&](double y, const QString& name, const QColor& color, const QString& note) {
        const QRectF box(margin(), y, width, line);
        painter.setPen(color);
        painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                         metrics.elidedText(name, Qt::ElideRight, width));
        // The note goes first where there is no room for both.
        const int taken = metrics.horizontalAdvance(name) + 2 * line;
        if (metrics.horizontalAdvance(note) + taken > width) return;
        painter.setPen(roleColors().dimmed);
        painter.drawText(box, Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine, note);
    };
    pair(rows.caption, tr("Sends of %1").arg(sender_), roleColors().sent, hint());
    pair(rows.below, tr("Receives of %1").arg(receiver_), roleColors().received,
         tr("the widths grow with the logarithm of the bytes"));
}

void BoundaryStrip::paintNothing(QPainter& painter) const {
    if (!boundaries_->placeKnown()) return;
    const int space = fontMetrics().height();
    painter.setPen(roleColors().dimmed);
    painter.drawText(viewport()->rect().adjusted(space, space, -space, -space),
                     Qt::AlignCenter | Qt::TextWordWrap,
                     tr("Each send() of %1 appears here, and below it the recv() of %2 that has its bytes.")
                         .arg(sender_, receiver_));
}

// What belongs together, from the sends down to the receives.
void BoundaryStrip::paintColumns(QPainter& painter) const {
    const Rows rows = this->rows();
    const double from = left() - margin(), to = from + viewport()->width();
    const QColor base = palette().color(QPalette::Base), ink = roleColors().dimmed;
    const auto spot = regarded();
    const double top = rows.sends + rows.box, height = rows.receives - top;
    painter.setPen(Qt::NoPen);
    const auto& bands = layout_.bands();
    for (std::size_t i = BoundaryLayout::firstAt(bands, from); i < bands.size() && bands[i].x < to; ++i) {
        const bool asked = (hovered_ || current_) && spot && spot->column == bands[i].column;
        const double usual = isOdd(bands[i].column) ? 0.34 : 0.16;
        painter.setBrush(asked ? blended(roleColors().active, base, 0.5) : blended(ink, base, usual));
        painter.drawRect(onScreen(bands[i].x, bands[i].width, top, height));
    }
}

void BoundaryStrip::paintGaps(QPainter& painter) const {
    const Rows rows = this->rows();
    const double from = left() - margin(), to = from + viewport()->width();
    const QFontMetrics metrics(font());
    const QColor base = palette().color(QPalette::Base);
    const auto& gaps = layout_.gaps();
    for (std::size_t i = BoundaryLayout::firstAt(gaps, from); i < gaps.size() && gaps[i].x < to; ++i) {
        const BoundaryGap& gap = gaps[i];
        const QColor ink = isLoss(gap.kind) ? roleColors().failed : roleColors().dimmed;
        const QRectF frame = onScreen(gap.x, gap.width, rows.receives, rows.box);
        painter.setPen(QPen(ink, 1, Qt::DashLine));
        painter.setBrush(QBrush(blended(ink, base, 0.35), Qt::BDiagPattern));
        painter.drawRect(frame);
        const QRectF seen = frame.intersected(QRectF(viewport()->rect()));
        constexpr double around = 8;
        const bool brief = metrics.horizontalAdvance(gapText(gap, false)) + around > seen.width();
        const QString text = gapText(gap, brief);
        const QSizeF size(metrics.horizontalAdvance(text) + around, metrics.height());
        if (size.width() > seen.width()) continue;
        const QRectF label(seen.center() - QPointF(size.width() / 2, size.height() / 2), size);
        painter.setPen(ink);
        painter.fillRect(label, base);
        painter.drawText(label, Qt::AlignCenter | Qt::TextSingleLine, text);
    }
}

void BoundaryStrip::paintBoxes(QPainter& painter, bool sends) const {
    const double from = left() - margin(), to = from + viewport()->width();
    const auto& boxes = layout_.boxes(sends);
    for (std::size_t i = BoundaryLayout::firstAt(boxes, from); i < boxes.size() && boxes[i].x < to; ++i)
        paintBox(painter, boxes[i]);
}

void BoundaryStrip::paintBox(QPainter& painter, const BoundaryBox& box) const {
    const RoleColors& colors = roleColors();
    const QColor ink = box.id.send ? colors.sent : colors.received;
    const QColor ground = box.id.send ? colors.sentBackground : colors.receivedBackground;
    const bool chosen = current_ == box.id, pointed = hovered_ && hovered_->call == box.id;
    QRectF frame = rectOf(box);
    painter.setPen(QPen(chosen ? palette().color(QPalette::Text) : ink, chosen ? 2 : pointed ? 1.6 : 1));
    painter.setBrush(isOdd(box.column) ? blended(ink, ground, 0.18) : ground);
    painter.drawRect(frame);
    if (box.beganEarlier) {
        // Its left side is open: there is more of it.
        painter.setPen(QPen(palette().color(QPalette::Base), 3, Qt::DotLine));
        painter.drawLine(frame.topLeft(), frame.bottomLeft());
    }
    paintFigures(painter, box, frame);
}

// Bytes, and below them the row of the capture; in the middle of what is on screen of the box.
void BoundaryStrip::paintFigures(QPainter& painter, const BoundaryBox& box, const QRectF& frame) const {
    const CallTrack& track = box.id.send ? boundaries_->sends() : boundaries_->receives();
    const CallSpan& span = track.at(box.id.index);
    const QRectF seen = frame.intersected(QRectF(viewport()->rect())).adjusted(2, 0, -2, 0);
    const QFontMetrics metrics(font());
    const double line = metrics.height();
    const bool two = rows().twoLines;
    const auto write = [&](const QString& text, const QColor& color, double y) {
        if (metrics.horizontalAdvance(text) > seen.width()) return;
        painter.setPen(color);
        painter.drawText(QRectF(seen.x(), y, seen.width(), line), Qt::AlignCenter | Qt::TextSingleLine, text);
    };
    const QString bytes = (box.beganEarlier ? QStringLiteral("‹ ") : QString()) + bytesText(span.size());
    const double top = frame.center().y() - (two ? line : line / 2);
    write(bytes, palette().color(QPalette::Text), top);
    if (two) write(tr("row %1").arg(grouped(span.row + 1)), roleColors().dimmed, top + line);
}

}  // namespace sockstage
