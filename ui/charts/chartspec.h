// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <cstdint>
#include <vector>

namespace sockstage {

/// The colour of a series, by what it stands for; see RoleColors. Soft: the same, half as strong.
enum class SeriesInk : std::uint8_t { Sent, SoftSent, Received, Held, Failed, Dimmed };
/// Lines differ by their look too, never by colour alone. Band fills the room between itself and the series
/// before it; Shade does the same without a line of its own; Edge is that other side, not drawn.
enum class SeriesLook : std::uint8_t { Line, Dashed, Dotted, Step, Filled, Band, Shade, Edge };

/// One line of a chart. Without a name it is not in the heading.
struct ChartSeries {
    QString name;
    SeriesInk ink = SeriesInk::Sent;
    SeriesLook look = SeriesLook::Line;
};

/// One small chart: a heading, a value axis from 0, its lines.
struct ChartSpec {
    QString title;
    QString (*format)(double) = nullptr;  ///< a value as text, for the axis
    bool whole = false;                   ///< values are whole numbers
    std::vector<ChartSeries> series;
};

}  // namespace sockstage
