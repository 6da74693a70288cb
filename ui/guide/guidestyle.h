// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QString>

class QTextDocument;

namespace sockstage {

/// Fills an empty document with a chapter. What Qt makes of the Markdown gets room, headings, and code in a
/// box of its own, all in units of `font` and in the colours of the theme. Positions in the text do not
/// depend on either.
void fillGuideDocument(QTextDocument& document, const QString& markdown, const QFont& font);
/// The text stays as wide as is good to read; the rest of `width` becomes margin.
void setGuideWidth(QTextDocument& document, int width);

}  // namespace sockstage
