// SPDX-License-Identifier: GPL-3.0-or-later
#include "sidesection.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

#include "livetext.h"
#include "strip.h"
#include "theme.h"

namespace sockstage {

SideHeader::SideHeader(QWidget* parent)
    : QAbstractButton(parent), title_(makeLabel({}, this)), note_(makeLabel({}, this)) {
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    QFont bold = title_->font();
    bold.setWeight(QFont::DemiBold);
    title_->setFont(bold);
    setTone(note_, Tone::Dimmed);
    note_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    // Like Strip; the chevron stands behind the note.
    const int space = fontMetrics().height() / 2;
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(space, space * 2 / 3, space * 3, space * 2 / 3 + 1);
    row->addWidget(title_);
    row->addStretch();
    row->addWidget(note_);
    connect(this, &QAbstractButton::clicked, this, [this] { Q_EMIT foldWanted(!folded_); });
}

void SideHeader::setTitle(const QString& title) {
    if (title_->text() == title) return;
    title_->setText(title);
    describe();
}

void SideHeader::setNote(const QString& note) {
    if (note_->text() == note) return;
    showLive(*note_, note);
    describe();
}

void SideHeader::setFolded(bool folded) {
    folded_ = folded;
    setToolTip(plainToolTip(folded ? tr("Unfold (Right)") : tr("Fold (Left)")));
    describe();
    update();
}

void SideHeader::describe() {
    QStringList words{title_->text()};
    if (!note_->text().isEmpty()) words << note_->text();
    words << (folded_ ? tr("folded") : tr("unfolded"));
    setAccessibleName(words.join(QStringLiteral(", ")));
}

void SideHeader::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Return:
        case Qt::Key_Enter:
            return click();
        case Qt::Key_Left:
            Q_EMIT foldWanted(true);
            return;
        case Qt::Key_Right:
            Q_EMIT foldWanted(false);
            return;
        default:
            QAbstractButton::keyPressEvent(event);
    }
}

void SideHeader::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), underMouse() ? roleColors().selection : roleColors().panel);
    painter.fillRect(0, height() - 1, width(), 1, palette().color(QPalette::Mid));
    painter.setRenderHint(QPainter::Antialiasing);
    const qreal line = fontMetrics().height(), arm = line * 0.22;
    const QPointF centre(width() - line * 0.8, (height() - 1) / 2.0);
    painter.setPen(QPen(roleColors().dimmed, line * 0.1, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    // Drawn, so that no font has to have it: "›" folded, "⌄" unfolded.
    const QPolygonF chevron = folded_
                                  ? QPolygonF({centre + QPointF(-arm / 2, -arm), centre + QPointF(arm / 2, 0),
                                               centre + QPointF(-arm / 2, arm)})
                                  : QPolygonF({centre + QPointF(-arm, -arm / 2), centre + QPointF(0, arm / 2),
                                               centre + QPointF(arm, -arm / 2)});
    painter.drawPolyline(chevron);
    if (!hasFocus()) return;
    painter.setPen(QPen(palette().color(QPalette::Text), 1, Qt::DotLine));
    painter.drawRoundedRect(QRectF(rect()).adjusted(2.5, 2.5, -2.5, -3.5), 2.5, 2.5);
}

SideSection::SideSection(const QString& id, const QString& title, QWidget* content, QWidget* parent)
    : QWidget(parent), id_(id), header_(new SideHeader(this)), content_(content) {
    header_->setObjectName(QStringLiteral("section.") + id);
    header_->setTitle(title);
    header_->setFolded(false);
    // The column scrolls, not what is in it: each part keeps its full height.
    QSizePolicy policy = content->sizePolicy();
    policy.setVerticalPolicy(QSizePolicy::Minimum);
    content->setSizePolicy(policy);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(header_);
    column->addWidget(content);
    connect(header_, &SideHeader::foldWanted, this, &SideSection::setFolded);
}

void SideSection::setFolded(bool folded) {
    folded_ = folded;
    header_->setFolded(folded);
    content_->setVisible(!folded);
}

}  // namespace sockstage
