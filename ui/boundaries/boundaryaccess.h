// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace sockstage {

/// Lets a screen reader read a BoundaryStrip: as its description what the readout says, as its value the
/// groups on screen. Read when it asks, so that busy traffic is not announced all the time. May be called
/// again.
void installBoundaryAccess();

}  // namespace sockstage
