// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <string_view>

#include "payloadtext.h"

namespace sockstage {

/// The engine's UTF-8 as the window's text.
inline QString toQString(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}
/// Text that came from outside: control and bidirectional characters become visible escapes.
inline QString outsideText(std::string_view text) {
    return toQString(escapedText(text));
}

}  // namespace sockstage
