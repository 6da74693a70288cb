// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

class QTextLayout;

namespace sockstage {

/// Text that begins in what a row above it leaves free, and goes on below at full width. The row lies over
/// it, in the same cell of a layout; its height is a function of the width alone.
class SceneWords : public QLabel {
    Q_OBJECT

public:
    SceneWords(const QWidget* head, QWidget* parent);
    /// What the row takes of its own line: at its beginning, and at its end.
    void setTaken(int left, int right);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    /// How many lines it takes at its width, without the one beside the step.
    int linesBelow() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    /// Breaks the text into lines; returns where the last one ends.
    qreal layOut(QTextLayout& text, int width) const;

    const QWidget* head_;
    int left_ = 0, right_ = 0;
};

}  // namespace sockstage
