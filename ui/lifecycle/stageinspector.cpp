// SPDX-License-Identifier: GPL-3.0-or-later
#include "stageinspector.h"

#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "explanations.h"
#include "fittedtext.h"
#include "flowlayout.h"
#include "guideplace.h"
#include "plaintext.h"
#include "programcopy.h"
#include "quantitytext.h"
#include "stagefacts.h"
#include "stagelead.h"
#include "strip.h"
#include "theme.h"
#include "whypanel.h"

namespace sockstage {
namespace {

QLabel* hiddenText() {
    QLabel* label = makeTextLabel();
    label->hide();
    return label;
}

}  // namespace

StageInspector::StageInspector(QWidget* parent) : QWidget(parent) {
    build(new QVBoxLayout(this));
}

void StageInspector::build(QVBoxLayout* column) {
    const int space = fontMetrics().height() / 2;
    // At the right as the panel of the kernel below it: the scroll bar's room is there already.
    column->setContentsMargins(space, space, space / 3, space);
    column->setSpacing(space);
    calls_ = new FittedText(FittedText::Look::Box, this);
    calls_->setAccessibleName(tr("Calls of this stage"));
    earlier_ = hiddenText();
    setTone(earlier_, Tone::Dimmed);
    addresses_ = hiddenText();
    options_ = hiddenText();
    QWidget* buttons = makeButtons();  // here, for the order of the Tab key
    failure_ = new FittedText(FittedText::Look::Plain, this);
    why_ = new WhyPanel(this);
    connect(why_, &WhyPanel::retryWithReuseWanted, this, &StageInspector::retryWithReuseWanted);
    explanation_ = new FittedText(FittedText::Look::Plain, this);
    failure_->setAccessibleName(tr("What the failure means"));
    explanation_->setAccessibleName(tr("What the stage does"));
    addresses_->setAccessibleName(tr("Addresses and what became of them"));
    // The call, its result and its buttons first: what is said about it may be of any length.
    for (QWidget* part : std::initializer_list<QWidget*>{earlier_, calls_, buttons, failure_, why_,
                                                         addresses_, options_, explanation_})
        column->addWidget(part);
}

QWidget* StageInspector::makeButtons() {
    auto* buttons = new QWidget(this);
    copyCall_ = new QPushButton(tr("Copy"), buttons);
    copyCall_->setAccessibleName(tr("Copy the calls as text"));
    copyCall_->setToolTip(plainToolTip(tr("Copies the calls above as text")));
    copyProgram_ = new QPushButton(tr("C++"), buttons);
    copyProgram_->setAccessibleName(tr("Copy as C++"));
    copyProgram_->setObjectName(QStringLiteral("copyStageProgram"));
    copyProgram_->setToolTip(
        plainToolTip(tr("Copies a program that makes the calls of this stage, and before "
                        "them those that their descriptors need")));
    connect(copyProgram_, &QPushButton::clicked, this, [this] {
        copyProgram(*this, *session_, {connection_, stage_});
    });
    copyManual_ = new QPushButton(tr("man"), buttons);
    more_ = new QToolButton(buttons);
    more_->setObjectName(QStringLiteral("stageMore"));
    more_->setCheckable(true);
    more_->setProperty("quiet", true);
    more_->setFocusPolicy(Qt::StrongFocus);
    connect(copyCall_, &QPushButton::clicked, this,
            [this] { QApplication::clipboard()->setText(calls_->toPlainText()); });
    connect(copyManual_, &QPushButton::clicked, this,
            [this] { QApplication::clipboard()->setText(manualCommand()); });
    connect(more_, &QToolButton::toggled, this, [this](bool detailed) {
        more_->setText(detailed ? tr("▾ Less") : tr("▸ More"));
        calls_->keepHeight();
        shownEnd_ = ~quint64{0};
        showStage();
        Q_EMIT detailedChanged(detailed);
    });
    more_->setText(tr("▸ More"));
    more_->setToolTip(plainToolTip(tr("All calls of this stage, its options, and the whole explanation")));
    auto* row = new FlowLayout(fontMetrics().height() / 3);
    for (QWidget* button : std::initializer_list<QWidget*>{copyCall_, copyProgram_, copyManual_, more_}) {
        button->setProperty("small", true);
        row->addWidget(button);
    }
    buttons->setLayout(row);
    return buttons;
}

bool StageInspector::isDetailed() const {
    return more_->isChecked();
}

void StageInspector::setDetailed(bool detailed) {
    more_->setChecked(detailed);
}

void StageInspector::setSession(Session* session) {
    if (session == session_) return;
    session_ = session;
    setStage(Stage::Getaddrinfo, 0);
}

void StageInspector::setStage(Stage stage, std::uint32_t connection) {
    stage_ = stage;
    connection_ = connection;
    calls_->keepHeight();
    shownEnd_ = ~quint64{0};
    showStage();
}

// Text that changes faster cannot be read; and a selection in it must have a chance.
void StageInspector::refresh() {
    constexpr qint64 pauseNs = 250'000'000;
    const qint64 now = CaptureStore::nowNs();
    if (now - updatedNs_ >= pauseNs) showStage();
}

void StageInspector::showStage() {
    updatedNs_ = CaptureStore::nowNs();
    setEnabled(!session_.isNull());
    if (!session_) return;
    showHeading();
    why_->setStage(session_, stage_, connection_);
    if (session_->capture().endRow() == shownEnd_) return;
    shownEnd_ = session_->capture().endRow();
    const StageCalls calls = collectStageCalls(*session_, stage_, connection_);
    showCalls(calls);
    const QString manual = tr("Copies %1, the command that shows the manual page").arg(manualCommand());
    copyManual_->setToolTip(plainToolTip(manual));
    copyManual_->setAccessibleName(manual);
    showAddresses();
    showOptions(calls);
    showFailure(calls);
    explanation_->showMarkdown(isDetailed() ? explanations::stageMarkdown(stage_) : QString());
}

void StageInspector::showCalls(const StageCalls& calls) {
    const StageCalls shown = isDetailed() ? calls : principalCallOf(*session_, stage_, calls);
    const QString text = callsText(*session_, shown);
    // Only where call follows call must a shorter one not make the box smaller.
    const bool repeats = stage_ == Stage::Accept || stage_ == Stage::Recv || stage_ == Stage::Send;
    if (!repeats) calls_->keepHeight();
    calls_->showPlain(text.isEmpty() ? noCallsText(*session_, stage_, connection_) : text);
    copyCall_->setEnabled(!text.isEmpty());
    copyProgram_->setEnabled(!text.isEmpty());
    showText(earlier_, whichCallsText(*session_, shown, calls));
}

void StageInspector::showHeading() {
    const StageFacts facts = stageFacts(*session_, stage_, connection_);
    shownState_ = facts.state;
    shownError_ = facts.errorName;
    setGuidePlace(this, guidePlaceOf(stage_, session_->config().role, facts.state == StageState::Failed));
    const QString title = tr("Stage: %1").arg(facts.name);
    const QString fact = stateMark(facts.state) + QLatin1Char(' ') + stateText(facts.state);
    if (title == title_ && fact == fact_) return;
    title_ = title;
    fact_ = fact;
    Q_EMIT headingChanged();
}

void StageInspector::showText(QLabel* label, const QString& text) {
    if (label->text() != text) label->setText(text);
    label->setVisible(!text.isEmpty());
}

void StageInspector::showAddresses() {
    const bool server = isServer(session_->config().role);
    const bool apt = stage_ == Stage::Getaddrinfo || stage_ == (server ? Stage::Bind : Stage::Connect);
    const bool wanted = isDetailed() || stage_ == Stage::Getaddrinfo || shownState_ == StageState::Failed;
    if (!apt || !wanted || connection_ != 0) return showText(addresses_, {});
    QStringList lines;
    for (const AddressAttempt& attempt : addressAttempts(*session_)) {
        const QString outcome = attempt.outcome.isEmpty() ? tr("not tried") : attempt.outcome;
        lines << tr("%1. %2: %3").arg(lines.size() + 1).arg(attempt.address, outcome);
    }
    showText(addresses_, lines.isEmpty() ? QString()
                                         : tr("Addresses, in getaddrinfo's order:") + QLatin1Char('\n') +
                                               lines.join(QLatin1Char('\n')));
}

void StageInspector::showOptions(const StageCalls& calls) {
    QStringList lines;
    if (!isDetailed()) return showText(options_, {});
    for (const GrantedOption& option : grantedOptions(*session_, calls.rows))
        lines << tr("%1: asked %2, granted %3").arg(option.name).arg(option.asked).arg(option.granted);
    showText(options_, lines.join(QLatin1Char('\n')));
}

void StageInspector::showFailure(const StageCalls& calls) {
    FailedCall failed = latestFailure(*session_, calls);
    // The stage remembers its error when the record of it has been evicted.
    if (failed.errorName.isEmpty() && shownState_ == StageState::Failed)
        failed = {principalCall(stage_), shownError_};
    const QString text =
        failed.errorName.isEmpty() ? QString() : explanations::errorMarkdown(failed.call, failed.errorName);
    failure_->showMarkdown(isDetailed() ? text : leadOf(text));
}

QString StageInspector::manualCommand() const {
    const int section = stage_ == Stage::Getaddrinfo ? 3 : 2;
    return QStringLiteral("man %1 %2").arg(section).arg(toQString(stageName(stage_)));
}

}  // namespace sockstage
