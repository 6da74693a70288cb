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
      header_(new SessionHeader(session, this)),
      steps_(new StepBar(session, this)),
      rail_(new LifecycleRail(this)),
      clientRail_(new LifecycleRail(this)),
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
    clientRail_->setSession(&session_);
    clientRail_->hide();
    clients_->setSession(&session_);
    bytes_->setSession(&session_);
    // Nothing is chosen yet: the room is better used by the traffic.
    bytes_->hide();
    composer_->setSession(&session_);
    side_->stage().setStage(rail_->selectedStage(), 0);

    columns_->addWidget(makeCentre());
    columns_->addWidget(side_);
    side_->setMinimumWidth(fontMetrics().averageCharWidth() * 42);
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
    auto* rails = new QVBoxLayout;
    rails->setContentsMargins(space, space / 2, space, space);
    rails->setSpacing(space);
    for (LifecycleRail* rail : {rail_, clientRail_}) {
        // Two rows of cards are higher than the size hint; a fixed height would cut the second one off.
        QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
        policy.setHeightForWidth(true);
        rail->setSizePolicy(policy);
        rails->addWidget(rail);
    }
    column->addLayout(rails);
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
                                                       {traffic_, "window#traffic-and-system-calls"},
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
    for (LifecycleRail* rail : {rail_, clientRail_}) {
        LifecycleRail* other = rail == rail_ ? clientRail_ : rail_;
        connect(rail, &LifecycleRail::stageSelected, this,
                [this, other](Stage stage, std::uint32_t connection) {
                    other->clearSelection();
                    side_->stage().setStage(stage, connection);
                });
    }
    connect(clients_, &ClientsTable::selectionChanged, this, &SessionPage::followSelection);
    connect(clients_, &ClientsTable::sendToRequested, this, [this](const ConnectionNumbers& numbers) {
        composer_->setSelected(numbers);
        composer_->focusMessage();
    });
    connect(traffic_, &TrafficPane::rowSelected, this, [this](quint64 row) {
        bytes_->setVisible(true);
        bytes_->showRow(row);
    });
}

void SessionPage::followSelection() {
    const ConnectionNumbers selected = clients_->selected();
    const bool ownRail = session_.config().role == Role::TcpServer && selected.size() == 1;
    clientRail_->setVisible(ownRail);
    if (ownRail) {
        clientRail_->setConnection(selected.front());
        clientRail_->selectStage(Stage::Recv);
        rail_->clearSelection();
        side_->stage().setStage(Stage::Recv, selected.front());
    }
    // A client's stage must not stay in the inspector when its rail has gone.
    if (!ownRail) {
        clientRail_->clearSelection();
        rail_->followSession();
        side_->stage().setStage(rail_->selectedStage(), 0);
    }
    steps_->setConnection(steppedConnection());
    markNext();
    if (isVisible()) side_->look(observed());
    traffic_->setObserved(observed());
    traffic_->setSelected(selected);
    if (isServer(session_.config().role)) composer_->setSelected(selected);
    Q_EMIT selectionChanged();
}

void SessionPage::tick() {
    if (ticks_++ % slowTicks == 0) {
        header_->refresh();
        composer_->refresh();
        session_.watch(clients_->visibleConnections(), true);
        side_->look(observed());
        traffic_->setObserved(observed());
        steps_->setConnection(steppedConnection());
        steps_->refresh();
    }
    rail_->refresh();
    if (clientRail_->isVisible()) clientRail_->refresh();
    clients_->refresh();
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
    const ConnectionNumbers selected = clients_->selected();
    return role == Role::TcpServer && selected.size() == 1 ? selected.front() : 0;
}

ConnectionNumbers SessionPage::targets() const {
    ConnectionNumbers open;
    if (session_.config().role != Role::TcpServer) return open;
    for (const std::uint32_t number : clients_->selected())
        if (isOpen(session_.connections().at(number))) open.push_back(number);
    return open;
}

quint64 SessionPage::unreadBytes() const {
    if (!isTcp(session_.config().role)) return 0;
    const ConnectionTable& table = session_.connections();
    quint64 sum = 0;
    const ConnectionNumbers chosen = targets();
    for (const std::uint32_t number : chosen)
        sum += sockstage::unreadBytes(table.at(number));
    if (!chosen.empty()) return sum;
    for (std::uint32_t number = 1; number <= table.count(); ++number)
        sum += sockstage::unreadBytes(table.at(number));
    return sum;
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

/// On the card of the stage: of the client's own rail where that shows the connection, else of the session's.
void SessionPage::markNext() {
    const auto& next = steps_->next();
    const bool clients =
        next && clientRail_->isVisibleTo(this) && next->connection == clientRail_->connection();
    const auto stage = next ? std::optional(next->stage) : std::nullopt;
    rail_->setNext(clients ? std::nullopt : stage);
    clientRail_->setNext(clients ? stage : std::nullopt);
}

void SessionPage::saveState(QSettings& settings) const {
    settings.setValue(settingsKey("window/columns"), columns_->saveState());
    settings.setValue(settingsKey("window/rows"), rows_->saveState());
    clients_->saveState(settings);
    side_->saveState(settings);
}

void SessionPage::restoreState(QSettings& settings) {
    columns_->restoreState(settings.value(settingsKey("window/columns")).toByteArray());
    rows_->restoreState(settings.value(settingsKey("window/rows")).toByteArray());
    clients_->restoreState(settings);
    side_->restoreState(settings);
}

void SessionPage::resetLayout() {
    const int line = fontMetrics().height();
    side_->unfoldAll();
    columns_->setSizes({line * 60, line * 20});
    rows_->setSizes({isServer(session_.config().role) ? line * 9 : line * 5, line * 18, line * 8});
}

}  // namespace sockstage
