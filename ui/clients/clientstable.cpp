// SPDX-License-Identifier: GPL-3.0-or-later
#include "clientstable.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QMenu>
#include <QResizeEvent>
#include <QScopedValueRollback>
#include <QScrollBar>
#include <QSettings>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "clientdelegate.h"
#include "clientmenu.h"
#include "clientsmodel.h"
#include "settings.h"
#include "sortheader.h"
#include "theme.h"

namespace sockstage {
namespace {

constexpr int peerColumn = static_cast<int>(ClientColumn::Peer);
constexpr int endColumn = static_cast<int>(ClientColumn::SinceOrEnd);

/// What a narrow window does without, the first to go first. The right column has the same of a chosen
/// client.
constexpr std::array givingWay{ClientColumn::Rate, ClientColumn::Rtt, ClientColumn::SendQueue,
                               ClientColumn::ReceiveQueue, ClientColumn::Fd};

bool isStretched(int column) {
    return column == peerColumn || column == endColumn;
}

int leastPeerWidth() {
    const QFontMetrics metrics(monospaceFont());
    return metrics.horizontalAdvance(QStringLiteral("255.255.255.255:65535")) + metrics.height();
}

int leastEndWidth() {
    return QFontMetrics(monospaceFont()).averageCharWidth() * 14;
}

/// With our own queue beside the kernel's.
int queueWidth() {
    return QFontMetrics(monospaceFont()).averageCharWidth() * 18;
}

}  // namespace

ClientsTable::ClientsTable(QWidget* parent)
    : QWidget(parent), view_(new QTableView(this)), model_(new ClientsModel(this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(view_);
    setUpView();
    setColumnWidths();
    connect(view_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &ClientsTable::selectionChanged);
    connect(view_, &QWidget::customContextMenuRequested, this, &ClientsTable::showMenu);
    keepPlace();
    auto* copy = new QAction(tr("Copy rows"), view_);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    connect(copy, &QAction::triggered, this, &ClientsTable::copyRows);
    view_->addAction(copy);
}

void ClientsTable::setUpView() {
    view_->setHorizontalHeader(new SortHeader(view_));
    view_->setModel(model_);
    view_->setItemDelegate(new ClientDelegate(model_, view_));
    view_->setFrameShape(QFrame::NoFrame);
    view_->setShowGrid(false);
    view_->setWordWrap(false);
    view_->setSelectionBehavior(QAbstractItemView::SelectRows);
    view_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    view_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    view_->setContextMenuPolicy(Qt::CustomContextMenu);
    view_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    view_->setTabKeyNavigation(false);
    view_->setAccessibleName(tr("Clients"));
    view_->verticalHeader()->hide();
    view_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    QHeaderView* header = view_->horizontalHeader();
    // The column that distinguishes two rows gets what is left; the others keep the width of their figures.
    header->setStretchLastSection(false);
    header->setMinimumSectionSize(fontMetrics().height() * 2);
    connect(header, &QHeaderView::sectionResized, this, [this](int column) {
        if (!fitting_ && !isStretched(column)) stretchColumns();
    });
    view_->viewport()->installEventFilter(this);
    header->setSectionsMovable(true);
    // As they came, until the user clicks a column.
    header->setSortIndicator(-1, Qt::AscendingOrder);
    view_->setSortingEnabled(true);
}

/// What is looked at stays where it is when rows above it go.
void ClientsTable::keepPlace() {
    connect(model_, &QAbstractItemModel::rowsAboutToBeRemoved, this,
            [this](const QModelIndex&, int first, int last) {
                const int row = view_->rowAt(0);
                top_ = model_->index(row >= first && row <= last ? last + 1 : row, 0);
            });
    connect(model_, &QAbstractItemModel::rowsRemoved, this, [this] {
        if (top_.isValid()) view_->scrollTo(top_, QAbstractItemView::PositionAtTop);
        top_ = QModelIndex();
    });
}

void ClientsTable::setColumnWidths() {
    const QFontMetrics metrics(monospaceFont());
    view_->verticalHeader()->setDefaultSectionSize(metrics.height() * 3 / 2);
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    const QFontMetrics headers(bold);
    const auto titleOf = [this](int column) {
        return model_->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
    };
    constexpr std::array<int, clientColumnCount> characters{22, 6, 14, 10, 10, 10, 10, 9, 7, 18};
    for (int column = 0; column < clientColumnCount; ++column)
        view_->setColumnWidth(
            column, std::max(metrics.averageCharWidth() * characters[static_cast<std::size_t>(column)],
                             headers.horizontalAdvance(titleOf(column)) + headers.height() * 3 / 2));
    fitColumns();
}

bool ClientsTable::isMeaningful(int column) const {
    constexpr std::array tcpOnly{ClientColumn::TcpState, ClientColumn::SendQueue, ClientColumn::ReceiveQueue,
                                 ClientColumn::Rtt};
    const bool udp = session_ && !isTcp(session_->config().role);
    return !udp ||
           std::find(tcpOnly.begin(), tcpOnly.end(), static_cast<ClientColumn>(column)) == tcpOnly.end();
}

int ClientsTable::widthOfFigures() const {
    int width = 0;
    for (int column = 0; column < clientColumnCount; ++column)
        if (!isStretched(column)) width += view_->columnWidth(column);
    return width;
}

// Of the width alone, so that nothing comes and goes while one looks; a column that the user drags wider
// makes the table scroll, and hides none under the mouse.
void ClientsTable::fitColumns() {
    const QScopedValueRollback fitting(fitting_, true);
    for (int column = 0; column < clientColumnCount; ++column)
        view_->setColumnHidden(column, !isMeaningful(column));
    const int room = view_->viewport()->width() - leastPeerWidth() - leastEndWidth();
    QStringList gone;
    for (const ClientColumn each : givingWay) {
        const int column = static_cast<int>(each);
        if (widthOfFigures() <= room) break;
        if (view_->isColumnHidden(column)) continue;
        view_->setColumnHidden(column, true);
        gone.prepend(model_->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
    }
    view_->horizontalHeader()->setToolTip(
        gone.isEmpty() ? QString()
                       : tr("No room here for: %1. A wider window shows them.").arg(gone.join(u", ")));
    stretchColumns();
}

// Who it is and how it ended get what is left. Not the header's own stretching: that squeezes a column to
// nothing where the others take all the room.
void ClientsTable::stretchColumns() {
    QHeaderView* header = view_->horizontalHeader();
    const int peer = leastPeerWidth(), end = leastEndWidth();
    const int rest = std::max(0, view_->viewport()->width() - widthOfFigures() - peer - end);
    for (const int column : {peerColumn, endColumn})
        header->setSectionResizeMode(column, QHeaderView::Fixed);
    view_->setColumnWidth(peerColumn, peer + rest / 2);
    view_->setColumnWidth(endColumn, end + rest - rest / 2);
}

bool ClientsTable::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize) {
        const auto* resize = static_cast<QResizeEvent*>(event);
        if (resize->size().width() != resize->oldSize().width()) fitColumns();
    }
    return QWidget::eventFilter(watched, event);
}

void ClientsTable::setSession(Session* session) {
    if (session == session_) return;
    session_ = session;
    model_->setSession(session);
    fitColumns();
    if (session == nullptr) return;
    const Role role = session->config().role;
    const QString title = !isTcp(role) ? tr("Peers") : isServer(role) ? tr("Clients") : tr("Connection");
    view_->setAccessibleName(title);
}

void ClientsTable::refresh() {
    if (!session_) return;
    const auto [first, last] = visibleRows();
    model_->refresh(first, last);
    makeRoomForQueue();
    if (const int rows = std::min(model_->rowCount(), mostRows); rows != shownRows_) {
        shownRows_ = rows;
        Q_EMIT heightWishChanged();
    }
}

// Our own queue is shown beside the kernel's, but rare: its room is taken while there is one, and given back.
void ClientsTable::makeRoomForQueue() {
    const bool wanted = session_->counters().queuedBytes.get() != 0;
    if (wanted == (narrowQueue_ != 0)) return;
    const int column = static_cast<int>(ClientColumn::SendQueue);
    if (!wanted) {
        view_->setColumnWidth(column, std::exchange(narrowQueue_, 0));
        return fitColumns();
    }
    view_->showColumn(column);
    narrowQueue_ = view_->columnWidth(column);
    view_->setColumnWidth(column, std::max(narrowQueue_, queueWidth()));
    fitColumns();
}

QSize ClientsTable::sizeHint() const {
    const int rows = std::max(1, std::min(model_->rowCount(), mostRows));
    return {view_->sizeHint().width(), heightOf(rows)};
}

int ClientsTable::heightWithin(int most) const {
    int rows = std::max(1, std::min(model_->rowCount(), mostRows));
    while (rows > 1 && heightOf(rows) > most)
        --rows;
    return heightOf(rows);
}

QSize ClientsTable::minimumSizeHint() const {
    return {fontMetrics().averageCharWidth() * 40, heightOf(1)};
}

int ClientsTable::heightOf(int rows) const {
    const int bar = view_->horizontalScrollBar()->maximum() > 0 ? view_->horizontalScrollBar()->height() : 0;
    return view_->horizontalHeader()->sizeHint().height() +
           rows * view_->verticalHeader()->defaultSectionSize() + bar + 2;
}

void ClientsTable::resetColumns() {
    narrowQueue_ = 0;
    view_->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    QHeaderView* header = view_->horizontalHeader();
    for (int column = 0; column < clientColumnCount; ++column)
        header->moveSection(header->visualIndex(column), column);
    setColumnWidths();
}

QPair<int, int> ClientsTable::visibleRows() const {
    const int rows = model_->rowCount();
    const int first = std::max(0, view_->rowAt(0));
    const int last = view_->rowAt(view_->viewport()->height() - 1);
    return {first, last < 0 ? rows - 1 : last};
}

ConnectionNumbers ClientsTable::visibleConnections() const {
    ConnectionNumbers numbers;
    const auto [first, last] = visibleRows();
    for (int row = first; row <= last && row < model_->rowCount(); ++row)
        numbers.push_back(model_->numberAt(row));
    return numbers;
}

ConnectionNumbers ClientsTable::selected() const {
    ConnectionNumbers numbers;
    for (const QItemSelectionRange& range : view_->selectionModel()->selection())
        for (int row = range.top(); row <= range.bottom(); ++row)
            numbers.push_back(model_->numberAt(row));
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    return numbers;
}

void ClientsTable::selectConnection(std::uint32_t number) {
    model_->refresh(-1, -1);
    const int row = model_->rowOf(number);
    if (row < 0) return view_->clearSelection();
    // With explicit flags, not by the view's own function: that one adds or removes while Shift or Ctrl is
    // down.
    view_->selectionModel()->setCurrentIndex(model_->index(row, 0),
                                             QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

void ClientsTable::saveState(QSettings& settings) const {
    // Never the room that a queue takes for a while.
    const int column = static_cast<int>(ClientColumn::SendQueue);
    if (narrowQueue_ != 0) view_->setColumnWidth(column, narrowQueue_);
    settings.setValue(layoutKey("window/clients"), view_->horizontalHeader()->saveState());
    if (narrowQueue_ != 0) view_->setColumnWidth(column, std::max(narrowQueue_, queueWidth()));
}

void ClientsTable::restoreState(QSettings& settings) {
    QHeaderView* header = view_->horizontalHeader();
    header->restoreState(settings.value(layoutKey("window/clients")).toByteArray());
    fitColumns();
}

void ClientsTable::showMenu(const QPoint& at) {
    if (!session_) return;
    const ConnectionNumbers chosen = selected();
    const ClientTargets targets = clientTargets(*session_, chosen);
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    auto* send =
        menu->addAction(tr("Send to …"), this, [this, to = targets.sending] { Q_EMIT sendToRequested(to); });
    send->setEnabled(!targets.sending.empty());
    addClientVerbs(*menu, *session_, targets);
    menu->addSeparator();
    menu->addAction(tr("Copy cell"), this, &ClientsTable::copyCell)
        ->setEnabled(view_->currentIndex().isValid());
    auto* rows = menu->addAction(tr("Copy rows"), this, &ClientsTable::copyRows);
    rows->setShortcut(QKeySequence::Copy);
    rows->setEnabled(!chosen.empty());
    menu->popup(view_->viewport()->mapToGlobal(at));
}

void ClientsTable::copyCell() const {
    QApplication::clipboard()->setText(view_->currentIndex().data().toString());
}

void ClientsTable::copyRows() const {
    QStringList lines;
    for (const std::uint32_t number : selected()) {
        QStringList cells;
        for (int column = 0; column < clientColumnCount; ++column)
            if (isMeaningful(column)) cells << model_->index(model_->rowOf(number), column).data().toString();
        lines << cells.join(QLatin1Char('\t'));
    }
    QApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

}  // namespace sockstage
