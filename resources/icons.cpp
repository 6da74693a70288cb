// SPDX-License-Identifier: GPL-3.0-or-later
#include "icons.h"

#include <QDir>

// The macro declares a function of the global namespace.
static void initResource() {
    Q_INIT_RESOURCE(sockstage_icons);
}

namespace sockstage {

void initIcons() {
    initResource();
}

}  // namespace sockstage
