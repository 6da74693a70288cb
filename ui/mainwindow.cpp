// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow.h"

#include <QApplication>
#include <QCloseEvent>
#include <QScreen>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "clientstable.h"
#include "composer.h"
#include "demo.h"
#include "emptypage.h"
#include "experiments.h"
#include "guide.h"
#include "guideplace.h"
#include "newsocketdialog.h"
#include "observation.h"
#include "rememberedconfig.h"
#include "scenepanel.h"
#include "sessionpage.h"
#include "sessiontext.h"
#include "settings.h"
#include "socketactions.h"
#include "socketlist.h"
#include "socketsmodel.h"
#include "statusline.h"
#include "toolicons.h"
#include "trafficpane.h"

namespace sockstage {
namespace {

constexpr int refreshMs = 250;
constexpr int closingMs = 2500;  ///< a little more than Session::close() gives to queued bytes

}  // namespace

MainWindow::MainWindow(std::optional<Theme> theme)
    : sockets_(new SocketsModel(this)),
      observation_(std::make_unique<Observation>(*sockets_)),
      actions_(new SocketActions(this)),
      list_(new SocketList(*sockets_, this)),
      empty_(new EmptyPage(this)),
      stack_(new QStackedWidget(this)),
      splitter_(new QSplitter(this)),
      status_(new StatusLine(this)),
      newButton_(new QToolButton(this)),
      experiments_(
          new Experiments([this](const SocketConfig& config) { return sockets_->open(config); }, this)),
      guide_(new Guide(*this)) {
    setWindowIcon(programIcon());
    theme_ = theme.value_or(themeFromName(QSettings().value(settingsKey("theme")).toString()));
    makeCentre();
    makeToolBar();
    makeMenus();
    setStatusBar(status_);
    tellGuide();
    connect(actions_, &SocketActions::againWanted, this, &MainWindow::runAgain);
    connect(actions_, &SocketActions::removeWanted, this, &MainWindow::removeFinished);
    connect(list_, &SocketList::currentChanged, this, &MainWindow::showPage);
    connect(empty_, &EmptyPage::newSocketWanted, this, &MainWindow::newSocketOf);
    connect(empty_, &EmptyPage::demoWanted, this, &MainWindow::startDemo);
    connect(empty_, &EmptyPage::sceneWanted, this, &MainWindow::startScene);
    connect(experiments_, &Experiments::lookWanted, this, &MainWindow::look);
    connect(experiments_, &Experiments::changed, this, &MainWindow::followExperiment);
    connect(experiments_, &Experiments::removeWanted, this, &MainWindow::remove);
    connect(&timer_, &QTimer::timeout, this, &MainWindow::refresh);
    timer_.start(refreshMs);
    restoreLayout();
    themeChanged();
    showPage(nullptr);
}

MainWindow::~MainWindow() {
    // The pages read the sessions, which the model owns: they must go first.
    qDeleteAll(pages_);
}

void MainWindow::makeCentre() {
    stack_->addWidget(empty_);
    list_->setRowActions({actions_->run, actions_->step, actions_->shutDown, actions_->close, actions_->reset,
                          actions_->again, actions_->remove});
    splitter_->addWidget(list_);
    splitter_->addWidget(stack_);
    splitter_->setHandleWidth(1);
    splitter_->setStretchFactor(0, 1);
    splitter_->setStretchFactor(1, 6);
    splitter_->setChildrenCollapsible(false);
    // What an experiment says is about all sockets, and takes fewer lines across the whole window.
    auto* centre = new QWidget(this);
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(experiments_->panel());
    column->addWidget(splitter_, 1);
    setCentralWidget(centre);
}

void MainWindow::tellGuide() {
    setGuidePlace(list_, QStringLiteral("window#sockets"));
    setGuidePlace(status_, QStringLiteral("window#status-bar"));
    setGuidePlace(empty_, QStringLiteral("sockets"));
    setGuidePlace(experiments_->panel(), QStringLiteral("experiments#how-to-read-a-scene"));
}

// Sockets -------------------------------------------------------------------------------------

void MainWindow::newSocket() {
    newSocketOf(rememberedRole());
}

void MainWindow::newSocketOf(Role role) {
    auto* dialog = new NewSocketDialog(role, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] { openSocket(dialog->config()); });
    guide_->serve(*dialog);
    dialog->open();
}

Session* MainWindow::openSocket(const SocketConfig& config) {
    Session* session = sockets_->open(actions_->withStepMode(config));
    list_->select(session);
    return session;
}

void MainWindow::startDemo() {
    if (demo_ == nullptr) demo_ = new Demo(*sockets_, this);
    demo_->start();
    list_->select(demo_->centre());
}

void MainWindow::startScene(const QString& id) {
    experiments_->start(id);
}

/// The socket, and of a server the client, that a step is about.
void MainWindow::look(Session* session, quint32 connection) {
    select(session);
    // A step about the listener is about no client: with one chosen, Close would mean that one.
    const bool none = session->config().role == Role::TcpServer && experiments_->has(*session);
    if (connection != 0 || none) pageOf(session)->clients().selectConnection(connection);
}

void MainWindow::runAgain() {
    const SessionPage* page = currentPage();
    if (page != nullptr) openAgain(page->session().config());
}

void MainWindow::openAgain(SocketConfig config) {
    if (config.held == StageSet::all()) config.held = {};  // it was opened in Step mode, which may be off now
    openSocket(config);
}

/// The experiment's bar takes the place of the step bar: one of them says what to do next, never both.
void MainWindow::followExperiment() {
    if (SessionPage* page = currentPage())
        page->setExperimentOn(experiments_->scene() != nullptr && experiments_->has(page->session()));
}

void MainWindow::removeFinished() {
    if (Session* session = list_->current()) remove(session);
}

void MainWindow::remove(Session* session) {
    if (!session->isFinished()) return;
    actions_->setPage(nullptr);
    delete pages_.take(session);
    sockets_->remove(session);
    showPage(list_->current());
}

SessionPage* MainWindow::currentPage() const {
    return qobject_cast<SessionPage*>(stack_->currentWidget());
}

SessionPage* MainWindow::pageOf(Session* session) {
    SessionPage*& page = pages_[session];
    if (page != nullptr) return page;
    page = new SessionPage(*session, *observation_, stack_);
    QSettings settings;
    page->restoreState(settings);
    connect(page, &SessionPage::againWanted, this, &MainWindow::runAgain);
    connect(page, &SessionPage::againWithReuseWanted, this, [this, session] {
        SocketConfig config = session->config();
        config.reuseAddress = true;
        openAgain(config);
    });
    connect(&page->traffic(), &TrafficPane::callWanted, this,
            [this](Session* other, quint32 connection, quint64 row) {
                look(other, connection);
                pageOf(other)->traffic().showRow(row);
            });
    stack_->addWidget(page);
    return page;
}

void MainWindow::select(const Session* session) {
    list_->select(session);
}

void MainWindow::showPage(Session* session) {
    list_->setVisible(session != nullptr);
    // The next page takes over how the last one was arranged.
    if (const SessionPage* old = currentPage()) {
        QSettings settings;
        old->saveState(settings);
    }
    stack_->setCurrentWidget(session != nullptr ? static_cast<QWidget*>(pageOf(session)) : empty_);
    followExperiment();
    actions_->setPage(currentPage());
    refresh();
}

void MainWindow::refresh() {
    sockets_->refresh();
    actions_->refresh();
    status_->refresh(*sockets_, currentPage());
    const QString address = currentPage() != nullptr ? addressText(currentPage()->session()) : QString();
    const QString title = address.isEmpty() ? tr("Sockstage") : tr("%1 — Sockstage").arg(address);
    if (windowTitle() != title) setWindowTitle(title);
}

// Message and find ----------------------------------------------------------------------------

void MainWindow::focusComposer() {
    if (SessionPage* page = currentPage()) page->composer().focusMessage();
}

void MainWindow::sendMessage() {
    if (SessionPage* page = currentPage()) page->composer().sendNow();
}

void MainWindow::focusFind() {
    if (SessionPage* page = currentPage()) page->traffic().focusFind();
}

void MainWindow::findNext() {
    if (SessionPage* page = currentPage()) page->traffic().findNext(true);
}

void MainWindow::findPrevious() {
    if (SessionPage* page = currentPage()) page->traffic().findNext(false);
}

// Looks ---------------------------------------------------------------------------------------

void MainWindow::setTheme(Theme theme) {
    theme_ = theme;
    QSettings().setValue(settingsKey("theme"), themeName(theme));
    applyTheme(*qApp, theme);
    themeChanged();
}

void MainWindow::themeChanged() {
    actions_->drawIcons();
    newButton_->setIcon(toolIcon("new", true));
}

bool MainWindow::event(QEvent* event) {
    if (event->type() == QEvent::ThemeChange && theme_ == Theme::System) {
        applyTheme(*qApp, theme_);
        themeChanged();
    }
    return QMainWindow::event(event);
}

void MainWindow::saveLayout() {
    QSettings settings;
    settings.setValue(layoutKey("window/geometry"), saveGeometry());
    settings.setValue(layoutKey("window/splitter"), splitter_->saveState());
    if (const SessionPage* page = currentPage()) page->saveState(settings);
}

void MainWindow::restoreLayout() {
    const int line = fontMetrics().height();
    const QSize most = screen()->availableSize() * 19 / 20;
    resize(QSize(line * 98, line * 54).boundedTo(most));
    splitter_->setSizes({line * 15, line * 75});
    const QSettings settings;
    restoreGeometry(settings.value(layoutKey("window/geometry")).toByteArray());
    splitter_->restoreState(settings.value(layoutKey("window/splitter")).toByteArray());
    // What a start with other fonts, or none, left behind must not fill the screen.
    if (splitter_->sizes().first() > splitter_->sizes().last()) splitter_->setSizes({line * 15, line * 75});
    if (!isMaximized() && !isFullScreen()) resize(size().boundedTo(screen()->availableSize()));
}

void MainWindow::resetLayout() {
    QSettings().remove(layoutKey("window"));
    restoreLayout();
    for (SessionPage* page : std::as_const(pages_))
        page->resetLayout();
}

void MainWindow::closeEvent(QCloseEvent* event) {
    saveLayout();
    event->accept();
    timer_.stop();
    closedSaid_ = false;
    connect(sockets_, &SocketsModel::everythingFinished, this, &MainWindow::sayClosed, Qt::UniqueConnection);
    // Never from inside the event: a receiver of this signal may destroy the window.
    QTimer::singleShot(sockets_->allFinished() ? 0 : closingMs, this, &MainWindow::sayClosed);
    sockets_->closeAll();
}

void MainWindow::sayClosed() {
    if (!closedSaid_) Q_EMIT everythingClosed();
    closedSaid_ = true;
}

}  // namespace sockstage
