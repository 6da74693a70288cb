#include "trafficpane.h"

#include <QHBoxLayout>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>
#include <QVBoxLayout>

#include "boundariesview.h"
#include "choicebutton.h"
#include "guideplace.h"
#include "optionsview.h"
#include "recordview.h"
#include "strip.h"
#include "tcpchartsview.h"
#include "throughputview.h"

namespace sockstage {

TrafficPane::TrafficPane(Session& session, QWidget* parent)
    : QWidget(parent),
      session_(session),
      tabs_(new QTabBar(this)),
      scope_(new ChoiceButton(tr("Whose traffic and calls are listed"), this)),
      notation_(new ChoiceButton(tr("How bytes are written"), this)),
      follow_(new QToolButton(this)),
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
    column->addWidget(makeBar());
    column->addWidget(makeLine(Qt::Horizontal, this));
    column->addWidget(stack_, 1);
    traffic_ = addView(new RecordView(RecordView::Content::Traffic, this), tr("Traffic"));
    calls_ = addView(new RecordView(RecordView::Content::Calls, this), tr("System calls"));
    addTab(boundaries_, tr("Boundaries"));
    addTab(throughput_, tr("Throughput"));
    addTab(charts_, tr("Kernel over time"));
    addTab(options_, tr("Options"));
    for (const TimeCharts* charts : std::initializer_list<TimeCharts*>{throughput_, charts_})
        connect(charts, &TimeCharts::followChanged, this, &TrafficPane::showFollow);
    tellGuide();
    connect(tabs_, &QTabBar::currentChanged, this, &TrafficPane::tabChanged);
    connect(boundaries_, &BoundariesView::followChanged, this, &TrafficPane::showFollow);
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

QWidget* TrafficPane::makeBar() {
    auto* bar = new QWidget(this);
    bar->setAutoFillBackground(true);
    bar->setBackgroundRole(QPalette::AlternateBase);
    tabs_->setDrawBase(false);
    tabs_->setExpanding(false);
    tabs_->setUsesScrollButtons(true);  // in a narrow window
    tabs_->setAccessibleName(tr("Views of this socket"));
    const bool server = isServer(session_.config().role);
    const bool tcp = isTcp(session_.config().role);
    scope_->addChoice(tcp ? tr("All clients") : tr("All peers"), false);
    scope_->addChoice(tcp ? tr("Only the selected clients") : tr("Only the selected peers"), true,
                      tr("Selected"));
    scope_->setVisible(server);
    notation_->addChoice(tr("Text"), false);
    notation_->addChoice(tr("Hex"), true);
    notation_->setObjectName(QStringLiteral("trafficNotation"));
    follow_->setText(tr("Follow"));
    follow_->setCheckable(true);
    follow_->setFocusPolicy(Qt::StrongFocus);
    follow_->setObjectName(QStringLiteral("follow"));
    follow_->setToolTip(tr("Stay at the newest; looking back stops this, End goes on"));
    const std::initializer_list<QWidget*> quiet{scope_, notation_, follow_};
    for (QWidget* button : quiet)
        button->setProperty("quiet", true);
    connect(scope_, &ChoiceButton::chosen, this, &TrafficPane::applyScope);
    connect(notation_, &ChoiceButton::chosen, this, &TrafficPane::applyNotation);
    connect(follow_, &QToolButton::toggled, this, [this](bool on) { setFollow(on); });
    const int space = fontMetrics().height() / 2;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(space, space / 3, space, 0);
    row->setSpacing(space / 2);
    row->addWidget(tabs_, 0, Qt::AlignBottom);
    row->addStretch();
    row->addWidget(scope_);
    row->addWidget(notation_);
    row->addWidget(follow_);
    return bar;
}

RecordView* TrafficPane::addView(RecordView* view, const QString& title) {
    view->setFrameShape(QFrame::NoFrame);
    view->setSession(&session_);
    connect(view, &RecordView::rowSelected, this, &TrafficPane::rowSelected);
    connect(view, &RecordView::followChanged, this, &TrafficPane::showFollow);
    connect(view, &RecordView::findFinished, this, &TrafficPane::findFinished);
    addTab(view, title);
    return view;
}

void TrafficPane::addTab(QWidget* view, const QString& title) {
    tabs_->addTab(title);
    stack_->addWidget(view);
}

RecordView* TrafficPane::current() const {
    return tabs_->currentIndex() == 1 ? calls_ : traffic_;
}

TimeCharts* TrafficPane::currentCharts() const {
    return qobject_cast<TimeCharts*>(stack_->currentWidget());
}

bool TrafficPane::showsRecords() const {
    return tabs_->currentIndex() <= 1;
}

void TrafficPane::tabChanged() {
    stack_->setCurrentIndex(tabs_->currentIndex());
    scope_->setVisible(showsRecords() && isServer(session_.config().role));
    notation_->setVisible(showsRecords());
    follow_->setVisible(stack_->currentWidget() != options_);
    showFollow();
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
    selected_ = numbers;
    if (scope_->value().toBool()) applyScope();
}

void TrafficPane::applyScope() {
    const ConnectionNumbers only = scope_->value().toBool() ? selected_ : ConnectionNumbers();
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

bool TrafficPane::follows() const {
    if (showsBoundaries()) return boundaries_->follows();
    const TimeCharts* charts = currentCharts();
    return charts != nullptr ? charts->follows() : current()->follows();
}

void TrafficPane::setFollow(bool follow) {
    if (showsBoundaries()) return boundaries_->setFollow(follow);
    TimeCharts* charts = currentCharts();
    charts != nullptr ? charts->setFollow(follow) : current()->setFollow(follow);
}

void TrafficPane::showFollow() {
    const QSignalBlocker quiet(follow_);
    follow_->setChecked(follows());
    // The word as well as the colour: a pressed button alone is easily missed.
    follow_->setText(follows() ? tr("✓ Follow") : tr("Follow"));
}

void TrafficPane::setFind(const QString& text) {
    traffic_->setFind(text);
    calls_->setFind(text);
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
