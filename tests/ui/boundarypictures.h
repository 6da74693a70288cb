// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace sockstage {

/// The pictures of the tab Boundaries. False when one of the states was not reached.
bool takeBoundaryPictures(const QString& folder, const QString& suffix);

}  // namespace sockstage
