// SPDX-License-Identifier: GPL-3.0-or-later
#include "followbutton.h"

namespace sockstage {

FollowButton::FollowButton(const char* name, QWidget* parent) : QToolButton(parent) {
    setObjectName(QLatin1String(name));
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setProperty("quiet", true);
    setProperty("small", true);
    setToolTip(tr("Stay at the newest; looking back stops this, End goes on"));
    connect(this, &QToolButton::clicked, this, &FollowButton::followWanted);
    showFollowing(true);
}

void FollowButton::showFollowing(bool follows) {
    setChecked(follows);
    // The word as well as the colour: a pressed button alone is easily missed.
    const QString now = follows ? tr("✓ Follow") : tr("Follow");
    if (text() != now) setText(now);
}

}  // namespace sockstage
