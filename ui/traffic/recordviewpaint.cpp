// SPDX-License-Identifier: GPL-3.0-or-later
// The second half of RecordView: what it paints and what it copies.

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QMenu>
#include <QPainter>

#include "payloadtext.h"
#include "plaintext.h"
#include "quantitytext.h"
#include "recordview.h"
#include "theme.h"

namespace sockstage {

std::optional<RecordLine> RecordView::lineAt(quint64 line, CaptureStore::Pin& pin, int columns) const {
    if (!rows_.holds(line)) return std::nullopt;
    const quint64 row = rows_.captureRow(line);
    if (!pin || row < pin.firstRow() || row >= pin.endRow()) pin = source_.capture->pin(row);
    if (!pin) return std::nullopt;
    if (content_ == Content::Calls) return callLine(source_, pin, pin.record(row));
    return trafficLine(source_, pin, pin.record(row), hex_ ? PayloadStyle::Hex : PayloadStyle::Text, columns);
}

QString RecordView::evictedText() const {
    return tr("%1 rows evicted: the capture's limit of %2 was reached")
        .arg(grouped(rows_.evictedRows()), bytesText(source_.capture->limitBytes()));
}

QString RecordView::hint() const {
    if (!rows_.caughtUp()) return tr("reading the capture …");
    if (follow_) return {};
    return tr("paused at line %1 of %2 · press End to follow")
        .arg(grouped(std::max<quint64>(top_, rows_.firstLine())), grouped(rows_.endLine() - 1));
}

QStringList RecordView::visibleLines() const {
    QStringList lines;
    CaptureStore::Pin pin;
    const quint64 end = std::min<quint64>(top_ + scroll_.page, rows_.endLine());
    for (quint64 line = top_; session_ && line < end; ++line) {
        if (line < rows_.firstLine()) lines << evictedText();
        if (const auto words = lineAt(line, pin, painter_.textColumns(viewport()->width())))
            lines << words->wholeLine();
    }
    return lines;
}

void RecordView::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    painter.setLayoutDirection(Qt::LeftToRight);
    painter.setFont(monospaceFont());
    if (!session_) return;
    const int height = painter_.lineHeight(), width = viewport()->width();
    const quint64 current = currentLine();
    CaptureStore::Pin pin;
    int y = 0;
    for (quint64 line = top_; line < rows_.endLine() && y < viewport()->height(); ++line, y += height) {
        const QRect box(0, y, width, height);
        if (line < rows_.firstLine()) {
            painter_.paintNote(painter, box, evictedText());
        } else if (const auto words = lineAt(line, pin, painter_.textColumns(width))) {
            painter_.widenPeer(words->peer);
            painter_.paint(painter, box, *words, palette(), {line == current, hasFocus(), find_.text()});
        }
    }
    if (rows_.firstLine() == rows_.endLine() && !hasEvictedLine()) {
        const QString nothing = content_ == Content::Traffic ? tr("Nothing was sent or received yet.")
                                                             : tr("No call was made yet.");
        painter_.paintNote(painter, QRect(0, height / 4, width, height), nothing);
    }
    paintHint(painter);
    paintedHint_ = hint();
}

QRect RecordView::hintBox(const QString& text) const {
    const QFontMetrics metrics(font());
    const int space = metrics.height() / 2;
    const QSize size(metrics.horizontalAdvance(text) + 2 * space, metrics.height() + space);
    return {QPoint(viewport()->width() - size.width() - space, viewport()->height() - size.height() - space),
            size};
}

void RecordView::paintHint(QPainter& painter) const {
    const QString text = hint();
    if (text.isEmpty() || scroll_.lastTop() == scroll_.first) return;
    painter.setFont(font());
    const QRect box = hintBox(text);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(roleColors().line);
    painter.setBrush(roleColors().panel);
    painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    painter.setPen(roleColors().dimmed);
    painter.drawText(box, Qt::AlignCenter, text);
}

void RecordView::copyLine() const {
    CaptureStore::Pin pin;
    constexpr int columns = 1 << 16;
    if (const auto line = session_ ? lineAt(currentLine(), pin, columns) : std::nullopt)
        QApplication::clipboard()->setText(line->wholeLine());
}

bool RecordView::currentHasData() const {
    const auto pin = session_ && current_ ? source_.capture->pin(*current_) : CaptureStore::Pin();
    return pin && isTransfer(pin.record(*current_).call) && !pin.data(pin.record(*current_)).empty();
}

void RecordView::copyData(PayloadStyle style) const {
    const auto pin = source_.capture->pin(*current_);
    if (!pin) return;
    const auto bytes = pin.data(pin.record(*current_));
    QApplication::clipboard()->setText(
        toQString(style == PayloadStyle::Hex ? hexText(bytes) : escapedText(bytes)));
}

void RecordView::contextMenuEvent(QContextMenuEvent* event) {
    if (event->reason() == QContextMenuEvent::Mouse) clickAt(event->pos());
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    auto* line = menu->addAction(tr("Copy line"), this, &RecordView::copyLine);
    line->setShortcut(QKeySequence::Copy);
    line->setEnabled(current_.has_value());
    const bool moved = currentHasData();
    menu->addAction(tr("Copy bytes as text"), this, [this] { copyData(PayloadStyle::Text); })
        ->setEnabled(moved);
    menu->addAction(tr("Copy bytes as hex"), this, [this] { copyData(PayloadStyle::Hex); })
        ->setEnabled(moved);
    menu->addSeparator();
    auto* follow = menu->addAction(tr("Follow the end"), this, &RecordView::setFollow);
    follow->setCheckable(true);
    follow->setChecked(follow_);
    menu->popup(event->globalPos());
}

}  // namespace sockstage
