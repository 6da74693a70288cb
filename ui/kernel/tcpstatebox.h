// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

#include "tcptrace.h"

namespace sockstage {

/// What a box shows of the two ends. Plain values, so that it repaints only when one differs.
struct TcpBoxLook {
    Reach own = Reach::Never, other = Reach::Never;
    bool ownNow = false, otherNow = false;
    QString ownLetter{}, otherLetter{};  ///< empty: there is only one end, and no mark is needed
    bool operator==(const TcpBoxLook&) const = default;
};

/// One state of the diagram. A widget of its own, so that the keyboard and a screen reader find it. Our end
/// fills the box and frames it, the other end has a second frame around it.
class TcpStateBox : public QLabel {
    Q_OBJECT

public:
    TcpStateBox(TcpNode node, QWidget* parent);
    TcpNode node() const { return node_; }
    void setLook(const TcpBoxLook& look);
    const TcpBoxLook& look() const { return look_; }
    /// `box`, `ownTag`, `otherTag`: in the parent's coordinates; `ring`: distance of the second frame.
    void place(const QRectF& box, qreal ring, const QRectF& ownTag, const QRectF& otherTag);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void paintBox(QPainter& painter) const;
    void paintRing(QPainter& painter) const;
    void paintTag(QPainter& painter, const QRectF& tag, const QString& letter, bool otherEnd) const;

    const TcpNode node_;
    TcpBoxLook look_;
    QRectF box_, ownTag_, otherTag_;
    qreal ring_ = 0;
};

}  // namespace sockstage
