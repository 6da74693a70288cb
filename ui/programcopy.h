// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "callprogram.h"
#include "session.h"

namespace sockstage {

/// The calls on record as a C++ program, to the clipboard; the status line of the window of `from` says so.
void copyProgram(QWidget& from, const Session& session, const ProgramScope& scope);
/// Asks for a file and writes the program into it; the status line says how it went. Does not wait for the
/// answer.
void saveProgram(QWidget& from, const Session& session, const ProgramScope& scope);

/// Shows a sentence in the status line of the window that `from` is in, for a few seconds.
void noteInStatusLine(QWidget& from, const QString& sentence);

}  // namespace sockstage
