// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "kernelfacts.h"

namespace sockstage {

/// A look at the kernel in one line: what matters in this state, and only what it reported.
std::string kernelText(const KernelFacts& facts);

}  // namespace sockstage
