// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessionpage.h"

#include <QScrollArea>
#include <QSettings>
#include <QSplitter>
#include <QStyle>
#include <QVBoxLayout>

#include "bytespanel.h"
#include "clientstable.h"
#include "composer.h"
#include "connectiontext.h"
#include "guideplace.h"
#include "lifecyclerail.h"
#include "observation.h"
#include "sessionheader.h"
#include "settings.h"
#include "sidecolumn.h"
#include "stageinspector.h"
#include "stepbar.h"
#include "strip.h"
#include "trafficpane.h"

namespace sockstage {
namespace {

constexpr int tickMs = 33;
constexpr unsigned slowTicks = 6;  ///< words, queues and the kernel's counters: about five times a second

/// Wants no more room than it needs; else the page would scroll long before it has to.
class CompactSplitter : public QSplitter {
public:
    using QSplitter::QSplitter;
    QSize sizeHint() const override { return minimumSizeHint(); }
};

/// Scrolls in height only: it is never narrower than what it holds.
class HeightScrollArea : public QScrollArea {
public:
    using QScrollArea::QScrollArea;
    QSize minimumSizeHint() const override {
        const int bar = style()->pixelMetric(QStyle::PM_ScrollBarExtent);
        return {widget()->minimumSizeHint().width() + bar, fontMetrics().height() * 12};
    }
};

}  // namespace

SessionPage::SessionPage(Session& session, Observation& observation, QWidget* parent)
    : QWidget(parent),
      session_(session),
      observation_(observation),
      header_(new SessionHeader(session, this)),
      steps_(new StepBar(session, this)),
      rail_(new LifecycleRail(this)),
      clients_(new ClientsTable(this)),
      traffic_(new TrafficPane(session, this)),
      bytes_(new BytesPanel(this)),
      composer_(new Composer(this)),
      side_(new SideColumn(session, observation, this)),
      columns_(new QSplitter(Qt::Horizontal, this)),
      rows_(new CompactSplitter(Qt::Vertical, this)) {
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    rail_->setSession(&session_);
    clients_->setSession(&session_);
    // The one connection of a client is in the rail and in the right column.
    clients_->setVisible(isServer(session_.config().role));
    bytes_->setSession(&session_);
    // Nothing is chosen yet: the room is better used by the traffic.
    bytes_->hide();
    composer_->setSession(&session_);
    side_->stage().setStage(rail_->selectedStage(), 0);

    columns_->addWidget(makeCentre());
    columns_->addWidget(side_);
    columns_->setChildrenCollapsible(false);
    columns_->setHandleWidth(1);
    columns_->setStretchFactor(0, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->addWidget(columns_);
    connectParts();
    tellGuide();
    resetLayout();
    timer_.setInterval(tickMs);
}

QWidget* SessionPage::makeCentre() {
    auto* upper = new QWidget(this);
    auto* column = new QVBoxLayout(upper);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(header_);
    column->addWidget(steps_);
    const int space = fontMetrics().height() * 3 / 4;
    auto* rail = new QVBoxLayout;
    rail->setContentsMargins(space, space / 4, space, space / 2);
    // Two rows of cards are higher than the size hint; a fixed height would cut the second one off.
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    rail_->setSizePolicy(policy);
    rail->addWidget(rail_);
    column->addLayout(rail);
    column->addWidget(makeLine(Qt::Horizontal, upper));
    rows_->addWidget(clients_);
    rows_->addWidget(traffic_);
    rows_->addWidget(bytes_);
    rows_->setChildrenCollapsible(false);
    rows_->setHandleWidth(1);
    rows_->setStretchFactor(1, 1);
    column->addWidget(rows_, 1);
    auto* centre = new QWidget(this);
    auto* whole = new QVBoxLayout(centre);
    whole->setContentsMargins({});
    whole->setSpacing(0);
    whole->addWidget(makeScrolling(upper), 1);
    whole->addWidget(makeLine(Qt::Horizontal, centre));
    whole->addWidget(composer_);
    return centre;
}

QWidget* SessionPage::makeScrolling(QWidget* content) {
    // On a small screen, or with large fonts, the parts keep their least size and one scrolls.
    auto* area = new HeightScrollArea(this);
    area->setWidget(content);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setFocusPolicy(Qt::NoFocus);
    content->setAutoFillBackground(true);
    content->setBackgroundRole(QPalette::Base);
    return area;
}

void SessionPage::tellGuide() {
    const std::pair<QWidget*, const char*> places[] = {{clients_, "window#clients"},
                                                       {steps_, "step-mode"},
                                                       {header_, "window#stages"},
                                                       {bytes_, "window#bytes"},
                                                       {composer_, "window#composer"}};
    for (const auto& [part, place] : places)
        setGuidePlace(part, QLatin1String(place));
}

void SessionPage::connectParts() {
    connect(&timer_, &QTimer::timeout, this, &SessionPage::tick);
    connect(&session_, &Session::stageChanged, steps_, &StepBar::refresh);
    connect(steps_, &StepBar::nextChanged, this, [this] {
        markNext();
        Q_EMIT selectionChanged();
    });
    connect(header_, &SessionHeader::againWanted, this, &SessionPage::againWanted);
    connect(&side_->stage(), &StageInspector::retryWithReuseWanted, this, &SessionPage::againWithReuseWanted);
    connect(rail_, &LifecycleRail::stageSelected, this,
            [this](Stage stage, std::uint32_t connection) { side_->stage().setStage(stage, connection); });
    connect(clients_, &ClientsTable::heightWishChanged, this, &SessionPage::shareRows);
    connect(rows_, &QSplitter::splitterMoved, this, [this] { rowsMoved_ = true; });
    connect(clients_, &ClientsTable::selectionChanged, this, &SessionPage::followSelection);
    connect(clients_, &ClientsTable::sendToRequested, this, [this](const ConnectionNumbers& numbers) {
        composer_->setSelected(numbers);
        composer_->focusMessage();
    });
    connect(traffic_, &TrafficPane::rowSelected, this, [this](quint64 row) {
        bytesWanted_ = true;
        bytes_->setVisible(traffic_->showsRecords());
        bytes_->showRow(row);
    });
    // Bytes belong to a row of a list; beside charts and options they would only take the room.
    connect(traffic_, &TrafficPane::tabChosen, this,
            [this] { bytes_->setVisible(bytesWanted_ && traffic_->showsRecords()); });
    connect(bytes_, &BytesPanel::closeWanted, this, [this] {
        bytesWanted_ = false;
        bytes_->hide();
    });
    connect(traffic_, &TrafficPane::boundariesShown, this, &SessionPage::pair);
}

void SessionPage::followSelection() {
    selected_ = clients_->selected();
    const bool tcpServer = session_.config().role == Role::TcpServer;
    const std::uint32_t client = tcpServer && selected_.size() == 1 ? selected_.front() : 0;
    const bool clientBefore = rail_->selectedConnection() != 0;
    rail_->setConnection(client);
    rail_->setChosenClients(selected_.size());
    if (client != 0 || clientBefore) rail_->selectStage(Stage::Recv);
    if (client == 0) rail_->followSession();
    side_->stage().setStage(rail_->selectedStage(), rail_->selectedConnection());
    steps_->setConnection(steppedConnection());
    markNext();
    if (isVisible()) side_->look(observed());
    traffic_->setObserved(observed());
    traffic_->setSelected(selected_);
    pair();
    if (isServer(session_.config().role)) composer_->setSelected(selected_);
    lookForUnread();
    Q_EMIT selectionChanged();
}

void SessionPage::tick() {
    // First: a chosen client that is no longer listed is chosen no more, and no view shows it.
    clients_->refresh();
    if (ticks_++ % slowTicks == 0) {
        header_->refresh();
        composer_->refresh();
        session_.watch(clients_->visibleConnections(), true);
        side_->look(observed());
        traffic_->setObserved(observed());
        steps_->setConnection(steppedConnection());
        steps_->refresh();
        lookForUnread();
        pair();
    }
    rail_->refresh();
    traffic_->refresh();
    side_->refresh();
}

void SessionPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    ticks_ = 0;
    timer_.start();
    tick();
}

void SessionPage::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    timer_.stop();
    session_.watch({}, false);
    side_->leave();
}

// The socket that the right column is about; 0: the session's own.
std::uint32_t SessionPage::observed() const {
    const Role role = session_.config().role;
    if (role == Role::TcpClient) return session_.connections().count() != 0 ? 1 : 0;
    return role == Role::TcpServer && selected_.size() == 1 ? selected_.front() : 0;
}

/// Gives the view of call boundaries its subject: the one chosen connection, or the only one there is.
void SessionPage::pair() {
    if (!traffic_->showsBoundaries()) return;
    const bool only = selected_.empty() && session_.connections().count() == 1;
    const std::uint32_t connection = selected_.size() == 1 ? selected_.front() : only ? 1 : 0;
    traffic_->setPair(connection, observation_.otherEnd(session_, connection));
}

ConnectionNumbers SessionPage::chosen() const {
    return session_.config().role == Role::TcpServer ? selected_ : ConnectionNumbers();
}

ConnectionNumbers SessionPage::targets() const {
    ConnectionNumbers open;
    for (const std::uint32_t number : chosen())
        if (isOpen(session_.connections().at(number))) open.push_back(number);
    return open;
}

void SessionPage::lookForUnread() {
    unread_ = isTcp(session_.config().role) ? sockstage::unreadWarning(session_.connections(), chosen())
                                            : QString();
}

// Steps ------------------------------------------------------------------------------------------

bool SessionPage::isAnythingHeld() const {
    return steps_->isAnythingHeld();
}

bool SessionPage::canStep() const {
    return !session_.isFinished() && steps_->next().has_value();
}

void SessionPage::step() {
    steps_->step();
}

void SessionPage::run() {
    steps_->run();
}

/// The one selected client of a server, else the session as a whole.
std::uint32_t SessionPage::steppedConnection() const {
    const ConnectionNumbers chosen = targets();
    return chosen.size() == 1 ? chosen.front() : 0;
}

void SessionPage::markNext() {
    const auto& next = steps_->next();
    rail_->setNext(next ? std::optional(next->stage) : std::nullopt);
}

void SessionPage::setExperimentOn(bool on) {
    steps_->setSuppressed(on);
}

void SessionPage::saveState(QSettings& settings) const {
    settings.setValue(layoutKey("window/columns"), columns_->saveState());
    settings.setValue(layoutKey("window/rows"), rowsMoved_ ? rows_->saveState() : QByteArray());
    clients_->saveState(settings);
    side_->saveState(settings);
}

void SessionPage::restoreState(QSettings& settings) {
    columns_->restoreState(settings.value(layoutKey("window/columns")).toByteArray());
    // The same as for the window: the side is never the larger part.
    if (columns_->sizes().last() > columns_->sizes().first()) shareColumns();
    rowsMoved_ = rows_->restoreState(settings.value(layoutKey("window/rows")).toByteArray());
    clients_->restoreState(settings);
    side_->restoreState(settings);
}

void SessionPage::shareColumns() {
    const int line = fontMetrics().height();
    columns_->setSizes({line * 60, side_->minimumSizeHint().width()});
}

/// The table is as high as its rows, as long as the user has not moved the line below it.
void SessionPage::shareRows() {
    if (rowsMoved_ || !clients_->isVisibleTo(this)) return;
    const int table = clients_->heightWithin(rows_->height() / 4);
    const int bytes = bytes_->isVisibleTo(this) ? bytes_->sizeHint().height() : 0;
    rows_->setSizes({table, std::max(1, rows_->height() - table - bytes), bytes});
}

void SessionPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    shareRows();
}

void SessionPage::resetLayout() {
    side_->unfoldAll();
    shareColumns();
    clients_->resetColumns();
    rowsMoved_ = false;
    shareRows();
}

}  // namespace sockstage
