// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QGridLayout>
#include <vector>

namespace sockstage {

/// The parts of the composer in the order in which they are read.
struct ComposerParts {
    std::vector<QWidget*> before, after;  ///< choices on either side of the message
    QWidget* edit = nullptr;
    QWidget* count = nullptr;
    std::vector<QWidget*> send;  ///< one of them is shown
};

/// Where they stand: in one line where there is room, else the choices above the message. A matter of the
/// width alone.
class ComposerLines : public QGridLayout {
    Q_OBJECT

public:
    ComposerLines(ComposerParts parts, int spacing);
    void fitTo(int width);
    /// All choices in one row, their shortest words in them.
    int leastWidth() const;

private:
    int choicesWidth(QSize (QWidget::*hint)() const) const;
    void place(bool narrow);

    const ComposerParts parts_;
    bool narrow_ = false;
};

}  // namespace sockstage
