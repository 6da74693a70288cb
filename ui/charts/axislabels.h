// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace sockstage {

// What stands at a value axis: as in the rest of the window, without zeros behind the point ("2.5 MB", "400
// µs").

QString bytesLabel(double bytes);
QString rateLabel(double bytesPerSecond);
QString microsecondsLabel(double us);
QString countLabel(double count);

}  // namespace sockstage
