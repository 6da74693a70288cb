#include "stageinspector.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include "explanations.h"
#include "fittedtext.h"
#include "plaintext.h"
#include "quantitytext.h"
#include "stagefacts.h"
#include "strip.h"
#include "theme.h"

namespace sockstage {
namespace {

QLabel* wrappingLabel() {
    auto* label = makeLabel();
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    label->setFocusPolicy(Qt::ClickFocus);
    label->hide();
    return label;
}

}  // namespace

StageInspector::StageInspector(QWidget* parent) : QWidget(parent), strip_(new Strip(tr("Stage"), this)) {
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins({});
    outer->setSpacing(0);
    outer->addWidget(strip_);
    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    outer->addWidget(scroll);
    auto* page = new QWidget;
    page->setAutoFillBackground(true);
    page->setBackgroundRole(QPalette::Base);
    build(new QVBoxLayout(page));
    scroll->setWidget(page);
}

void StageInspector::build(QVBoxLayout* column) {
    const int space = fontMetrics().height() / 2;
    column->setContentsMargins(space, space, space, space);
    column->setSpacing(space);
    calls_ = new FittedText(FittedText::Look::Box, this);
    calls_->setAccessibleName(tr("Calls of this stage"));
    earlier_ = wrappingLabel();
    setTone(earlier_, Tone::Dimmed);
    addresses_ = wrappingLabel();
    options_ = wrappingLabel();
    failure_ = new FittedText(FittedText::Look::Plain, this);
    owner_ = wrappingLabel();
    explanation_ = new FittedText(FittedText::Look::Plain, this);
    failure_->setAccessibleName(tr("What the failure means"));
    explanation_->setAccessibleName(tr("What the stage does"));
    addresses_->setAccessibleName(tr("Addresses and what became of them"));
    copyCall_ = new QPushButton(tr("Copy call"), this);
    copyCall_->setToolTip(plainToolTip(tr("Copies the calls above as text")));
    copyManual_ = new QPushButton(this);
    copyManual_->setToolTip(plainToolTip(tr("Copies the command that shows the manual page")));
    connect(copyCall_, &QPushButton::clicked, this,
            [this] { QApplication::clipboard()->setText(calls_->toPlainText()); });
    connect(copyManual_, &QPushButton::clicked, this,
            [this] { QApplication::clipboard()->setText(manualCommand()); });
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(copyCall_);
    buttons->addWidget(copyManual_);
    buttons->addStretch();
    for (QWidget* part : std::initializer_list<QWidget*>{earlier_, calls_, failure_, owner_, addresses_,
                                                         options_, explanation_})
        column->addWidget(part);
    column->addLayout(buttons);
    column->addStretch();
}

void StageInspector::setSession(Session* session) {
    if (session == session_) return;
    session_ = session;
    setStage(Stage::Getaddrinfo, 0);
}

void StageInspector::setStage(Stage stage, std::uint32_t connection) {
    stage_ = stage;
    connection_ = connection;
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
    if (!session_) return strip_->setFact({});
    showStrip();
    showOwner();
    if (session_->capture().endRow() == shownEnd_) return;
    shownEnd_ = session_->capture().endRow();
    const StageCalls calls = collectStageCalls(*session_, stage_, connection_);
    const QString text = callsText(*session_, calls);
    calls_->showPlain(text.isEmpty() ? tr("No call of this stage is recorded.") : text);
    copyCall_->setEnabled(!text.isEmpty());
    copyManual_->setText(tr("Copy “%1”").arg(manualCommand()));
    const bool earlier = calls.cut && !calls.rows.empty();
    showText(earlier_, earlier ? tr("The latest %1 calls of this stage:").arg(calls.rows.size()) : QString());
    showAddresses();
    showOptions(calls);
    showFailure(calls);
    explanation_->showMarkdown(explanations::stageMarkdown(stage_));
}

void StageInspector::showStrip() {
    const StageFacts facts = stageFacts(*session_, stage_, connection_);
    shownState_ = facts.state;
    shownError_ = facts.errorName;
    strip_->setTitle(tr("Stage: %1").arg(facts.name));
    strip_->setFact(stateMark(facts.state) + QLatin1Char(' ') + stateText(facts.state));
}

void StageInspector::showText(QLabel* label, const QString& text) {
    if (label->text() != text) label->setText(text);
    label->setVisible(!text.isEmpty());
}

void StageInspector::showAddresses() {
    const bool server = isServer(session_->config().role);
    const bool apt = stage_ == Stage::Getaddrinfo || stage_ == (server ? Stage::Bind : Stage::Connect);
    if (!apt || connection_ != 0) return showText(addresses_, {});
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
    for (const GrantedOption& option : grantedOptions(*session_, calls.rows))
        lines << tr("%1: asked %2, granted %3").arg(option.name).arg(option.asked).arg(option.granted);
    showText(options_, lines.join(QLatin1Char('\n')));
}

void StageInspector::showFailure(const StageCalls& calls) {
    FailedCall failed = latestFailure(*session_, calls);
    // The stage remembers its error when the record of it has been evicted.
    if (failed.errorName.isEmpty() && shownState_ == StageState::Failed)
        failed = {principalCall(stage_), shownError_};
    failure_->showMarkdown(
        failed.errorName.isEmpty() ? QString() : explanations::errorMarkdown(failed.call, failed.errorName));
}

// The system is asked for it after the failure, so it may come later than the call.
void StageInspector::showOwner() {
    const bool failed = stage_ == Stage::Bind && shownState_ == StageState::Failed;
    const QString owner = failed ? session_->portOwner() : QString();
    showText(owner_, owner.isEmpty() ? QString()
                                     : tr("The port is held by %1.").arg(outsideText(owner.toStdString())));
}

QString StageInspector::manualCommand() const {
    const int section = stage_ == Stage::Getaddrinfo ? 3 : 2;
    return QStringLiteral("man %1 %2").arg(section).arg(toQString(stageName(stage_)));
}

}  // namespace sockstage
