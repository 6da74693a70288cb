// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace sockstage {

/// Makes :/icons known. A static library's resources are not registered by themselves; call it before the
/// first icon is asked for. Calling it again does nothing.
void initIcons();

}  // namespace sockstage
