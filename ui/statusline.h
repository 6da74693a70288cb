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
    QLabel* addLabel(const char* name, bool atEnd);

    QLabel *sockets_, *receiving_, *sending_, *capture_, *unread_, *kept_;
};

/// "every byte kept", or what was not: rows evicted, bytes discarded, bytes of datagrams cut.
QString keptSentence(const Session& session);
/// The limit in binary units, as it was given: "256 MiB".
QString limitText(quint64 bytes);

}  // namespace sockstage
