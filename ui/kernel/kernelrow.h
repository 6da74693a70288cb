// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "kernellines.h"

class QPainter;

namespace sockstage {

/// One line of the kernel's facts: a name and a value, or a bar with its legend. Its tool tip says what it
/// is.
class KernelRow : public QWidget {
    Q_OBJECT

public:
    explicit KernelRow(QWidget* parent = nullptr);
    /// Repaints only when something differs.
    void setLine(const KernelLine& line);
    const KernelLine& line() const { return line_; }
    /// The names of figures are a column of one width.
    int nameWidth() const;
    void setNameColumn(int width);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void paintFigure(QPainter& painter) const;
    void paintHeading(QPainter& painter) const;
    void paintAmounts(QPainter& painter, const QRect& box) const;
    void paintLegend(QPainter& painter, int top) const;
    QRect valueRect(int width) const;
    QRect barRect() const;
    int chargedHeight() const;
    bool hasHeading() const { return line_.bar || line_.heading; }
    bool hasCharged() const;
    std::int64_t mostInBar() const;
    /// Where the legend's entries stand, for their longest words: lines must not jump as the numbers change.
    std::vector<QPoint> legendPlaces(int width, int* height) const;

    KernelLine line_;
    QFont fixed_, small_;
    int nameColumn_ = 0;
};

}  // namespace sockstage
