// SPDX-License-Identifier: GPL-3.0-or-later
#include "hexdump.h"

#include <QEvent>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>

#include "theme.h"

namespace sockstage {
namespace {

constexpr int perLine = 16;
constexpr int hexColumns = perLine * 3;  // 16 pairs, 15 blanks, one more in the middle

}  // namespace

HexDump::HexDump(QWidget* parent) : QAbstractScrollArea(parent) {
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setBackgroundRole(QPalette::Base);
    viewport()->setAutoFillBackground(true);
    setAccessibleName(tr("Bytes of the chosen row"));
}

void HexDump::setBytes(const QByteArray& bytes) {
    bytes_ = bytes;
    verticalScrollBar()->setValue(0);
    updateScroll();
    setAccessibleDescription(bytes_.isEmpty() ? placeholder_ : lineText(0));
    viewport()->update();
}

void HexDump::setPlaceholder(const QString& text) {
    placeholder_ = text;
    viewport()->update();
}

int HexDump::lineCount() const {
    return static_cast<int>((bytes_.size() + perLine - 1) / perLine);
}

QString HexDump::offsetText(int line) const {
    const int digits = bytes_.size() > 0x10000 ? 6 : 4;
    return QString::number(line * perLine, 16).rightJustified(digits, QLatin1Char('0'));
}

QString HexDump::hexPart(int line) const {
    const QByteArray part = bytes_.mid(qsizetype{line} * perLine, perLine);
    QString text;
    for (int i = 0; i < part.size(); ++i) {
        if (i > 0) text += i == perLine / 2 ? QLatin1String("  ") : QLatin1String(" ");
        text += QString::number(static_cast<unsigned char>(part[i]), 16).rightJustified(2, QLatin1Char('0'));
    }
    return text;
}

QString HexDump::asciiPart(int line) const {
    QString text = QString::fromLatin1(bytes_.mid(qsizetype{line} * perLine, perLine));
    for (QChar& c : text)
        if (c.unicode() < 0x20 || c.unicode() > 0x7e) c = QLatin1Char('.');
    return text;
}

QString HexDump::lineText(int line) const {
    return offsetText(line) + QStringLiteral("  ") + hexPart(line).leftJustified(hexColumns) +
           QStringLiteral("  ") + asciiPart(line);
}

void HexDump::updateScroll() {
    const QFontMetrics metrics(monospaceFont());
    const int page = std::max(1, (viewport()->height() - metrics.height() / 2) / metrics.height());
    verticalScrollBar()->setRange(0, std::max(0, lineCount() - page));
    verticalScrollBar()->setPageStep(page);
    const int needed = metrics.horizontalAdvance(lineText(0)) + metrics.height();
    horizontalScrollBar()->setRange(0, lineCount() == 0 ? 0 : std::max(0, needed - viewport()->width()));
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setSingleStep(metrics.averageCharWidth() * 3);
}

void HexDump::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    painter.setLayoutDirection(Qt::LeftToRight);
    const QFontMetrics metrics(monospaceFont());
    const int margin = metrics.height() / 2, left = margin - horizontalScrollBar()->value();
    const qreal cell = QFontMetricsF(monospaceFont()).horizontalAdvance(QLatin1Char(' '));
    if (bytes_.isEmpty()) {
        painter.setPen(roleColors().dimmed);
        const QRect box = viewport()->rect().adjusted(margin, margin, -margin, -margin);
        painter.drawText(box, Qt::AlignTop | Qt::AlignLeft | Qt::TextWordWrap, placeholder_);
        return;
    }
    painter.setFont(monospaceFont());
    const auto draw = [&](int column, int y, const QColor& color, const QString& text) {
        painter.setPen(color);
        painter.drawText(QPointF(left + column * cell, y), text);
    };
    const int hexAt = static_cast<int>(offsetText(0).size()) + 2;
    int y = margin + metrics.ascent();
    for (int line = verticalScrollBar()->value();
         line < lineCount() && y < viewport()->height() + metrics.height(); ++line) {
        draw(0, y, roleColors().dimmed, offsetText(line));
        draw(hexAt, y, palette().color(QPalette::Text), hexPart(line));
        draw(hexAt + hexColumns + 2, y, palette().color(QPalette::Text), asciiPart(line));
        y += metrics.height();
    }
}

void HexDump::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    updateScroll();
}

void HexDump::changeEvent(QEvent* event) {
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) updateScroll();
}

QSize HexDump::sizeHint() const {
    const QFontMetrics metrics(monospaceFont());
    return {metrics.horizontalAdvance(QLatin1Char(' ')) * 76, metrics.height() * 5};
}

}  // namespace sockstage
