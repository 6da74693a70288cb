// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "celldelegate.h"

namespace sockstage {

class ClientsModel;

/// Paints the rate as a line, and shortens a long queue.
class ClientDelegate : public CellDelegate {
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
