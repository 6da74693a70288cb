// SPDX-License-Identifier: GPL-3.0-or-later
#include "celldelegate.h"

#include <QPainter>
#include <QStyle>
#include <QWidget>

#include "theme.h"

namespace sockstage {

void CellDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const {
    QStyledItemDelegate::initStyleOption(option, index);
    option->palette.setColor(QPalette::Highlight, roleColors().selection);
    const QVariant foreground = index.data(Qt::ForegroundRole);
    const QColor text =
        foreground.isValid() ? foreground.value<QColor>() : option->palette.color(QPalette::Text);
    option->palette.setColor(QPalette::HighlightedText, text);
}

void CellDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                         const QModelIndex& index) const {
    const int indent = option.fontMetrics.height() * 3 / 10;  // as the style sheet indents the header
    QStyleOptionViewItem inner(option);
    initStyleOption(&inner, index);
    option.widget->style()->drawPrimitive(QStyle::PE_PanelItemViewItem, &inner, painter, option.widget);
    inner = option;
    inner.rect.adjust(indent, 0, -indent, 0);
    QStyledItemDelegate::paint(painter, inner, index);
}

}  // namespace sockstage
