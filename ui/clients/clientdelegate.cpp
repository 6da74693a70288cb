// SPDX-License-Identifier: GPL-3.0-or-later
#include "clientdelegate.h"

#include <QPainter>
#include <algorithm>

#include "clientsmodel.h"
#include "theme.h"

namespace sockstage {
namespace {

// "512 kB + 262 kB queued" in a narrow column: the tool tip has the words.
QString shortQueue(const QString& text) {
    const qsizetype plus = text.indexOf(QLatin1String("+ "));
    const qsizetype last = text.lastIndexOf(QLatin1Char(' '));
    return plus < 0 ? text : text.left(plus + 1) + text.mid(plus + 2, last - plus - 2);
}

// Scaled to its own highest rate: the line shows the course, the column beside it the amount.
void paintSparkline(QPainter& painter, const QRectF& box, const RateHistory& rates, const QColor& color) {
    float highest = 1;
    for (std::size_t i = 0; i < rates.size(); ++i)
        highest = std::max(highest, rates.at(i));
    QPolygonF line;
    const qreal step = box.width() / static_cast<qreal>(RateHistory::capacity - 1);
    for (std::size_t i = 0; i < rates.size(); ++i) {
        const qreal height = box.height() * static_cast<qreal>(rates.at(i) / highest);
        line << QPointF(box.left() + step * static_cast<qreal>(i), box.bottom() - height);
    }
    painter.setPen(QPen(color, 1.3, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(line);
}

}  // namespace

ClientDelegate::ClientDelegate(const ClientsModel* model, QObject* parent)
    : CellDelegate(parent), model_(model) {}

void ClientDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const {
    CellDelegate::initStyleOption(option, index);
    const auto column = static_cast<ClientColumn>(index.column());
    if (column == ClientColumn::Rate) option->text.clear();
    // The end of an address is its port: that distinguishes two rows.
    if (column == ClientColumn::Peer) option->textElideMode = Qt::ElideMiddle;
    if (column == ClientColumn::SendQueue &&
        option->fontMetrics.horizontalAdvance(option->text) > option->rect.width())
        option->text = shortQueue(option->text);
}

void ClientDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                           const QModelIndex& index) const {
    CellDelegate::paint(painter, option, index);
    if (static_cast<ClientColumn>(index.column()) != ClientColumn::Rate) return;
    const RateHistory* rates = model_->rates(index.row());
    if (rates == nullptr || rates->size() < 2) return;
    const int margin = option.rect.height() / 4;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const bool moving = rates->latest() > 0;
    paintSparkline(*painter, option.rect.adjusted(margin, margin, -margin, -margin), *rates,
                   moving ? roleColors().received : roleColors().dimmed);
    painter->restore();
}

}  // namespace sockstage
