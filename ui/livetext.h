// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QLabel;

namespace sockstage {

/// Sets a text of one line that changes while one looks, such as a clock. A label notifies all layouts above
/// it of every new text; this one keeps its size as long as the text has room in it, and they are left alone.
void showLive(QLabel& label, const QString& text);

}  // namespace sockstage
