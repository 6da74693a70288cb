// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace sockstage {

/// The pictures of what looks into the kernel: panel and charts, options, steps, experiments, the demo.
/// False when one of the states was not reached.
bool takeKernelPictures(const QString& folder, const QString& suffix);

}  // namespace sockstage
