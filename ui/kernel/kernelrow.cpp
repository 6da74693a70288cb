// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernelrow.h"

#include <QAccessible>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "bufferscale.h"
#include "kernelaccess.h"
#include "strip.h"

namespace sockstage {
namespace {

QFont smallFont(QFont font) {
    font.setPointSizeF(font.pointSizeF() * 0.9);
    return font;
}

// elidedText() alone cuts what just fits, when a character comes from another font.
QString fitting(const QString& text, const QFont& font, int width) {
    const QFontMetricsF metrics(font);
    return metrics.horizontalAdvance(text) <= width ? text : metrics.elidedText(text, Qt::ElideRight, width);
}

bool inBar(const BarPart& part) {
    return part.ink != BarInk::Charged && part.ink != BarInk::None;
}

QString legendText(const BarPart& part) {
    return part.name + QLatin1Char(' ') + part.value;
}

// The words that an entry may grow to.
int legendWidth(const BarPart& part, const QFontMetrics& metrics) {
    const QString longest = part.name + QStringLiteral(" 88.8 MB");
    return std::max(metrics.horizontalAdvance(longest), metrics.horizontalAdvance(legendText(part)));
}

QColor toneColor(Tone tone, const QPalette& palette) {
    switch (tone) {
        case Tone::Sent:
            return roleColors().sent;
        case Tone::Held:
            return roleColors().held;
        case Tone::Failed:
            return roleColors().failed;
        default:
            return palette.color(QPalette::Text);
    }
}

int markSize(const QFontMetrics& metrics) {
    return metrics.ascent() * 2 / 3;
}

// Clearly less than from one entry to the next: a mark belongs to the words behind it.
int markGap(const QFontMetrics& metrics) {
    return metrics.ascent() / 2;
}

}  // namespace

KernelRow::KernelRow(QWidget* parent) : QWidget(parent), fixed_(monospaceFont()), small_(smallFont(font())) {
    installKernelAccess();
    setFocusPolicy(Qt::ClickFocus);
    // Not Fixed: a layout cuts a fixed height to that of sizeHint(), whatever the row needs at its width.
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void KernelRow::setLine(const KernelLine& line) {
    if (line == line_) return;
    const bool sameShape =
        line.bar == line_.bar && line.heading == line_.heading && line.parts.size() == line_.parts.size();
    if (line.about != line_.about) setToolTip(plainToolTip(line.about));
    line_ = line;
    if (!sameShape || heightForWidth(width()) != height()) updateGeometry();
    update();
    if (!hasFocus()) return;
    QAccessibleEvent changed(this, QAccessible::NameChanged);
    QAccessible::updateAccessibility(&changed);
}

int KernelRow::nameWidth() const {
    const qreal name = QFontMetricsF(fixed_).horizontalAdvance(line_.name + QLatin1Char(' '));
    return hasHeading() ? 0 : static_cast<int>(std::ceil(name));
}

void KernelRow::setNameColumn(int width) {
    if (width == nameColumn_) return;
    nameColumn_ = width;
    updateGeometry();
    update();
}

bool KernelRow::hasCharged() const {
    return std::any_of(line_.parts.begin(), line_.parts.end(),
                       [](const BarPart& part) { return part.ink == BarInk::Charged; });
}

int KernelRow::chargedHeight() const {
    return hasCharged() ? std::max(3, fontMetrics().height() / 5) : 0;
}

QRect KernelRow::barRect() const {
    const int line = std::max(fontMetrics().height(), QFontMetrics(fixed_).height());
    return {0, line + 1, width(), fontMetrics().height() * 2 / 3};
}

std::int64_t KernelRow::mostInBar() const {
    std::int64_t sum = 0, charged = 0;
    for (const BarPart& part : line_.parts) {
        if (inBar(part)) sum += std::max<std::int64_t>(part.amount, 0);
        if (part.ink == BarInk::Charged) charged = part.amount;
    }
    return std::max(sum, charged);
}

std::vector<QPoint> KernelRow::legendPlaces(int width, int* height) const {
    const QFontMetrics metrics(small_);
    const int mark = markSize(metrics) + markGap(metrics), gap = metrics.ascent() * 3 / 2;
    std::vector<QPoint> places;
    int x = 0, y = 0;
    bool any = false;
    for (const BarPart& part : line_.parts) {
        const int wide = (part.ink == BarInk::None ? 0 : mark) + legendWidth(part, metrics);
        if (x > 0 && x + wide > width) {
            x = 0;
            y += metrics.height();
        }
        places.emplace_back(x, y);
        if (part.name.isEmpty()) continue;
        any = true;
        x += wide + gap;
    }
    *height = any ? y + metrics.height() : 0;
    return places;
}

int KernelRow::heightForWidth(int width) const {
    const int line = std::max(fontMetrics().height(), QFontMetrics(fixed_).height());
    if (line_.heading && !line_.bar) return line + fontMetrics().height() / 4;
    if (!line_.bar) return std::max(line, valueRect(width).height());
    int legend = 0;
    legendPlaces(width, &legend);
    return barRect().bottom() + 1 + chargedHeight() + legend + fontMetrics().height() / 4;
}

QSize KernelRow::sizeHint() const {
    const int width = fontMetrics().averageCharWidth() * 42;
    return {width, heightForWidth(width)};
}

QSize KernelRow::minimumSizeHint() const {
    // Where what changes while one looks has room on one line: a bar's name beside an amount of its limit,
    // and the longest of the timers beside the longest name.
    const int timer =
        QFontMetrics(fixed_).horizontalAdvance(QStringLiteral("retransmits window probe in 888 ms"));
    const int amounts = QFontMetrics(fixed_).horizontalAdvance(QStringLiteral("888 MB of 888 MB"));
    const int bar = fontMetrics().horizontalAdvance(QStringLiteral("Receive buffer   ")) + amounts;
    return {std::max(bar, timer), sizeHint().height()};
}

void KernelRow::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() != QEvent::FontChange && event->type() != QEvent::StyleChange) return;
    fixed_ = monospaceFont();
    small_ = smallFont(font());
    updateGeometry();
    update();
}

void KernelRow::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setLayoutDirection(Qt::LeftToRight);
    hasHeading() ? paintHeading(painter) : paintFigure(painter);
    if (line_.bar) {
        paintAmounts(painter, barRect());
        paintLegend(painter, barRect().bottom() + 1 + chargedHeight());
    }
    if (!hasFocus()) return;
    painter.setPen(QPen(palette().color(QPalette::Text), 1, Qt::DotLine));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

void KernelRow::paintFigure(QPainter& painter) const {
    painter.setFont(fixed_);
    painter.setPen(roleColors().dimmed);
    const QRect name(0, 0, std::max(nameColumn_, nameWidth()), QFontMetrics(fixed_).height());
    painter.drawText(name, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, line_.name);
    painter.setPen(toneColor(line_.tone, palette()));
    painter.drawText(valueRect(width()), Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, line_.value);
}

/// Where a figure stands behind its name, on as many lines as it needs.
QRect KernelRow::valueRect(int width) const {
    const int left = std::max(nameColumn_, nameWidth());
    const int room = std::max(width - left, QFontMetrics(fixed_).averageCharWidth());
    const int high =
        QFontMetrics(fixed_).boundingRect(QRect(0, 0, room, 10'000), Qt::TextWordWrap, line_.value).height();
    return {left, 0, room, high};
}

void KernelRow::paintHeading(QPainter& painter) const {
    const QFontMetrics metrics(fixed_);
    const int line = std::max(fontMetrics().height(), metrics.height());
    const QString value = fitting(line_.value, fixed_, width());
    const int wide =
        std::min(static_cast<int>(std::ceil(QFontMetricsF(fixed_).horizontalAdvance(value))), width());
    painter.setFont(fixed_);
    painter.setPen(toneColor(line_.tone, palette()));
    painter.drawText(QRect(width() - wide, 0, wide, line),
                     Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine, value);
    const int room = width() - wide - fontMetrics().averageCharWidth();
    painter.setFont(font());
    painter.setPen(palette().color(QPalette::Text));
    painter.drawText(QRect(0, 0, std::max(0, room), line),
                     Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                     fitting(line_.name, font(), room));
}

void KernelRow::paintAmounts(QPainter& painter, const QRect& box) const {
    const RoleColors& colors = roleColors();
    const bool known = line_.limit != KernelFacts::absent;
    painter.setPen(QPen(colors.line, 1, known ? Qt::SolidLine : Qt::DashLine));
    painter.setBrush(known ? QBrush(colors.panel) : QBrush(Qt::NoBrush));
    painter.drawRect(box.adjusted(0, 0, -1, -1));
    const BufferScale scale{line_.limit, mostInBar(), box.width() - 2};
    std::vector<std::int64_t> amounts;
    for (const BarPart& part : line_.parts)
        amounts.push_back(inBar(part) ? part.amount : 0);
    const std::vector<int> edges = scale.edges(amounts);
    int left = 0;
    for (std::size_t i = 0; i < edges.size(); ++i) {
        const QRect piece(box.left() + 1 + left, box.top() + 1, edges[i] - left, box.height() - 2);
        if (edges[i] > left) painter.fillRect(piece, inkColor(line_.parts[i].ink));
        left = edges[i];
        if (line_.parts[i].ink != BarInk::Charged) continue;
        const int thick = std::max(2, chargedHeight() - 1);
        painter.fillRect(QRect(box.left() + 1, box.bottom() + 1, scale.length(line_.parts[i].amount), thick),
                         inkColor(BarInk::Charged));
    }
    if (scale.limitX() < 0) return;
    painter.fillRect(QRect(box.left() + 1 + scale.limitX(), box.top(), 1, box.height() + chargedHeight()),
                     palette().color(QPalette::Text));
}

void KernelRow::paintLegend(QPainter& painter, int top) const {
    const QFontMetrics metrics(small_);
    const int size = markSize(metrics);
    int height = 0;
    const std::vector<QPoint> places = legendPlaces(width(), &height);
    painter.setFont(small_);
    painter.setPen(roleColors().dimmed);
    for (std::size_t i = 0; i < places.size(); ++i) {
        const BarPart& part = line_.parts[i];
        if (part.name.isEmpty()) continue;
        int x = places[i].x();
        const int y = top + places[i].y();
        const int thick = part.ink == BarInk::Charged ? std::max(2, chargedHeight() - 1) : size;
        if (part.ink != BarInk::None) {
            painter.fillRect(QRect(x, y + (metrics.height() - thick) / 2, size, thick), inkColor(part.ink));
            x += size + markGap(metrics);
        }
        const QRect words(x, y, width() - x, metrics.height());
        painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                         fitting(legendText(part), small_, words.width()));
    }
}

}  // namespace sockstage
