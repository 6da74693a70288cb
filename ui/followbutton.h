// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QToolButton>

namespace sockstage {

/// Whether a view stays at its newest, and the way back to that. Stands in the view's own row.
class FollowButton : public QToolButton {
    Q_OBJECT

public:
    FollowButton(const char* name, QWidget* parent);
    /// Shows what the view does; says nothing by a signal.
    void showFollowing(bool follows);

Q_SIGNALS:
    /// Somebody has pressed it.
    void followWanted(bool follow);
};

}  // namespace sockstage
