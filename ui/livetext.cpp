// SPDX-License-Identifier: GPL-3.0-or-later
#include "livetext.h"

#include <QLabel>

namespace sockstage {

void showLive(QLabel& label, const QString& text) {
    if (label.text() == text) return;
    const QFontMetrics metrics(label.font());
    const QMargins around = label.contentsMargins();
    // In steps, so that "9.9 s" and "10.0 s" are as wide; and back only when much has become free.
    const int step = metrics.averageCharWidth() * 4;
    const int needed = metrics.size(Qt::TextSingleLine, text).width() + around.left() + around.right();
    const int wanted = text.isEmpty() ? 0 : (needed + step) / step * step;
    const int height = metrics.height() + around.top() + around.bottom();
    const int kept = label.minimumWidth();
    const bool fits = needed <= kept && wanted + 2 * step >= kept && !text.isEmpty();
    if (!fits || label.minimumHeight() != height) label.setFixedSize(fits ? kept : wanted, height);
    label.setText(text);
}

}  // namespace sockstage
