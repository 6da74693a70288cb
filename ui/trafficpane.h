// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "pairing.h"

class QLabel;
class QLineEdit;
class QStackedWidget;
class QToolButton;

namespace sockstage {

class BoundariesView;
class ChoiceButton;
class FollowButton;
class OptionsView;
class RecordView;
class TcpChartsView;
class ThroughputView;
class ViewTabs;

/// The tabs below the clients: traffic and system calls, with what they have in common (whose records, text
/// or hex, and whether they follow the end), call boundaries, throughput, the kernel's figures over time, and
/// the socket's options.
class TrafficPane : public QWidget {
    Q_OBJECT

public:
    explicit TrafficPane(Session& session, QWidget* parent = nullptr);
    void setSelected(const ConnectionNumbers& numbers);
    void focusFind();
    void findNext(bool forward);
    void setHex(bool hex);
    /// The tab System calls, or Traffic.
    void showCalls(bool calls);
    /// The socket whose kernel figures and options are shown; 0: the session's own.
    void setObserved(std::uint32_t connection);
    /// The connection whose call boundaries are shown (0: none), and its other end. To be kept true while
    /// showsBoundaries().
    void setPair(std::uint32_t connection, const ConnectionEnd& other);
    bool showsBoundaries() const;
    /// One of the two lists of records is in front.
    bool showsRecords() const;
    /// This row of the session's capture, in the list of traffic.
    void showRow(quint64 captureRow);
    void refresh();

Q_SIGNALS:
    void rowSelected(quint64 captureRow);
    void tabChosen();
    void boundariesShown();
    /// A call of another session of this window is to be looked at.
    void callWanted(sockstage::Session* session, quint32 connection, quint64 row);

private:
    QWidget* makeTabs();
    QWidget* makeRow();
    void setFind(const QString& text);
    void showFound(bool found);
    void showScope();
    RecordView* addView(RecordView* view, const QString& title);
    void addTab(QWidget* view, const QString& title, const QString& shortTitle = {});
    /// The list of records that is shown, or the traffic where another tab is.
    RecordView* current() const;
    void tellGuide();
    void tabChanged();
    void showCall(Session* session, quint32 connection, quint64 row);
    void applyScope();
    void applyNotation();
    void showFollow();

    Session& session_;
    ViewTabs* tabs_;
    QLineEdit* find_;
    QLabel* found_;
    QToolButton* scope_;
    ChoiceButton* notation_;
    FollowButton* follow_;
    QWidget* row_ = nullptr;
    QStackedWidget* stack_;
    RecordView *traffic_, *calls_;
    BoundariesView* boundaries_;
    ThroughputView* throughput_;
    TcpChartsView* charts_;
    OptionsView* options_;
    std::uint32_t observed_ = 0;
    ConnectionNumbers selected_;
};

}  // namespace sockstage
