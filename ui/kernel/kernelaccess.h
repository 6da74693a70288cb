// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace sockstage {

/// Lets a screen reader read each KernelRow: its name and value as text, a bar as a value up to its limit.
/// Read when it asks, so that ten changes a second are not ten announcements. May be called again.
void installKernelAccess();

}  // namespace sockstage
