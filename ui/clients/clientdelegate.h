#pragma once

#include <QStyledItemDelegate>

namespace sockstage {

class ClientsModel;

/// Keeps the colours of a cell in a selected row, and paints the rate as a line.
class ClientDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    explicit ClientDelegate(const ClientsModel* model, QObject* parent);
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override;

private:
    const ClientsModel* model_;
};

}  // namespace sockstage
