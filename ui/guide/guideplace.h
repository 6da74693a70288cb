// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "stage.h"

class QWidget;

namespace sockstage {

/// Where the guide explains what this widget and those inside it show: "send", or "window#clients". F1 goes
/// there.
void setGuidePlace(QWidget* widget, const QString& place);
/// The place of the widget, or of the nearest around it that has one; empty when none has.
QString guidePlaceOf(const QWidget* widget);

/// Where a stage is explained; for one that failed, what to do about failures.
QString guidePlaceOf(Stage stage, Role role, bool failed);

}  // namespace sockstage
