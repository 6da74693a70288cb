// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

#include "stagefacts.h"

namespace sockstage {

/// One stage on the rail. A button of its own, so that the keyboard and a screen reader find it.
class StageCard : public QAbstractButton {
    Q_OBJECT

public:
    explicit StageCard(QWidget* parent);
    void setFacts(const StageFacts& facts);
    const StageFacts& facts() const { return facts_; }
    /// The colour of its frame and of the line that leaves it.
    QColor stateColor() const;
    /// Set up once: what it shows does not change any more, so the card may be as wide as that.
    static bool growsWithFact(Stage stage);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void paintFrame(QPainter& painter) const;
    void paintMark(QPainter& painter, const QRectF& box) const;
    QString toolTipText() const;
    QString fittingFact(qreal width) const;

    StageFacts facts_;
};

}  // namespace sockstage
