// SPDX-License-Identifier: GPL-3.0-or-later
#include "socketactions.h"

#include <QWidget>
#include <algorithm>

#include "clientstable.h"
#include "connectiontext.h"
#include "nextstep.h"
#include "programcopy.h"
#include "quantitytext.h"
#include "sessionpage.h"
#include "sessiontext.h"
#include "strip.h"
#include "toolicons.h"

namespace sockstage {
namespace {

void setTip(QAction& action, const QString& sentence) {
    const QString keys = action.shortcut().toString(QKeySequence::NativeText);
    const QString tip = keys.isEmpty() ? sentence : QStringLiteral("%1 (%2)").arg(sentence, keys);
    action.setToolTip(plainToolTip(tip));
}

}  // namespace

SocketActions::SocketActions(QWidget* window) : QObject(window) {
    run = add(tr("Run"), Qt::Key_F5, "run", &SocketActions::doRun);
    step = add(tr("Step stage"), Qt::Key_F10, "step", &SocketActions::doStep);
    stepMode = add(tr("Step mode"), Qt::Key_F9, "stepMode", nullptr);
    stepMode->setCheckable(true);
    connect(stepMode, &QAction::triggered, this, &SocketActions::doStepMode);
    shutDown = add(tr("Shut down sending"), Qt::CTRL | Qt::SHIFT | Qt::Key_D, "shutDown",
                   &SocketActions::doShutDown);
    close = add(tr("Close"), Qt::CTRL | Qt::Key_W, "close", &SocketActions::doClose);
    reset = add(tr("Reset (RST)"), Qt::CTRL | Qt::SHIFT | Qt::Key_R, "reset", &SocketActions::doReset);
    again = add(tr("Run again"), Qt::CTRL | Qt::Key_R, "again", &SocketActions::againWanted);
    remove = add(tr("Remove finished socket"), Qt::Key_Delete, "remove", &SocketActions::removeWanted);
    copyProgram = add(tr("Copy as C++"), Qt::CTRL | Qt::SHIFT | Qt::Key_P, "copyProgram",
                      &SocketActions::doCopyProgram);
    saveProgram = add(tr("Save as C++…"), Qt::CTRL | Qt::SHIFT | Qt::Key_S, "saveProgram",
                      &SocketActions::doSaveProgram);
    // Delete belongs to whatever is being edited; only in the list of sockets does it mean a socket.
    remove->setShortcutContext(Qt::WidgetShortcut);
    drawIcons();
    refresh();
}

QAction* SocketActions::add(const QString& text, const QKeySequence& shortcut, const char* name,
                            void (SocketActions::*act)()) {
    auto* action = new QAction(text, this);
    action->setShortcut(shortcut);
    action->setObjectName(QLatin1String(name));
    if (act != nullptr) connect(action, &QAction::triggered, this, act);
    return action;
}

void SocketActions::drawIcons() {
    const std::pair<QAction*, const char*> icons[] = {
        {run, "run"},     {step, "step"},   {stepMode, "stepmode"}, {shutDown, "shutdown"},
        {close, "close"}, {reset, "reset"}, {remove, "remove"}};
    for (const auto& [action, name] : icons)
        action->setIcon(toolIcon(name));
}

void SocketActions::setPage(SessionPage* page) {
    if (page_ != nullptr) disconnect(page_, nullptr, this, nullptr);
    page_ = page;
    askedStepMode_.reset();
    if (page != nullptr) connect(page, &SessionPage::selectionChanged, this, &SocketActions::refresh);
    refresh();
}

void SocketActions::refresh() {
    const bool there = page_ != nullptr, open = there && !page_->session().isFinished();
    const ConnectionNumbers targets = there ? page_->targets() : ConnectionNumbers();
    // A verb never goes to another client when the chosen one has ended.
    const bool someone = there && (page_->chosen().empty() || !targets.empty());
    run->setEnabled(open && page_->isAnythingHeld());
    step->setEnabled(open && page_->canStep());
    refreshStepMode(open);
    close->setEnabled(open && someone);
    shutDown->setEnabled(open && someone && canShutDown(targets));
    reset->setEnabled(open && someone && isTcp(page_->session().config().role));
    again->setEnabled(there);
    remove->setEnabled(there && !open);
    copyProgram->setEnabled(there);
    saveProgram->setEnabled(there);
    describe(there ? page_->chosen() : ConnectionNumbers());
}

bool SocketActions::canShutDown(const ConnectionNumbers& targets) const {
    const Session& session = page_->session();
    if (!isTcp(session.config().role)) return false;
    if (targets.empty() && session.config().role == Role::TcpServer)
        return session.counters().openConnections.get() > 0;
    const auto alive = [&session](std::uint32_t number) {
        return isAlive(session.connections().at(number).sending.load(std::memory_order_relaxed));
    };
    const std::uint32_t last = session.connections().count();
    if (targets.empty()) return last > 0 && isOpen(session.connections().at(last)) && alive(last);
    return std::any_of(targets.begin(), targets.end(), alive);
}

QString SocketActions::subject(const ConnectionNumbers& targets) const {
    if (targets.size() > 1) return tr("the %1 selected clients").arg(targets.size());
    return subjectOf(targets.empty() ? 0 : targets.front());
}

/// A client or peer of a server; 0: the socket itself.
QString SocketActions::subjectOf(std::uint32_t connection) const {
    if (page_ == nullptr) return tr("the socket");
    const Session& session = page_->session();
    const Role role = session.config().role;
    if (connection == 0) return tr("%1 %2").arg(roleText(role), addressText(session));
    return (isTcp(role) ? tr("client %1") : tr("peer %1")).arg(peerText(session.connections(), connection));
}

/// On the buttons: short, but never without whom it means.
QString SocketActions::shortSubject(const ConnectionNumbers& targets) const {
    if (page_ == nullptr) return {};
    const Session& session = page_->session();
    if (targets.size() > 1) return tr("%1 clients").arg(grouped(targets.size()));
    if (targets.size() == 1) return shortPeerText(session.connections(), targets.front());
    const SocketAddress local = session.localAddress();
    if (isServer(session.config().role))
        return local.isValid() ? tr("server :%1").arg(local.port()) : tr("server");
    return tr("client");
}

void SocketActions::describe(const ConnectionNumbers& targets) {
    const QString face = shortSubject(targets);
    const std::pair<QAction*, QString> verbs[] = {
        {shutDown, tr("Shut down")}, {close, tr("Close")}, {reset, tr("Reset")}};
    for (const auto& [action, verb] : verbs)
        action->setText(face.isEmpty() ? verb : verb + QLatin1Char(' ') + face);
    const QString who = subject(targets);
    const bool server = page_ != nullptr && isServer(page_->session().config().role) && targets.empty();
    const QString all =
        server && isTcp(page_->session().config().role) ? tr(" and all its clients") : QString();
    const QString unread = page_ != nullptr ? page_->unreadWarning() : QString();
    const QString warning = unread.isEmpty() ? QString() : QLatin1Char('\n') + unread + QLatin1Char('.');
    setTip(*run, tr("Release every hold and let it run"));
    setTip(*step, tr("Carry out exactly one held stage of %1").arg(who));
    setTip(*stepMode,
           tr("Stop before every call of this socket and of its clients. A socket that is opened while this "
              "is pressed begins in Step mode, too; off: all goes on by itself"));
    const QString program = subjectOf(page_ != nullptr ? programScope().connection : 0);
    setTip(*copyProgram, tr("Copy the program that makes the calls of %1").arg(program));
    setTip(*saveProgram, tr("Save the program that makes the calls of %1").arg(program));
    setTip(*shutDown, all.isEmpty() ? tr("Send EOF to the peer of %1, go on receiving").arg(who)
                                    : tr("Send EOF to all clients of %1, go on receiving").arg(who));
    setTip(*close, tr("Send what is queued, then close %1").arg(who) + all + warning);
    setTip(*reset, tr("Abort %1: the peer gets a reset, queued bytes are dropped").arg(who + all));
    setTip(*again, tr("Open a new socket with the same settings"));
    setTip(*remove, tr("Take the finished socket and what it recorded out of the list"));
}

/// What the session says, not what was pressed: Run ends it, and each socket has its own.
void SocketActions::refreshStepMode(bool open) {
    if (!open) return askedStepMode_.reset();
    const bool stepping = isStepping(page_->session());
    if (!askedStepMode_ || *askedStepMode_ == stepping) {
        stepMode->setChecked(stepping);
        askedStepMode_.reset();
    }
}

void SocketActions::doStepMode(bool on) {
    if (page_ == nullptr || page_->session().isFinished()) return;
    askedStepMode_ = on;  // until the worker has done it
    on ? page_->session().holdAll() : page_->session().releaseAll();
}

SocketConfig SocketActions::withStepMode(SocketConfig config) const {
    if (stepMode->isChecked()) config.held = StageSet::all();
    return config;
}

void SocketActions::doRun() {
    page_->run();
}

ProgramScope SocketActions::programScope() const {
    const ConnectionNumbers chosen = page_->selected();
    const bool one = isServer(page_->session().config().role) && chosen.size() == 1;
    return {one ? chosen.front() : 0, {}};
}

void SocketActions::doCopyProgram() {
    sockstage::copyProgram(*page_, page_->session(), programScope());
}

void SocketActions::doSaveProgram() {
    sockstage::saveProgram(*page_, page_->session(), programScope());
}

void SocketActions::doStep() {
    page_->step();
}

/// The chosen client may have ended since the button was drawn: empty targets would then mean all.
bool SocketActions::mayAct() const {
    return page_->chosen().empty() || !page_->targets().empty();
}

void SocketActions::doShutDown() {
    if (mayAct()) page_->session().shutdownSending(page_->targets());
}

void SocketActions::doClose() {
    if (page_->chosen().empty()) return page_->session().close();
    if (const ConnectionNumbers targets = page_->targets(); !targets.empty())
        page_->session().closeConnections(targets);
}

void SocketActions::doReset() {
    if (mayAct()) page_->session().reset(page_->targets());
}

}  // namespace sockstage
