// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

namespace sockstage {

/// Plain text that breaks lines, as high as the highest of the texts that it comes to show: what lies below
/// does not move when one follows another.
class SteadyLabel : public QLabel {
    Q_OBJECT

public:
    explicit SteadyLabel(QWidget* parent);
    void setTexts(const QStringList& texts);

    /// The longest of them on one line.
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    int heightForWidth(int width) const override;

private:
    QStringList texts_;
};

}  // namespace sockstage
