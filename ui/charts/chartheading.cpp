// SPDX-License-Identifier: GPL-3.0-or-later
#include "chartheading.h"

#include "seriesstyle.h"
#include "theme.h"

namespace sockstage {

ChartHeading::ChartHeading(QCustomPlot* plot, const ChartSpec& spec)
    : QCPLayoutElement(plot), spec_(spec), font_(plot->font()) {}

void ChartHeading::setFont(const QFont& font) {
    font_ = font;
}

QSize ChartHeading::minimumOuterSizeHint() const {
    return {0, QFontMetrics(font_).height()};
}

QSize ChartHeading::maximumOuterSizeHint() const {
    return {QWIDGETSIZE_MAX, QFontMetrics(font_).height()};
}

void ChartHeading::draw(QCPPainter* painter) {
    QFont bold = font_;
    bold.setWeight(QFont::DemiBold);
    const QFontMetricsF metrics(font_);
    const qreal gap = metrics.height() / 2, mark = metrics.ascent();
    QRectF room = rect();
    painter->setFont(bold);
    painter->setPen(parentPlot()->palette().color(QPalette::Text));
    painter->drawText(room, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, spec_.title);
    room.setLeft(room.left() + QFontMetricsF(bold).horizontalAdvance(spec_.title) + gap);
    painter->setFont(font_);
    const auto count = std::min(values_.size(), static_cast<qsizetype>(spec_.series.size()));
    for (qsizetype i = 0; i < count; ++i) {
        const ChartSeries& series = spec_.series[static_cast<std::size_t>(i)];
        if (series.name.isEmpty() || room.width() < 2 * mark) continue;
        drawMark(*painter, series, QRectF(room.left(), room.top(), mark, room.height()).toAlignedRect());
        room.setLeft(room.left() + mark + gap / 2);
        const QString words =
            metrics.elidedText(series.name + QLatin1Char(' ') + values_[i], Qt::ElideRight, room.width());
        painter->setPen(roleColors().dimmed);
        painter->drawText(room, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, words);
        room.setLeft(room.left() + metrics.horizontalAdvance(words) + gap);
    }
}

void ChartHeading::drawMark(QCPPainter& painter, const ChartSeries& series, const QRect& box) const {
    const bool area = series.look == SeriesLook::Filled || series.look == SeriesLook::Band ||
                      series.look == SeriesLook::Shade;
    QColor color = seriesColor(series.ink);
    if (series.look == SeriesLook::Shade) color.setAlphaF(0.4F);
    if (area) {
        const int side = box.width() * 2 / 3;
        painter.fillRect(QRect(box.center().x() - side / 2, box.center().y() - side / 2, side, side), color);
        return;
    }
    QPen pen = seriesPen(series);
    pen.setWidthF(1.5);
    painter.setPen(pen);
    painter.drawLine(QPoint(box.left(), box.center().y()), QPoint(box.right(), box.center().y()));
}

}  // namespace sockstage
