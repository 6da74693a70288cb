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
class SessionHeader;
class StageInspector;
class TrafficPane;

/// Everything about one session. Reads it on its own tick, and only while it is on screen; nothing
/// here is driven by the traffic itself.
class SessionPage : public QWidget {
    Q_OBJECT

public:
    explicit SessionPage(Session& session, QWidget* parent = nullptr);

    Session& session() const { return session_; }
    Composer& composer() const { return *composer_; }
    TrafficPane& traffic() const { return *traffic_; }
    ClientsTable& clients() const { return *clients_; }
    LifecycleRail& rail() const { return *rail_; }

    /// The open clients that are selected in the table of a TCP server; empty: the session itself is meant.
    ConnectionNumbers targets() const;
    /// Bytes that the kernel holds for the targets and nobody has read: close() would then send a reset.
    quint64 unreadBytes() const;
    bool isAnythingHeld() const;
    /// Exactly one held stage: of the one selected client, else of the session.
    void step();

    void saveState(QSettings& settings) const;
    void restoreState(QSettings& settings);
    void resetLayout();

Q_SIGNALS:
    void againWanted();
    void selectionChanged();

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QWidget* makeCentre();
    QWidget* makeScrolling(QWidget* content);
    void connectParts();
    void tick();
    void followSelection();
    bool isConnectionHeld(std::uint32_t number) const;

    Session& session_;
    SessionHeader* header_;
    LifecycleRail *rail_, *clientRail_;
    ClientsTable* clients_;
    TrafficPane* traffic_;
    BytesPanel* bytes_;
    Composer* composer_;
    StageInspector* inspector_;
    QSplitter *columns_, *rows_;
    QTimer timer_;
    unsigned ticks_ = 0;
};

}  // namespace sockstage
