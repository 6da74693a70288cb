// SPDX-License-Identifier: GPL-3.0-or-later
#include "tcpstatebox.h"

#include <QPainter>

#include "plaintext.h"
#include "tcpstatetext.h"
#include "theme.h"

namespace sockstage {
namespace {

QString reachText(const TcpBoxLook& look) {
    if (look.ownNow) return TcpStateBox::tr("the state now");
    if (look.own == Reach::Seen) return TcpStateBox::tr("was on the way");
    if (look.own == Reach::Passed) return TcpStateBox::tr("must have been on the way, not seen");
    return TcpStateBox::tr("not reached");
}

QString otherText(const TcpBoxLook& look) {
    if (look.otherNow) return TcpStateBox::tr("the other end's state now");
    if (look.other == Reach::Seen) return TcpStateBox::tr("on the other end's way");
    if (look.other == Reach::Passed) return TcpStateBox::tr("on the other end's way, not seen");
    return {};
}

}  // namespace

TcpStateBox::TcpStateBox(TcpNode node, QWidget* parent) : QLabel(tcpNodeLabel(node), parent), node_(node) {
    setTextFormat(Qt::PlainText);
    setFocusPolicy(Qt::ClickFocus);
    setAttribute(Qt::WA_Hover);
    setAccessibleDescription(tcpNodeSentence(node));
    look_.ownNow = true;  // differs from a fresh look: sets the name
    setLook({});
}

void TcpStateBox::setLook(const TcpBoxLook& look) {
    if (look == look_) return;
    look_ = look;
    QStringList words{toQString(tcpStateName(stateOf(node_))), reachText(look)};
    if (const QString other = otherText(look); !other.isEmpty()) words << other;
    const QString name = words.join(QStringLiteral(", "));
    if (name != accessibleName()) setAccessibleName(name);
    update();
}

void TcpStateBox::place(const QRectF& box, qreal ring, const QRectF& ownTag, const QRectF& otherTag) {
    const qreal around = ring + 2;
    const QRect outer = (box.adjusted(-around, -around, around, around) | ownTag | otherTag)
                            .adjusted(-1, -1, 1, 1)
                            .toAlignedRect();
    setGeometry(outer);
    box_ = box.translated(-outer.topLeft());
    ownTag_ = ownTag.translated(-outer.topLeft());
    otherTag_ = otherTag.translated(-outer.topLeft());
    ring_ = ring;
    update();
}

void TcpStateBox::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintRing(painter);
    paintBox(painter);
    if (look_.ownNow) paintTag(painter, ownTag_, look_.ownLetter, false);
    if (look_.otherNow) paintTag(painter, otherTag_, look_.otherLetter, true);
}

void TcpStateBox::paintBox(QPainter& painter) const {
    const RoleColors& colors = roleColors();
    const bool reached = look_.own != Reach::Never;
    const qreal width = reached ? 1.5 : 1;
    painter.setPen(QPen(reached ? colors.active : colors.line, width,
                        look_.own == Reach::Passed ? Qt::DashLine : Qt::SolidLine));
    painter.setBrush(look_.ownNow   ? colors.primary
                     : underMouse() ? colors.panel
                                    : palette().color(QPalette::Base));
    const QRectF frame = box_.adjusted(width / 2, width / 2, -width / 2, -width / 2);
    painter.drawRoundedRect(frame, 4, 4);
    const bool faint = !reached && look_.other == Reach::Never;
    const QColor text = look_.ownNow ? colors.primaryText
                        : faint      ? colors.dimmed
                                     : palette().color(QPalette::Text);
    if (hasFocus()) {
        painter.setPen(QPen(text, 1, Qt::DotLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(frame.adjusted(1.5, 1.5, -1.5, -1.5), 2.5, 2.5);
    }
    painter.setFont(font());
    painter.setPen(text);
    painter.drawText(box_, Qt::AlignCenter | Qt::TextSingleLine, QLabel::text());
}

void TcpStateBox::paintRing(QPainter& painter) const {
    if (look_.other == Reach::Never) return;
    painter.setPen(QPen(roleColors().received, look_.otherNow ? 2.2 : 1,
                        look_.other == Reach::Passed ? Qt::DashLine : Qt::SolidLine));
    painter.setBrush(palette().color(QPalette::Base));
    painter.drawRoundedRect(box_.adjusted(-ring_, -ring_, ring_, ring_), 4 + ring_, 4 + ring_);
}

void TcpStateBox::paintTag(QPainter& painter, const QRectF& tag, const QString& letter, bool otherEnd) const {
    if (letter.isEmpty()) return;
    const RoleColors& colors = roleColors();
    const QColor base = palette().color(QPalette::Base);
    painter.setPen(QPen(otherEnd ? colors.received : base, 1.2));
    painter.setBrush(otherEnd ? base : colors.primary);
    painter.drawEllipse(tag);
    QFont small = font();
    small.setPixelSize(std::max(6, static_cast<int>(tag.height() * 0.72)));
    small.setBold(true);
    painter.setFont(small);
    painter.setPen(otherEnd ? colors.received : colors.primaryText);
    painter.drawText(tag, Qt::AlignCenter, letter);
}

}  // namespace sockstage
