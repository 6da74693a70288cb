// SPDX-License-Identifier: GPL-3.0-or-later
#include "seriesstyle.h"

#include "theme.h"

namespace sockstage {
namespace {

QColor blended(const QColor& color, const QColor& ground, double part) {
    const auto mix = [part](int a, int b) { return static_cast<int>(a * part + b * (1 - part)); };
    return {mix(color.red(), ground.red()), mix(color.green(), ground.green()),
            mix(color.blue(), ground.blue())};
}

}  // namespace

QColor seriesColor(SeriesInk ink) {
    const RoleColors& colors = roleColors();
    switch (ink) {
        case SeriesInk::Sent:
            return colors.sent;
        case SeriesInk::SoftSent:
            return blended(colors.sent, colors.panel, 0.45);
        case SeriesInk::Received:
            return colors.received;
        case SeriesInk::Held:
            return colors.held;
        case SeriesInk::Failed:
            return colors.failed;
        case SeriesInk::Dimmed:
            break;
    }
    return colors.dimmed;
}

QPen seriesPen(const ChartSeries& series) {
    const QColor color = seriesColor(series.ink);
    switch (series.look) {
        case SeriesLook::Dashed:
            return QPen(color, 1, Qt::DashLine);
        case SeriesLook::Dotted:
            return QPen(color, 1, Qt::DotLine);
        case SeriesLook::Shade:
        case SeriesLook::Edge:
            return QPen(Qt::NoPen);
        default:
            return QPen(color, 1);
    }
}

}  // namespace sockstage
