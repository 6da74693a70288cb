// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QWidget>

#include "session.h"

class QLabel;
class QLineEdit;
class QSortFilterProxyModel;
class QTableView;

namespace sockstage {

class FittedText;
class OptionsModel;

/// The tab of the socket's options: all that the system knows for this kind of socket, what they are now
/// beside what was requested, and what the chosen one means. Reads them while it is on screen.
class OptionsView : public QWidget {
    Q_OBJECT

public:
    explicit OptionsView(QWidget* parent = nullptr);
    /// `connection` 0: the session's own socket.
    void setTarget(Session* session, std::uint32_t connection);
    /// On the window's tick.
    void refresh();

private:
    void setUpTable();
    void showMeaning();
    void say(const QString& sentence);
    void copyRows() const;

    QPointer<Session> session_;
    std::uint32_t connection_ = 0;
    qint64 askedNs_ = 0;
    QString said_;  ///< about the last change; until another row is chosen
    OptionsModel* model_;
    QSortFilterProxyModel* filtered_;
    QLineEdit* filter_;
    QTableView* table_;
    QLabel *whose_, *meaning_;
    FittedText* explanation_;
};

}  // namespace sockstage
