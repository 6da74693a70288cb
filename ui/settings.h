// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace sockstage {

/// The name under which the window remembers something. The version is part of it: when a later
/// release means something else by a key, it counts up instead of misreading what it finds.
inline QString settingsKey(const char* name) {
    return QStringLiteral("v1/") + QLatin1String(name);
}

/// Sizes and places of the window's parts, which change their meaning more often. All begin with "window", so
/// that Reset window layout finds them, whatever is open.
inline QString layoutKey(const char* name) {
    return QStringLiteral("v2/") + QLatin1String(name);
}

}  // namespace sockstage
