// SPDX-License-Identifier: GPL-3.0-or-later
#include "trafficpane.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "boundariesview.h"
#include "choicebutton.h"
#include "connectiontext.h"
#include "followbutton.h"
#include "guideplace.h"
#include "optionsview.h"
#include "quantitytext.h"
#include "recordview.h"
#include "strip.h"
#include "tcpchartsview.h"
#include "theme.h"
#include "throughputview.h"
#include "viewtabs.h"

namespace sockstage {

TrafficPane::TrafficPane(Session& session, QWidget* parent)
    : QWidget(parent),
      session_(session),
      tabs_(new ViewTabs(this)),
      find_(new QLineEdit(this)),
      found_(makeLabel({}, this)),
      scope_(new QToolButton(this)),
      notation_(new ChoiceButton(tr("How bytes are written"), this)),
      follow_(new FollowButton("follow", this)),
      stack_(new QStackedWidget(this)),
      traffic_(nullptr),
      calls_(nullptr),
      boundaries_(new BoundariesView(session, this)),
      throughput_(new ThroughputView(session.counters(), session.capture().toEpochNs(0), this)),
      charts_(new TcpChartsView(session.capture().toEpochNs(0), 100, this)),
      options_(new OptionsView(this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(makeTabs());
    column->addWidget(makeLine(Qt::Horizontal, this));
    column->addWidget(row_ = makeRow());
    column->addWidget(stack_, 1);
    traffic_ = addView(new RecordView(RecordView::Content::Traffic, this), tr("Traffic"));
    calls_ = addView(new RecordView(RecordView::Content::Calls, this), tr("System calls"));
    addTab(boundaries_, tr("Boundaries"));
    addTab(throughput_, tr("Throughput"));
    addTab(charts_, tr("Kernel over time"), tr("Kernel"));
    addTab(options_, tr("Options"));
    tellGuide();
    connect(tabs_, &QTabBar::currentChanged, this, &TrafficPane::tabChanged);
    connect(boundaries_, &BoundariesView::callWanted, this, &TrafficPane::showCall);
    traffic_->setObjectName(QStringLiteral("traffic"));
    calls_->setObjectName(QStringLiteral("calls"));
    showFollow();
}

void TrafficPane::tellGuide() {
    setGuidePlace(this, QStringLiteral("window#traffic-and-system-calls"));
    setGuidePlace(throughput_, QStringLiteral("window#charts"));
    setGuidePlace(charts_, QStringLiteral("window#charts"));
    setGuidePlace(options_, QStringLiteral("window#options"));
}

QWidget* TrafficPane::makeTabs() {
    auto* bar = new QWidget(this);
    bar->setAutoFillBackground(true);
    bar->setBackgroundRole(QPalette::AlternateBase);
    tabs_->setAccessibleName(tr("Views of this socket"));
    const int space = fontMetrics().height() / 2;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(space, space / 3, space, 0);
    row->addWidget(tabs_);
    return bar;
}

/// What is looked for and how it is written: in the lists' own row, beside what it acts on.
QWidget* TrafficPane::makeRow() {
    auto* bar = new QWidget(this);
    find_->setObjectName(QStringLiteral("find"));
    find_->setPlaceholderText(tr("Find (Ctrl+F)"));
    find_->setAccessibleName(tr("Find in traffic and calls"));
    find_->setToolTip(tr("Find (Ctrl+F); Enter or F3 goes to the next match, Shift+F3 to the one before"));
    find_->setClearButtonEnabled(true);
    found_->setObjectName(QStringLiteral("findResult"));
    setTone(found_, Tone::Failed);
    found_->hide();
    scope_->setCheckable(true);
    scope_->setChecked(true);
    scope_->setFocusPolicy(Qt::StrongFocus);
    scope_->setObjectName(QStringLiteral("scope"));
    scope_->setVisible(isServer(session_.config().role));
    notation_->addChoice(tr("Text"), false);
    notation_->addChoice(tr("Hex"), true);
    notation_->setObjectName(QStringLiteral("trafficNotation"));
    for (QWidget* button : std::initializer_list<QWidget*>{scope_, notation_}) {
        button->setProperty("quiet", true);
        button->setProperty("small", true);
    }
    connect(find_, &QLineEdit::textChanged, this, &TrafficPane::setFind);
    connect(find_, &QLineEdit::returnPressed, this, [this] { findNext(true); });
    connect(scope_, &QToolButton::toggled, this, &TrafficPane::applyScope);
    connect(notation_, &ChoiceButton::chosen, this, &TrafficPane::applyNotation);
    connect(follow_, &FollowButton::followWanted, this, [this](bool on) { current()->setFollow(on); });
    const int space = fontMetrics().height() / 2;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(space, space / 3, space, space / 3);
    row->setSpacing(space / 2);
    row->addWidget(find_, 1);
    for (QWidget* part : std::initializer_list<QWidget*>{found_, scope_, notation_, follow_})
        row->addWidget(part);
    showScope();
    return bar;
}

RecordView* TrafficPane::addView(RecordView* view, const QString& title) {
    view->setFrameShape(QFrame::NoFrame);
    view->setSession(&session_);
    connect(view, &RecordView::rowSelected, this, &TrafficPane::rowSelected);
    connect(view, &RecordView::followChanged, this, &TrafficPane::showFollow);
    connect(view, &RecordView::findFinished, this, &TrafficPane::showFound);
    addTab(view, title);
    return view;
}

void TrafficPane::addTab(QWidget* view, const QString& title, const QString& shortTitle) {
    tabs_->addView(title, shortTitle.isEmpty() ? title : shortTitle);
    stack_->addWidget(view);
}

RecordView* TrafficPane::current() const {
    return tabs_->currentIndex() == 1 ? calls_ : traffic_;
}

bool TrafficPane::showsRecords() const {
    return tabs_->currentIndex() <= 1;
}

void TrafficPane::tabChanged() {
    stack_->setCurrentIndex(tabs_->currentIndex());
    // The other views have what they need in rows of their own.
    row_->setVisible(showsRecords());
    showFollow();
    Q_EMIT tabChosen();
    if (showsBoundaries()) Q_EMIT boundariesShown();
    refresh();
}

bool TrafficPane::showsBoundaries() const {
    return stack_->currentWidget() == boundaries_;
}

void TrafficPane::setPair(std::uint32_t connection, const ConnectionEnd& other) {
    boundaries_->setPair(connection, other);
}

void TrafficPane::showRow(quint64 captureRow) {
    tabs_->setCurrentIndex(0);
    traffic_->selectRow(captureRow);
    traffic_->setFocus(Qt::OtherFocusReason);
}

void TrafficPane::showCall(Session* session, quint32 connection, quint64 row) {
    if (session == &session_) return showRow(row);
    Q_EMIT callWanted(session, connection, row);
}

void TrafficPane::setObserved(std::uint32_t connection) {
    observed_ = connection;
    options_->setTarget(&session_, connection);
}

void TrafficPane::setSelected(const ConnectionNumbers& numbers) {
    if (numbers == selected_) return;
    selected_ = numbers;
    showScope();
    if (scope_->isChecked()) applyScope();
}

/// Says whose rows are listed; one click goes from the chosen clients to all and back.
void TrafficPane::showScope() {
    const bool tcp = isTcp(session_.config().role);
    scope_->setEnabled(!selected_.empty());
    if (selected_.empty()) {
        scope_->setText(tcp ? tr("All clients") : tr("All peers"));
        scope_->setToolTip(tr("The rows of all; choose one in the table to see only its own"));
        return;
    }
    const QString who = selected_.size() == 1 ? shortPeerText(session_.connections(), selected_.front())
                                              : tr("%1 chosen").arg(grouped(selected_.size()));
    scope_->setText(scope_->isChecked() ? tr("✓ Only %1").arg(who) : tr("Only %1").arg(who));
    scope_->setToolTip(plainToolTip(tr("Only the rows of %1, or those of all").arg(who)));
}

void TrafficPane::applyScope() {
    showScope();
    const ConnectionNumbers only = scope_->isChecked() ? selected_ : ConnectionNumbers();
    traffic_->setConnections(only);
    calls_->setConnections(only);
}

void TrafficPane::setHex(bool hex) {
    notation_->choose(hex);
}

void TrafficPane::showCalls(bool calls) {
    tabs_->setCurrentIndex(calls ? 1 : 0);
}

void TrafficPane::applyNotation() {
    traffic_->setHex(notation_->value().toBool());
    calls_->setHex(notation_->value().toBool());
}

void TrafficPane::showFollow() {
    follow_->showFollowing(current()->follows());
}

void TrafficPane::setFind(const QString& text) {
    showFound(true);
    traffic_->setFind(text);
    calls_->setFind(text);
}

void TrafficPane::focusFind() {
    if (!showsRecords()) tabs_->setCurrentIndex(0);
    find_->setFocus(Qt::ShortcutFocusReason);
    find_->selectAll();
}

void TrafficPane::showFound(bool found) {
    setWrong(find_, !found);
    found_->setVisible(!found);
    if (!found) found_->setText(tr("not found"));
}

void TrafficPane::findNext(bool forward) {
    if (!showsRecords()) tabs_->setCurrentIndex(0);
    current()->findNext(forward);
}

void TrafficPane::refresh() {
    const QWidget* shown = stack_->currentWidget();
    if (shown == throughput_) return throughput_->refresh();
    if (shown == boundaries_) return boundaries_->refresh();
    if (shown == options_) return options_->refresh();
    if (shown != charts_) return current()->refresh();
    charts_->setHistory(session_.kernelHistory(observed_), socketKind(session_.config().role, observed_));
    charts_->refresh();
}

}  // namespace sockstage
