// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace sockstage {

// Quantities as people read them, one place for the whole window. Decimal units, a point as the
// decimal mark, a narrow no-break space between groups of three digits.

/// "0 B", "64 B", "14.2 kB", "1.19 MB", "512 kB".
QString bytesText(quint64 bytes);
/// "1.2 MB/s".
QString rateText(double bytesPerSecond);
/// The time inside a call: "850 ns", "3.0 µs", "41 µs", "1.2 ms", "12.4 s", from a minute on "00:02:14".
QString durationText(qint64 ns);
/// A running clock: under a minute "12.4 s", then "00:02:14".
QString elapsedText(qint64 ns);
/// Local time with microseconds: "12:04:07.118 203". `epochNs`: nanoseconds since 1970.
QString timeOfDayText(qint64 epochNs);
/// "262 144".
QString grouped(quint64 n);

}  // namespace sockstage
