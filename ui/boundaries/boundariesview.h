// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <optional>

#include "callboundaries.h"
#include "pairing.h"

class QLabel;
class QToolButton;

namespace sockstage {

class BoundaryStrip;
class FollowButton;
class ReadLimit;
struct BoundaryCallId;

/// Which bytes of which send() arrived in which recv(), of a connection that has both its ends in this
/// window. Reads the two captures only while it is on screen.
class BoundariesView : public QWidget {
    Q_OBJECT

public:
    explicit BoundariesView(Session& session, QWidget* parent = nullptr);

    /// What it is about: a connection of the session (0: none is chosen, or there is none), and its other end
    /// where that is ours.
    void setPair(std::uint32_t connection, const ConnectionEnd& other);
    void refresh();

Q_SIGNALS:
    /// The user wants to see the call that is this row of the session's capture.
    void callWanted(sockstage::Session* session, quint32 connection, quint64 row);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void makeLayout();
    QToolButton* makeDirection(bool ownSends);
    const ConnectionEnd& sender() const { return ownSends_ ? own_ : other_; }
    const ConnectionEnd& receiver() const { return ownSends_ ? other_ : own_; }
    void setDirection(bool ownSends);
    void startOver();
    void showNames();
    void showSummary();
    void showReadout();
    void activate(const BoundaryCallId& call);
    QString summary() const;
    /// Why there is nothing to show, and what to do.
    QString missingText() const;

    Session& session_;
    ConnectionEnd own_, other_;
    bool ownSends_ = true;
    std::optional<CallBoundaries> boundaries_;
    QToolButton *there_, *back_;
    QLabel *summary_, *note_, *readout_;
    ReadLimit* limit_;
    FollowButton* follow_;
    BoundaryStrip* strip_;
};

}  // namespace sockstage
