// SPDX-License-Identifier: GPL-3.0-or-later
#include "toolicons.h"

#include <QFile>

#include "icons.h"
#include "theme.h"

namespace sockstage {

QIcon toolIcon(const char* name, bool onPrimary) {
    initIcons();
    QIcon icon;
    // The dark theme's signs are light: what a strong background needs in either theme.
    const auto shade = isDark() || onPrimary ? QStringLiteral("dark") : QStringLiteral("light");
    for (const int size : {20, 40}) {
        const auto file = QStringLiteral(":/icons/%1/%2-%3.png").arg(shade, QLatin1String(name)).arg(size);
        if (QFile::exists(file)) icon.addFile(file, QSize(size, size));
    }
    return icon;
}

QIcon programIcon() {
    initIcons();
    QIcon icon;
    for (const int size : {16, 24, 32, 48, 64, 128, 256})
        icon.addFile(QStringLiteral(":/icons/sockstage-%1.png").arg(size), QSize(size, size));
    return icon;
}

}  // namespace sockstage
