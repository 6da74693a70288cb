// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QWidget;

namespace sockstage {

void showAbout(QWidget* parent);

}  // namespace sockstage
