// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QMainWindow>
#include <QTimer>
#include <memory>
#include <optional>

#include "session.h"
#include "theme.h"

class QSplitter;
class QStackedWidget;
class QToolButton;

namespace sockstage {

class Demo;
class EmptyPage;
class Experiments;
class Guide;
class Observation;
class SessionPage;
class SocketActions;
class SocketList;
class SocketsModel;
class StatusLine;

/// The window: the list of sockets, the page of the chosen one, and what can be done to it.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    /// `theme`: already applied; without it the remembered one is taken for the menu.
    explicit MainWindow(std::optional<Theme> theme = {});
    ~MainWindow() override;

    Session* openSocket(const SocketConfig& config);
    void startDemo();
    /// An experiment of this id, as sceneTexts() has it.
    void startScene(const QString& id);
    /// Applies and remembers it.
    void setTheme(Theme theme);
    SocketsModel& sockets() const { return *sockets_; }
    SessionPage* currentPage() const;
    /// The page of a session, made when it is first looked at.
    SessionPage* pageOf(Session* session);
    void select(const Session* session);

Q_SIGNALS:
    /// After the window was closed: all sessions have finished, or had their time.
    void everythingClosed();

protected:
    void closeEvent(QCloseEvent* event) override;
    bool event(QEvent* event) override;

private:
    void makeMenus();
    void makeSocketMenu();
    void makeViewMenu();
    void makeToolBar();
    void makeCentre();
    void tellGuide();
    QAction* addAction(QMenu& menu, const QString& text, const QKeySequence& keys, void (MainWindow::*act)());

    void newSocket();
    void newSocketOf(Role role);
    void runAgain();
    void followExperiment();
    void openAgain(SocketConfig config);
    void removeFinished();
    void remove(Session* session);
    void look(Session* session, quint32 connection);
    void showPage(Session* session);
    void focusComposer();
    void sendMessage();
    void focusFind();
    void findNext();
    void findPrevious();
    void resetLayout();
    void refresh();
    void themeChanged();
    void sayClosed();
    void saveLayout();
    void restoreLayout();

    SocketsModel* sockets_;
    std::unique_ptr<Observation> observation_;
    SocketActions* actions_;
    SocketList* list_;
    EmptyPage* empty_;
    QStackedWidget* stack_;
    QSplitter* splitter_;
    StatusLine* status_;
    QToolButton* newButton_;
    Demo* demo_ = nullptr;
    Experiments* experiments_;
    Guide* guide_;
    QHash<Session*, SessionPage*> pages_;
    QTimer timer_;
    Theme theme_ = Theme::System;
    bool closedSaid_ = false;
};

}  // namespace sockstage
