// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "session.h"

class QLineEdit;
class QMenu;

namespace sockstage {

class ShorteningButton;

/// Who gets a message, as far as it can be said now.
struct SendTarget {
    ConnectionNumbers numbers;  ///< empty: all that are open, or the session's own socket
    SocketAddress address;      ///< valid: one datagram to this address instead
    QString reason;             ///< a sentence: no peer can receive, and why; empty: good
    bool isUnwritten = false;   ///< nothing is wrong: the address has only not been typed yet
};

/// The "To" of the composer: all, the ones selected in the table, one, or (UDP) a typed address.
class TargetChoice : public QWidget {
    Q_OBJECT

public:
    explicit TargetChoice(QWidget* parent = nullptr);
    void setSession(Session* session);
    /// Follows the table: with a selection the message goes to it, without one to all again.
    void setSelected(const ConnectionNumbers& numbers);
    SendTarget target() const;
    /// Shows a typed address field and sends there.
    void chooseAddress();
    void refresh();

Q_SIGNALS:
    void changed();

private:
    enum class Mode { All, Selected, Address };
    void fillMenu();
    void addConnections(QMenu& menu);
    void chooseAll();
    void setMode(Mode mode);
    SendTarget allTarget() const;
    SendTarget selectedTarget() const;
    SendTarget addressTarget() const;
    QString label() const;
    /// The same where there is no room for it.
    QString shortLabel() const;

    Session* session_ = nullptr;
    ShorteningButton* button_;
    QLineEdit* address_;
    Mode mode_ = Mode::All;
    ConnectionNumbers numbers_;
};

}  // namespace sockstage
