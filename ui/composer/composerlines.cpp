// SPDX-License-Identifier: GPL-3.0-or-later
#include "composerlines.h"

#include <QWidget>
#include <algorithm>
#include <utility>

namespace sockstage {

ComposerLines::ComposerLines(ComposerParts parts, int spacing) : parts_(std::move(parts)) {
    setSpacing(spacing);
    place(false);
}

void ComposerLines::place(bool narrow) {
    narrow_ = narrow;
    const int row = narrow ? 1 : 0;
    int column = 0;
    for (QWidget* part : parts_.before)
        addWidget(part, 0, column++, Qt::AlignTop);
    const int editAt = narrow ? 0 : column++;
    for (QWidget* part : parts_.after)
        addWidget(part, 0, column++, Qt::AlignTop);
    // Below each other: an empty column takes what is left, and Send stands under the length.
    const int stretched = narrow ? column++ : editAt;
    addWidget(parts_.edit, row, editAt, 1, narrow ? column : 1);
    addWidget(parts_.count, 0, column, Qt::AlignVCenter);
    for (int i = 0; i < columnCount(); ++i)
        setColumnStretch(i, i == stretched ? 1 : 0);
    for (QWidget* part : parts_.send)
        addWidget(part, row, narrow ? column : column + 1, Qt::AlignTop);
}

int ComposerLines::choicesWidth(QSize (QWidget::*hint)() const) const {
    const QWidget& send = *parts_.send.front();
    const int last = std::max({parts_.count->minimumWidth(), send.minimumWidth(), send.sizeHint().width()});
    int width = spacing() + last;
    for (const auto* choices : {&parts_.before, &parts_.after})
        for (const QWidget* part : *choices)
            width += (part->*hint)().width() + spacing();
    return width;
}

// Of two lines, also while it has one: the window could never be made narrower again.
int ComposerLines::leastWidth() const {
    return choicesWidth(&QWidget::minimumSizeHint);
}

void ComposerLines::fitTo(int width) {
    const QWidget& edit = *parts_.edit;
    const int message = edit.fontMetrics().averageCharWidth() * 24;
    const bool narrow =
        width < choicesWidth(&QWidget::sizeHint) + parts_.send.front()->sizeHint().width() + message;
    if (narrow != narrow_) place(narrow);
}

}  // namespace sockstage
