// SPDX-License-Identifier: GPL-3.0-or-later
#include "stepbar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "connectiontext.h"
#include "elidinglabel.h"
#include "flowlayout.h"
#include "steadylabel.h"
#include "stepwords.h"
#include "strip.h"
#include "theme.h"
#include "wordsandparts.h"

namespace sockstage {
namespace {

/// Set only where it differs, so that a selection stays and a screen reader is not called again.
void showText(QLabel& label, const QString& text) {
    if (label.text() != text) label.setText(text);
}

QString counted(const QString& text, const QString& waiting) {
    return waiting.isEmpty() ? text : QStringLiteral("%1 · %2").arg(text, waiting);
}

}  // namespace

StepBar::StepBar(Session& session, QWidget* parent)
    : QWidget(parent),
      session_(session),
      title_(makeLabel({}, this)),
      sentence_(new SteadyLabel(this)),
      call_(new ElidingLabel(this)) {
    setObjectName(QStringLiteral("stepBar"));
    setAccessibleName(tr("Steps"));
    const int space = fontMetrics().height() / 2;
    QFont bold = title_->font();
    bold.setWeight(QFont::DemiBold);
    title_->setFont(bold);
    title_->setObjectName(QStringLiteral("stepTitle"));
    sentence_->setObjectName(QStringLiteral("stepSentence"));
    call_->setObjectName(QStringLiteral("stepCall"));
    call_->setFont(monospaceFont());
    call_->setAccessibleName(tr("The call that the next step makes"));
    step_ = addButton(tr("Step"), "stepNow", &StepBar::step);
    run_ = addButton(tr("Run"), "runNow", &StepBar::run);
    step_->setProperty("primary", true);
    step_->setToolTip(plainToolTip(tr("Make the call that is shown, and no other (F10)")));
    run_->setToolTip(plainToolTip(tr("Release every hold of this socket: it goes on by itself (F5)")));
    // As many lines, whatever there is to say: what lies below never moves by a step.
    auto* first = new QHBoxLayout;
    first->setSpacing(space);
    first->addWidget(title_);
    first->addWidget(call_, 1);
    first->addWidget(step_);
    first->addWidget(run_);
    sentence_->setTexts(stepSentences(session.config().role));
    auto* second = new WordsAndParts(sentence_, makeSteps(), space);
    second->setWidestParts(widestParts());
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space * 3 / 2, space / 2, space, space / 2);
    column->setSpacing(space / 3);
    column->addLayout(first);
    column->addLayout(second);
    refresh();
}

QPushButton* StepBar::addButton(const QString& text, const char* name, void (StepBar::*act)()) {
    auto* button = new QPushButton(text, this);
    button->setObjectName(QLatin1String(name));
    button->setProperty("small", true);
    connect(button, &QPushButton::clicked, this, act);
    return button;
}

QWidget* StepBar::makeSteps() {
    steps_ = new QWidget(this);
    auto* row = new FlowLayout(fontMetrics().height() / 3);
    steps_->setLayout(row);
    constexpr std::array<const char*, partCount> names{"stepAccept",   "stepReceive", "stepSend",
                                                       "stepShutDown", "stepClose",   "stepReset"};
    for (std::size_t i = 0; i < partCount; ++i) {
        parts_[i] = new QPushButton(steps_);
        parts_[i]->setObjectName(QLatin1String(names[i]));
        connect(parts_[i], &QPushButton::clicked, this, [this, i] { perform(static_cast<Part>(i)); });
        parts_[i]->setProperty("small", true);
        row->addWidget(parts_[i]);
    }
    return steps_;
}

/// With amounts as long as they get: which parts there are hangs on who is chosen, the room for them does
/// not.
int StepBar::widestParts() const {
    const bool tcp = isTcp(session_.config().role);
    const QString unread = tr("%1 unread").arg(QStringLiteral("999.9 kB"));
    QStringList texts{counted(tr("Receive once"), unread), counted(tr("Send once"), unread), tr("Close")};
    if (tcp) texts << tr("Shut down sending") << tr("Reset");
    int width = 0;
    for (const QString& text : std::as_const(texts))
        width += fontMetrics().horizontalAdvance(text) + fontMetrics().height() * 4 / 3;
    return width;
}

void StepBar::setConnection(std::uint32_t connection) {
    if (connection == connection_) return;
    connection_ = connection;
    refresh();
}

/// The connection that the buttons are about: the chosen one, or a TCP client's only one.
std::uint32_t StepBar::subject() const {
    const bool client = session_.config().role == Role::TcpClient && session_.connections().count() != 0;
    return client ? 1 : connection_;
}

bool StepBar::isOwnSocket() const {
    return subject() == 0;
}

bool StepBar::isAnythingHeld() const {
    if (session_.isFinished()) return false;
    return next_ || !session_.stages().held().empty() || (connection_ != 0 && nextStep(session_));
}

void StepBar::setSuppressed(bool suppressed) {
    if (suppressed == suppressed_) return;
    suppressed_ = suppressed;
    refresh();
}

void StepBar::refresh() {
    const auto before = next_;
    next_ = nextStep(session_, connection_);
    setVisible(!suppressed_ && isAnythingHeld());
    if (next_ != before) Q_EMIT nextChanged();
    if (isHidden()) return;
    showNext();
    showParts();
}

void StepBar::showNext() {
    step_->setEnabled(next_.has_value());
    showText(*title_, next_ ? stepTitle(session_, *next_) : tr("Nothing to step"));
    showText(*sentence_, next_ ? stepSentence(session_, *next_) : nothingToStep(session_));
    if (!next_) return showText(*call_, {});
    showText(*call_, session_.plannedCall(next_->stage, next_->connection));
    QStringList lines = session_.plannedOptions(next_->stage, next_->connection);
    if (!lines.isEmpty()) lines.prepend(tr("With it:"));
    if (call_->text().contains(QChar(0x2026))) lines << tr("… is what only the call itself will tell.");
    const QString tip = plainToolTip(lines.join(QLatin1Char('\n')));
    if (call_->toolTip() != tip) call_->setToolTip(lines.isEmpty() ? QString() : tip);
}

// Steps out of turn ------------------------------------------------------------------------------

void StepBar::showParts() {
    const Role role = session_.config().role;
    const bool listens = role == Role::TcpServer && isOwnSocket();
    const bool stream = isTcp(role) && !isOwnSocket();
    const bool moves = stream || !isTcp(role);
    showPart(Accept, Stage::Accept, tr("Accept one"), listens);
    showPart(Receive, Stage::Recv, tr("Receive once"), moves);
    showPart(Send, Stage::Send, tr("Send once"), moves);
    showPart(ShutDown, Stage::Shutdown, tr("Shut down sending"), stream);
    showPart(Close, Stage::Close, tr("Close"), true);
    showPart(Reset, Stage::Close, tr("Reset"), stream);
}

void StepBar::showPart(Part part, Stage stage, const QString& text, bool applies) {
    QPushButton& button = *parts_[part];
    button.setVisible(applies);
    if (!applies) return;
    const QString shown = counted(text, part == Reset ? QString() : waitingText(session_, stage, subject()));
    if (button.text() != shown) button.setText(shown);
    button.setEnabled(canDo(part));
    if (const QString tip = plainToolTip(tipOf(part)); button.toolTip() != tip) button.setToolTip(tip);
}

bool StepBar::canDo(Part part) const {
    const std::uint32_t number = subject();
    switch (part) {
        case Accept:
            return stepOf(session_, Stage::Accept, 0).has_value();
        case Receive:
            return stepOf(session_, Stage::Recv, number).has_value();
        case Send:
            return stepOf(session_, Stage::Send, number).has_value();
        case ShutDown:
            return isOpen(session_.connections().at(number)) &&
                   isAlive(session_.connections().at(number).sending.load());
        default:
            break;
    }
    return number != 0 && isTcp(session_.config().role) ? isOpen(session_.connections().at(number))
                                                        : session_.descriptor() >= 0;
}

QString StepBar::tipOf(Part part) const {
    switch (part) {
        case Accept:
            return tr(
                "One accept4(): takes the oldest client out of the accept queue, or the next that comes");
        case Receive:
            return tr("One call that reads at most %1 bytes").arg(session_.readBytes());
        case Send:
            return tr("One call for the first message of our send queue");
        case ShutDown:
            return tr("shutdown(SHUT_WR) now: the peer reads EOF");
        case Close:
            return tr("close() now; what is queued goes first, step by step");
        default:
            return tr("SO_LINGER of 0 and close() now: the peer gets a reset, what is queued is dropped");
    }
}

void StepBar::perform(Part part) {
    const std::uint32_t number = subject();
    switch (part) {
        case Accept:
            session_.step(Stage::Accept, 0);
            break;
        case Receive:
            session_.step(Stage::Recv, number);
            break;
        case Send:
            session_.step(Stage::Send, number);
            break;
        case ShutDown:
            shutDown();
            break;
        case Close:
            closeIt();
            break;
        default:
            session_.reset({number});
    }
    refresh();
}

bool StepBar::isHeld(Stage stage) const {
    const std::uint32_t number = subject();
    return number == 0 || !isTcp(session_.config().role)
               ? session_.stages().held().contains(stage)
               : session_.connections().at(number).heldStages().contains(stage);
}

// A step makes a held call at once; what is not held is requested as everywhere else.
void StepBar::shutDown() {
    if (isHeld(Stage::Shutdown))
        session_.step(Stage::Shutdown, subject());
    else
        session_.shutdownSending({subject()});
}

void StepBar::closeIt() {
    const std::uint32_t number = subject();
    if (number != 0 && isTcp(session_.config().role)) {
        const bool queued = session_.connections().at(number).queuedBytes.get() != 0;
        return queued || !isHeld(Stage::Close) ? session_.closeConnections({number})
                                               : session_.step(Stage::Close, number);
    }
    if (!stepOf(session_, Stage::Close, 0)) session_.close();
    const bool datagramsWait = !isTcp(session_.config().role) && session_.counters().queuedBytes.get() != 0;
    if (!datagramsWait) session_.step(Stage::Close, 0);
}

void StepBar::step() {
    if (!next_) refresh();
    if (next_) session_.step(next_->stage, next_->connection);
}

void StepBar::run() {
    session_.releaseAll();
}

// A panel of its own with a bar at its side in the colour of what is held.
void StepBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), roleColors().panel);
    painter.fillRect(QRect(0, 0, std::max(3, fontMetrics().height() / 5), height()), roleColors().held);
    painter.fillRect(QRect(0, height() - 1, width(), 1), roleColors().line);
}

}  // namespace sockstage
