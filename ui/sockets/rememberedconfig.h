// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "socketconfig.h"

namespace sockstage {

/// What the New socket dialog was last left with, for each role. Kept in the settings.
SocketConfig rememberedConfig(Role role);
void rememberConfig(const SocketConfig& config);
Role rememberedRole();

}  // namespace sockstage
