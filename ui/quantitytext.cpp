// SPDX-License-Identifier: GPL-3.0-or-later
#include "quantitytext.h"

#include <QDateTime>
#include <algorithm>
#include <array>
#include <cmath>

namespace sockstage {
namespace {

constexpr QChar narrowSpace{0x202f};
constexpr std::array<const char16_t*, 6> units{u"B", u"kB", u"MB", u"GB", u"TB", u"PB"};

struct Scaled {
    double value;
    std::size_t unit;
};

// 999.7 kB would print as "1000 kB": what rounds up to a thousand belongs to the next unit.
Scaled scaled(double value) {
    std::size_t unit = 0;
    for (; value >= 999.5 && unit + 1 < units.size(); ++unit)
        value /= 1000;
    return {value, unit};
}

QString withUnit(double value, int decimals, std::size_t unit) {
    return QString::number(value, 'f', decimals) + QLatin1Char(' ') + QString::fromUtf16(units[unit]);
}

// The decimals that leave about three digits, `most` of them below ten.
int decimalsFor(double value, int most) {
    if (value < 9.995) return most;
    return value < 99.95 ? 1 : 0;
}

QString clockText(qint64 seconds) {
    const auto two = [](qint64 n) { return QString::number(n).rightJustified(2, QLatin1Char('0')); };
    return two(seconds / 3600) + QLatin1Char(':') + two(seconds / 60 % 60) + QLatin1Char(':') +
           two(seconds % 60);
}

}  // namespace

QString bytesText(quint64 bytes) {
    const auto [value, unit] = scaled(static_cast<double>(bytes));
    if (unit == 0) return withUnit(value, 0, 0);
    return withUnit(value, decimalsFor(value, unit == 1 ? 1 : 2), unit);
}

QString rateText(double bytesPerSecond) {
    const auto [value, unit] = scaled(std::max(0.0, bytesPerSecond));
    const int decimals = unit == 0 ? 0 : decimalsFor(value, 1);
    return withUnit(value, decimals, unit) + QStringLiteral("/s");
}

QString durationText(qint64 ns) {
    const auto value = static_cast<double>(std::max<qint64>(0, ns));
    if (value < 999.5) return QString::number(ns < 0 ? 0 : ns) + QStringLiteral(" ns");
    const auto text = [](double number, const QString& unit) {
        return QString::number(number, 'f', number < 9.95 ? 1 : 0) + unit;
    };
    if (value < 999.5e3) return text(value / 1e3, QStringLiteral(" µs"));
    if (value < 999.5e6) return text(value / 1e6, QStringLiteral(" ms"));
    return elapsedText(ns);
}

QString elapsedText(qint64 ns) {
    const qint64 tenths = std::max<qint64>(0, ns) / 100'000'000;
    if (tenths < 600) return QStringLiteral("%1.%2 s").arg(tenths / 10).arg(tenths % 10);
    return clockText(tenths / 10);
}

QString timeOfDayText(qint64 epochNs) {
    const qint64 us = epochNs / 1000;
    const QString upToMs =
        QDateTime::fromMSecsSinceEpoch(us / 1000).time().toString(QStringLiteral("HH:mm:ss.zzz"));
    return upToMs + narrowSpace + QString::number(us % 1000).rightJustified(3, QLatin1Char('0'));
}

QString grouped(quint64 n) {
    QString text = QString::number(n);
    for (qsizetype at = text.size() - 3; at > 0; at -= 3)
        text.insert(at, narrowSpace);
    return text;
}

}  // namespace sockstage
