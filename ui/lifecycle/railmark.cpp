// SPDX-License-Identifier: GPL-3.0-or-later
#include "railmark.h"

#include <QPainter>
#include <QtMath>

#include "strip.h"
#include "theme.h"

namespace sockstage {

RailMark::RailMark(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("railMark"));
}

void RailMark::setText(const QString& who, const QString& fact, bool chosen) {
    if (who == who_ && fact == fact_ && chosen == chosen_) return;
    who_ = who;
    fact_ = fact;
    chosen_ = chosen;
    setToolTip(plainToolTip(tr("The cards behind this are those of %1 %2").arg(who, fact)));
    setAccessibleName(tr("%1, %2").arg(who, fact));
    update();
}

// The same for every text, so that choosing a client moves nothing.
QSize RailMark::sizeHint() const {
    QFont bold = font();
    bold.setBold(true);
    // With fractions, as in the cards: whole numbers are less than what is painted.
    const qreal text = QFontMetricsF(bold).horizontalAdvance(tr("all clients"));
    return {leftOfText() + qCeil(text) + 1, fontMetrics().height() * 2};
}

int RailMark::leftOfText() const {
    return fontMetrics().height() * 7 / 10;
}

void RailMark::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const qreal line = fontMetrics().height(), arm = line / 5;
    const QColor color = chosen_ ? roleColors().done : roleColors().dimmed;
    const QPointF tip(line * 0.45, height() / 2.0);
    painter.setPen(QPen(color, line / 9, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(QPolygonF({tip + QPointF(-arm, -arm * 1.6), tip, tip + QPointF(-arm, arm * 1.6)}));
    const QRect text = rect().adjusted(leftOfText(), 0, 0, 0);
    const QRect upper(text.left(), height() / 2 - fontMetrics().height(), text.width(),
                      fontMetrics().height());
    QFont bold = font();
    bold.setBold(true);
    painter.setFont(bold);
    painter.setPen(chosen_ ? palette().color(QPalette::Text) : roleColors().dimmed);
    painter.drawText(upper, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                     QFontMetrics(bold).elidedText(who_, Qt::ElideMiddle, upper.width()));
    painter.setFont(font());
    painter.setPen(roleColors().dimmed);
    painter.drawText(upper.translated(0, upper.height()),
                     Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                     fontMetrics().elidedText(fact_, Qt::ElideRight, upper.width()));
}

}  // namespace sockstage
