// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>

#include "session.h"

class QSettings;
class QSplitter;

namespace sockstage {

class BytesPanel;
class ClientsTable;
class Composer;
class LifecycleRail;
class Observation;
class SessionHeader;
class SideColumn;
class StepBar;
class TrafficPane;

/// Everything about one session. Reads it on its own tick, and only while it is on screen; nothing
/// here is driven by the traffic itself.
class SessionPage : public QWidget {
    Q_OBJECT

public:
    SessionPage(Session& session, Observation& observation, QWidget* parent = nullptr);

    Session& session() const { return session_; }
    Composer& composer() const { return *composer_; }
    TrafficPane& traffic() const { return *traffic_; }
    ClientsTable& clients() const { return *clients_; }
    LifecycleRail& rail() const { return *rail_; }
    SideColumn& side() const { return *side_; }

    /// The clients that are chosen in the table of a TCP server, ended ones too: whom the verbs mean. Empty:
    /// the session.
    ConnectionNumbers chosen() const;
    /// Those of them that are open: on whom a verb can act.
    ConnectionNumbers targets() const;
    /// The chosen rows of the table, of whatever role.
    const ConnectionNumbers& selected() const { return selected_; }
    /// What close() would do to bytes of the targets that the kernel holds and that are unread; empty: there
    /// are none.
    const QString& unreadWarning() const { return unread_; }
    bool isAnythingHeld() const;
    /// There is a next step: step() makes it.
    bool canStep() const;
    /// Exactly one held stage, the one that is shown as the next: of the one selected client, else of the
    /// session.
    void step();
    /// Releases every hold.
    void run();

    /// While an experiment of these sockets is on, its bar has the place of the step bar.
    void setExperimentOn(bool on);

    void saveState(QSettings& settings) const;
    void restoreState(QSettings& settings);
    void resetLayout();

Q_SIGNALS:
    void againWanted();
    /// The same, with SO_REUSEADDR.
    void againWithReuseWanted();
    void selectionChanged();

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QWidget* makeCentre();
    QWidget* makeScrolling(QWidget* content);
    void connectParts();
    void tellGuide();
    void shareColumns();
    void shareRows();
    void tick();
    std::uint32_t observed() const;
    void pair();
    void followSelection();
    void lookForUnread();
    std::uint32_t steppedConnection() const;
    void markNext();

    Session& session_;
    Observation& observation_;
    SessionHeader* header_;
    StepBar* steps_;
    LifecycleRail* rail_;
    ClientsTable* clients_;
    TrafficPane* traffic_;
    BytesPanel* bytes_;
    Composer* composer_;
    SideColumn* side_;
    QSplitter *columns_, *rows_;
    QTimer timer_;
    ConnectionNumbers selected_;
    QString unread_;
    bool bytesWanted_ = false;  ///< a row was chosen, and its bytes were not put away
    bool rowsMoved_ = false;    ///< the user has set the heights by hand
    unsigned ticks_ = 0;
};

}  // namespace sockstage
