// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStatusBar>

#include "session.h"

class QLabel;

namespace sockstage {

class SessionPage;
class SocketsModel;

/// The last line of the window: what is open, how fast bytes move, how much of the capture's limit is
/// used, and whether anything was lost.
class StatusLine : public QStatusBar {
    Q_OBJECT

public:
    explicit StatusLine(QWidget* parent = nullptr);
    void refresh(const SocketsModel& sockets, const SessionPage* page);

private:
    enum class Place : std::uint8_t { First, Left, Right, Last };
    QLabel* addLabel(const char* name, Place place);

    QLabel *sockets_, *receiving_, *sending_, *capture_, *unread_, *kept_;
};

/// "capture 1.1 MB of 256 MB", what the table of connections takes beside it where that is much, and how many
/// have left it.
QString captureText(const Session& session);
QString captureToolTip(const Session& session);
/// "every byte kept", or what was not: datagrams that the kernel dropped, rows evicted, bytes never sent,
/// bytes cut off datagrams.
QString keptSentence(const Session& session);

}  // namespace sockstage
