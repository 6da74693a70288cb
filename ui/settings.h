#pragma once

#include <QString>

namespace sockstage {

/// The name under which the window remembers something. The version is part of it: when a later
/// release means something else by a key, it counts up instead of misreading what it finds.
inline QString settingsKey(const char* name) {
    return QStringLiteral("v1/") + QLatin1String(name);
}

}  // namespace sockstage
