#include "socketlist.h"

#include <QItemSelectionModel>
#include <QListView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include "socketsmodel.h"
#include "strip.h"
#include "theme.h"

namespace sockstage {
namespace {

/// A shape and a colour each, so that the mark can be told without the colour; the word stands beside it.
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
        const QFontMetrics metrics(option.font);
        const int line = metrics.height(), space = line / 2;
        const QRect row = option.rect.adjusted(space, space, -space, -space);
        const auto mark = static_cast<SocketMark>(index.data(SocketsModel::MarkRole).toInt());
        const qreal size = line * 0.62;
        drawMark(painter, QRectF(row.left(), row.top() + (line - size) / 2, size, size), mark);
        const QRect first(row.left() + line + space / 2, row.top(), row.width() - line - space / 2, line);
        const QRect second = first.translated(0, line);

        QFont bold = option.font;
        bold.setWeight(QFont::DemiBold);
        // The address first: a word that is cut can be guessed, a port cannot.
        const int address = QFontMetrics(bold).horizontalAdvance(index.data().toString()) + space;
        const int wordRoom = qMax(first.width() / 4, first.width() - address);
        const int wordWidth = drawEnd(painter, option.font, first, wordRoom,
                                      index.data(SocketsModel::StateRole).toString(), wordColor(mark));
        // The end of an address is its port: that is what tells two rows apart.
        drawStart(painter, bold, first.adjusted(0, 0, -wordWidth, 0), index.data().toString(),
                  option.palette.color(QPalette::Text), Qt::ElideMiddle);
        const int ratesWidth = drawRates(painter, option.font, second, index);
        drawStart(painter, option.font, second.adjusted(0, 0, -ratesWidth, 0),
                  index.data(SocketsModel::RoleTextRole).toString(), roleColors().dimmed);
    }

    static void drawStart(QPainter& painter, const QFont& font, const QRect& box, const QString& text,
                          const QColor& color, Qt::TextElideMode elide = Qt::ElideRight) {
        painter.setFont(font);
        painter.setPen(color);
        const QString fitting = QFontMetrics(font).elidedText(text, elide, box.width());
        painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, fitting);
    }

    /// Returns the width that is no longer free.
    static int drawEnd(QPainter& painter, const QFont& font, const QRect& box, int room, const QString& text,
                       const QColor& color) {
        painter.setFont(font);
        painter.setPen(color);
        const QString fitting = QFontMetrics(font).elidedText(text, Qt::ElideRight, room);
        painter.drawText(box, Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine, fitting);
        return QFontMetrics(font).horizontalAdvance(fitting) + box.height() / 2;
    }

    static int drawRates(QPainter& painter, const QFont& font, QRect box, const QModelIndex& index) {
        const QString up = QStringLiteral("↑ ") + index.data(SocketsModel::SendingRole).toString();
        const QString down = QStringLiteral("↓ ") + index.data(SocketsModel::ReceivingRole).toString();
        const int full = box.width();
        for (const auto& [text, color] :
             {std::pair(up, roleColors().sent), std::pair(down, roleColors().received)}) {
            painter.setFont(font);
            painter.setPen(color);
            painter.drawText(box, Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine, text);
            box.setRight(box.right() - QFontMetrics(font).horizontalAdvance(text) - box.height() / 2);
        }
        return full - box.width();
    }
};

}  // namespace

SocketList::SocketList(SocketsModel& model, QWidget* parent)
    : QWidget(parent), model_(model), strip_(new Strip(tr("Sockets"), this)), view_(new QListView(this)) {
    setMinimumWidth(fontMetrics().averageCharWidth() * 24);
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
