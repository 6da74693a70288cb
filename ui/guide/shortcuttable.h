// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QMenuBar;

namespace sockstage {

/// Every entry of the menus that has a key, as a Markdown table in the order of the menus. Made from the
/// actions themselves, so that it cannot say anything else than what the keys do.
QString shortcutTable(const QMenuBar& menus);

}  // namespace sockstage
