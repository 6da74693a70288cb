// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>

namespace sockstage {

/// A sign of the tool bar in the colour of the theme in use; a null icon for an unknown name.
/// `onPrimary`: for the one button with a strong background.
QIcon toolIcon(const char* name, bool onPrimary = false);
/// The program's own icon.
QIcon programIcon();

}  // namespace sockstage
