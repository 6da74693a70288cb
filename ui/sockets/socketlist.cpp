// SPDX-License-Identifier: GPL-3.0-or-later
#include "socketlist.h"

#include <QItemSelectionModel>
#include <QListView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>
#include <algorithm>

#include "socketsmodel.h"
#include "strip.h"
#include "theme.h"

namespace sockstage {
namespace {

/// A shape and a colour each, so that the mark can be recognized without the colour; the word stands beside
/// it.
void drawMark(QPainter& painter, const QRectF& box, SocketMark mark) {
    const RoleColors& colors = roleColors();
    const qreal pen = box.width() / 6;
    const auto stroke = [&](const QColor& color) {
        painter.setPen(QPen(color, pen, Qt::SolidLine, Qt::RoundCap));
    };
    const QRectF ring = box.adjusted(pen / 2, pen / 2, -pen / 2, -pen / 2);
    painter.setBrush(Qt::NoBrush);
    switch (mark) {
        case SocketMark::Waiting:
            stroke(colors.active);
            painter.drawEllipse(ring);
            painter.setBrush(colors.active);
            painter.drawEllipse(box.center(), pen, pen);
            break;
        case SocketMark::Connected:
            painter.setPen(Qt::NoPen);
            painter.setBrush(colors.done);
            painter.drawEllipse(box);
            break;
        case SocketMark::Held:
            stroke(colors.held);
            for (const qreal at : {0.3, 0.7})
                painter.drawLine(QPointF(box.left() + box.width() * at, ring.top()),
                                 QPointF(box.left() + box.width() * at, ring.bottom()));
            break;
        case SocketMark::Failed:
            stroke(colors.failed);
            painter.drawLine(ring.topLeft(), ring.bottomRight());
            painter.drawLine(ring.topRight(), ring.bottomLeft());
            break;
        case SocketMark::Ended:
            stroke(colors.dimmed);
            painter.drawEllipse(ring);
            break;
    }
}

QColor wordColor(SocketMark mark) {
    const RoleColors& colors = roleColors();
    if (mark == SocketMark::Failed) return colors.failed;
    return mark == SocketMark::Held ? colors.held : colors.dimmed;
}

QFont boldOf(QFont font) {
    font.setWeight(QFont::DemiBold);
    return font;
}

std::pair<QString, QString> ratesOf(const QModelIndex& index) {
    return {QStringLiteral("↓ ") + index.data(SocketsModel::ReceivingRole).toString(),
            QStringLiteral("↑ ") + index.data(SocketsModel::SendingRole).toString()};
}

class RowDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const override {
        const QFontMetrics metrics(option.font);
        return {metrics.horizontalAdvance(QLatin1Char('0')) * 20, metrics.height() * 2 + metrics.height()};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const bool selected = (option.state & QStyle::State_Selected) != 0;
        if (selected) painter->fillRect(option.rect, roleColors().selection);
        if (!selected && (option.state & QStyle::State_MouseOver) != 0)
            painter->fillRect(option.rect, roleColors().panel);
        painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                          roleColors().line);
        if ((option.state & QStyle::State_HasFocus) != 0)
            painter->fillRect(QRect(option.rect.topLeft(), QSize(3, option.rect.height())),
                              roleColors().primary);
        drawRow(*painter, option, index);
        painter->restore();
    }

private:
    static void drawRow(QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex& index) {
        const SocketRowPlan plan = planSocketRow(option.rect, option.font, index);
        const auto mark = static_cast<SocketMark>(index.data(SocketsModel::MarkRole).toInt());
        drawMark(painter, plan.mark, mark);
        // The end of an address is its port: that distinguishes two rows.
        drawStart(painter, boldOf(option.font), plan.address, index.data().toString(),
                  option.palette.color(QPalette::Text), Qt::ElideMiddle);
        drawEnd(painter, option.font, plan.word, plan.state, wordColor(mark));
        drawStart(painter, option.font, plan.role, index.data(SocketsModel::RoleTextRole).toString(),
                  roleColors().dimmed);
        if (!plan.rates.isEmpty()) drawRates(painter, option.font, plan.rates, index);
    }

    static void drawStart(QPainter& painter, const QFont& font, const QRect& box, const QString& text,
                          const QColor& color, Qt::TextElideMode elide = Qt::ElideRight) {
        painter.setFont(font);
        painter.setPen(color);
        const QString fitting = QFontMetrics(font).elidedText(text, elide, box.width());
        painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, fitting);
    }

    static void drawEnd(QPainter& painter, const QFont& font, const QRect& box, const QString& text,
                        const QColor& color) {
        painter.setFont(font);
        painter.setPen(color);
        const QString fitting = QFontMetrics(font).elidedText(text, Qt::ElideRight, box.width());
        painter.drawText(box, Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine, fitting);
    }

    static void drawRates(QPainter& painter, const QFont& font, QRect box, const QModelIndex& index) {
        const auto [down, up] = ratesOf(index);
        drawEnd(painter, font, box, up, roleColors().sent);
        box.setRight(box.right() - QFontMetrics(font).horizontalAdvance(up) - box.height() / 2);
        drawEnd(painter, font, box, down, roleColors().received);
    }
};

}  // namespace

SocketRowPlan planSocketRow(const QRect& row, const QFont& font, const QModelIndex& index) {
    const QFontMetrics metrics(font);
    // A pixel for the fractions: elidedText() compares with them.
    const auto widthOf = [&](const QString& text) { return metrics.horizontalAdvance(text) + 1; };
    const int line = metrics.height(), space = line / 2;
    const QRect inner = row.adjusted(space, space, -space, -space);
    const qreal size = line * 0.62;
    const QRect first(inner.left() + line + space / 2, inner.top(), inner.width() - line - space / 2, line);
    SocketRowPlan plan;
    plan.mark = QRectF(inner.left(), inner.top() + (line - size) / 2, size, size);
    plan.address = first;
    plan.role = first.translated(0, line);
    const int address = QFontMetrics(boldOf(font)).horizontalAdvance(index.data().toString()) + 1;
    plan.state = index.data(SocketsModel::StateRole).toString();
    const int role = widthOf(index.data(SocketsModel::RoleTextRole).toString());
    // "held before connect" must not take the place of the socket's name: the page says before what.
    const bool held = index.data(SocketsModel::MarkRole).toInt() == static_cast<int>(SocketMark::Held);
    const bool fits = std::min(address, role) + space + widthOf(plan.state) <= first.width();
    if (held && !fits) plan.state = SocketList::tr("held");
    const int word = widthOf(plan.state);
    const bool beside = address + space + word <= first.width();
    // Where it does not fit beside the address, the state's word takes the place of the rates.
    QRect& shared = beside ? plan.address : plan.role;
    plan.word = shared;
    plan.word.setLeft(std::max(shared.left(), shared.right() + 1 - word));
    shared.setRight(plan.word.left() - space - 1);
    if (!beside) return plan;
    const auto [down, up] = ratesOf(index);
    const int rates = widthOf(down) + space + widthOf(up);
    if (role + space + rates > plan.role.width()) return plan;
    plan.rates = plan.role;
    plan.rates.setLeft(plan.role.right() + 1 - rates);
    plan.role.setRight(plan.rates.left() - space - 1);
    return plan;
}

SocketList::SocketList(SocketsModel& model, QWidget* parent)
    : QWidget(parent), model_(model), strip_(new Strip(tr("Sockets"), this)), view_(new QListView(this)) {
    // A role and a state's word side by side, with the mark, the margins and a scroll bar.
    const int line = fontMetrics().height();
    setMinimumWidth(fontMetrics().horizontalAdvance(tr("TCP server") + tr("connected")) + line * 7 / 2);
    view_->setModel(&model_);
    view_->setItemDelegate(new RowDelegate(view_));
    view_->setFrameShape(QFrame::NoFrame);
    view_->setUniformItemSizes(true);
    view_->setMouseTracking(true);
    view_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    view_->setContextMenuPolicy(Qt::ActionsContextMenu);
    view_->setObjectName(QStringLiteral("sockets"));
    view_->setAccessibleName(tr("Sockets"));
    view_->setAccessibleDescription(tr("Every socket of this window; the arrow keys choose one."));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(strip_);
    column->addWidget(view_);
    connect(view_->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this] { Q_EMIT currentChanged(current()); });
    connect(&model_, &QAbstractItemModel::rowsInserted, this, &SocketList::countRows);
    connect(&model_, &QAbstractItemModel::rowsRemoved, this, &SocketList::countRows);
    countRows();
}

void SocketList::setRowActions(const QList<QAction*>& actions) {
    view_->addActions(actions);
}

Session* SocketList::current() const {
    const QModelIndex index = view_->currentIndex();
    return index.isValid() ? model_.at(index.row()) : nullptr;
}

void SocketList::select(const Session* session) {
    view_->setCurrentIndex(model_.index(model_.rowOf(session)));
}

void SocketList::countRows() {
    strip_->setFact(QString::number(model_.rowCount()));
}

}  // namespace sockstage
