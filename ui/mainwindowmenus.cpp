// SPDX-License-Identifier: GPL-3.0-or-later
#include <QActionGroup>
#include <QMenuBar>
#include <QToolBar>
#include <QToolButton>

#include "composer.h"
#include "experiments.h"
#include "guide.h"
#include "helpdialogs.h"
#include "mainwindow.h"
#include "sessionpage.h"
#include "sessiontext.h"
#include "socketactions.h"
#include "trafficpane.h"

// The window's tool bar and menus: what is offered where, and under which keys.
namespace sockstage {

void MainWindow::makeToolBar() {
    QToolBar* bar = QMainWindow::addToolBar(tr("Tool bar"));
    bar->setObjectName(QStringLiteral("toolBar"));
    bar->setMovable(false);
    bar->setContextMenuPolicy(Qt::PreventContextMenu);
    bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    const int line = fontMetrics().height();
    bar->setIconSize(QSize(line * 4 / 5, line * 4 / 5));
    newButton_->setText(tr("New socket"));
    newButton_->setObjectName(QStringLiteral("newSocket"));
    newButton_->setToolTip(tr("Open a socket (Ctrl+N)"));
    newButton_->setProperty("primary", true);
    newButton_->setPopupMode(QToolButton::InstantPopup);
    newButton_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    newButton_->setFocusPolicy(Qt::StrongFocus);
    auto* roles = new QMenu(newButton_);
    for (const Role role : allRoles)
        roles->addAction(tr("%1…").arg(roleText(role)), this, [this, role] { newSocketOf(role); });
    newButton_->setMenu(roles);
    bar->addWidget(newButton_);
    bar->addSeparator();
    bar->addActions({actions_->run, actions_->step, actions_->stepMode, actions_->shutDown, actions_->close,
                     actions_->reset});
}

QAction* MainWindow::addAction(QMenu& menu, const QString& text, const QKeySequence& keys,
                               void (MainWindow::*act)()) {
    QAction* action = menu.addAction(text, this, act);
    action->setShortcut(keys);
    return action;
}

void MainWindow::makeMenus() {
    QMenu* file = menuBar()->addMenu(tr("&File"));
    addAction(*file, tr("&New socket…"), QKeySequence::New, &MainWindow::newSocket);
    addAction(*file, tr("Start the loopback &demo"), {}, &MainWindow::startDemo);
    file->addSeparator();
    QAction* quit = file->addAction(tr("&Quit"), this, &QWidget::close);
    quit->setShortcut(Qt::CTRL | Qt::Key_Q);
    makeSocketMenu();
    QMenu* message = menuBar()->addMenu(tr("&Message"));
    addAction(*message, tr("&Write a message"), Qt::CTRL | Qt::Key_L, &MainWindow::focusComposer);
    QAction* send = addAction(*message, tr("&Send"), {}, &MainWindow::sendMessage);
    send->setShortcuts({Qt::CTRL | Qt::Key_Return, Qt::CTRL | Qt::Key_Enter});
    message->addAction(tr("Send a &file…"), this, [this] {
        if (SessionPage* page = currentPage()) page->composer().chooseFile();
    });
    makeViewMenu();
    menuBar()->addMenu(experiments_->menu());
    QMenu* help = menuBar()->addMenu(tr("&Help"));
    help->addAction(guide_->action());
    QAction* shortcuts = help->addAction(tr("&Keyboard shortcuts"), guide_,
                                         [this] { guide_->openAt(QStringLiteral("shortcuts")); });
    shortcuts->setObjectName(QStringLiteral("shortcuts"));
    help->addAction(tr("&About Sockstage"), this, [this] { showAbout(this); });
}

void MainWindow::makeSocketMenu() {
    QMenu* menu = menuBar()->addMenu(tr("&Socket"));
    menu->setToolTipsVisible(true);
    menu->addActions({actions_->run, actions_->step, actions_->stepMode});
    menu->addSeparator();
    menu->addActions({actions_->shutDown, actions_->close, actions_->reset});
    menu->addSeparator();
    menu->addActions({actions_->copyProgram, actions_->saveProgram});
    menu->addSeparator();
    menu->addActions({actions_->again, actions_->remove});
}

void MainWindow::makeViewMenu() {
    QMenu* menu = menuBar()->addMenu(tr("&View"));
    addAction(*menu, tr("&Find"), QKeySequence::Find, &MainWindow::focusFind);
    addAction(*menu, tr("Find &next"), Qt::Key_F3, &MainWindow::findNext);
    addAction(*menu, tr("Find &previous"), Qt::SHIFT | Qt::Key_F3, &MainWindow::findPrevious);
    menu->addSeparator();
    QMenu* themes = menu->addMenu(tr("&Theme"));
    auto* group = new QActionGroup(themes);
    const std::pair<QString, Theme> choices[] = {
        {tr("As the &system"), Theme::System}, {tr("&Light"), Theme::Light}, {tr("&Dark"), Theme::Dark}};
    for (const auto& [text, theme] : choices) {
        QAction* action = themes->addAction(text, this, [this, chosen = theme] { setTheme(chosen); });
        action->setCheckable(true);
        action->setChecked(theme == theme_);
        group->addAction(action);
    }
    addAction(*menu, tr("&Reset window layout"), {}, &MainWindow::resetLayout);
}

}  // namespace sockstage
