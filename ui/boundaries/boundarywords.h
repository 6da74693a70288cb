// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <optional>

#include "boundarylayout.h"

namespace sockstage {

/// A group, or one call of it, in words: the group's sentence, then its sends, then its receives. Of one
/// call: that call, and those of the other end that have its bytes. `epochOffsetNs` turns the capture's clock
/// into nanoseconds since 1970.
QStringList boundaryLines(const CallBoundaries& boundaries, const BoundaryColumn& column,
                          const std::optional<BoundaryCallId>& call, qint64 epochOffsetNs);
/// "8 B not received yet", "7 B cut off"; `brief`: "not yet", "cut off".
QString gapText(const BoundaryGap& gap, bool brief);

}  // namespace sockstage
