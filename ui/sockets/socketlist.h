// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRectF>
#include <QWidget>

class QListView;
class QModelIndex;

namespace sockstage {

class Session;
class SocketsModel;
class Strip;

/// Where the parts of a row are painted. The rates give way first: no box, not shown.
struct SocketRowPlan {
    QRectF mark;
    QRect address, word, role, rates;
    QString state;  ///< what is in `word`
};
SocketRowPlan planSocketRow(const QRect& row, const QFont& font, const QModelIndex& index);

/// The left column: every session, one row of two lines each.
class SocketList : public QWidget {
    Q_OBJECT

public:
    explicit SocketList(SocketsModel& model, QWidget* parent = nullptr);
    /// The row's actions; also what the row's context menu offers.
    void setRowActions(const QList<QAction*>& actions);
    Session* current() const;
    void select(const Session* session);

Q_SIGNALS:
    /// nullptr when the list is empty.
    void currentChanged(sockstage::Session* session);

private:
    void countRows();

    SocketsModel& model_;
    Strip* strip_;
    QListView* view_;
};

}  // namespace sockstage
