// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QWidget>

#include "session.h"

class QLabel;
class QPushButton;

namespace sockstage {

class ElidingLabel;

/// The first lines of a session's page: what it is, where, in which state, who can reach it; and after
/// a failure what failed.
class SessionHeader : public QWidget {
    Q_OBJECT

public:
    explicit SessionHeader(Session& session, QWidget* parent = nullptr);
    void refresh();

Q_SIGNALS:
    void againWanted();

private:
    void refreshState();
    void refreshReach();
    void refreshFailure();

    QPointer<Session> session_;
    QLabel *address_, *mark_;
    ElidingLabel* state_;
    QLabel* uptime_;
    ElidingLabel* reach_;
    QLabel* failureText_;
    QWidget* failure_;
    int shownThread_ = 0;
};

}  // namespace sockstage
