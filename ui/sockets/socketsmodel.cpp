// SPDX-License-Identifier: GPL-3.0-or-later
#include "socketsmodel.h"

#include <algorithm>

#include "quantitytext.h"
#include "strip.h"

namespace sockstage {

SocketsModel::SocketsModel(QObject* parent) : QAbstractListModel(parent) {}
SocketsModel::~SocketsModel() = default;

Session* SocketsModel::open(const SocketConfig& config) {
    auto session = std::make_unique<Session>(config);
    Session* opened = session.get();
    connect(opened, &Session::stageChanged, this, &SocketsModel::refresh);
    connect(opened, &Session::finished, this, &SocketsModel::sessionFinished);
    const int row = rowCount();
    beginInsertRows({}, row, row);
    rows_.push_back({std::move(session), {}, {}, {}});
    rows_.back().shown = read(rows_.back());
    endInsertRows();
    opened->open();
    refresh();
    return opened;
}

bool SocketsModel::remove(Session* session) {
    const int row = rowOf(session);
    if (row < 0 || !session->isFinished()) return false;
    beginRemoveRows({}, row, row);
    rows_.erase(rows_.begin() + row);
    endRemoveRows();
    return true;
}

void SocketsModel::closeAll() {
    for (const Row& row : rows_) {
        if (row.session->isFinished()) continue;
        row.session->release(Stage::Close);  // no further step can come
        row.session->close();
    }
}

void SocketsModel::sessionFinished() {
    refresh();
    if (allFinished()) Q_EMIT everythingFinished();
}

Session* SocketsModel::at(int row) const {
    return row >= 0 && row < rowCount() ? rows_[static_cast<std::size_t>(row)].session.get() : nullptr;
}

int SocketsModel::rowOf(const Session* session) const {
    const auto found = std::find_if(rows_.begin(), rows_.end(),
                                    [session](const Row& row) { return row.session.get() == session; });
    return found == rows_.end() ? -1 : static_cast<int>(found - rows_.begin());
}

bool SocketsModel::allFinished() const {
    return openCount() == 0;
}

int SocketsModel::openCount() const {
    return static_cast<int>(
        std::count_if(rows_.begin(), rows_.end(), [](const Row& row) { return !row.session->isFinished(); }));
}

double SocketsModel::receivingRate() const {
    double sum = 0;
    for (const Row& row : rows_)
        sum += row.received.perSecond();
    return sum;
}

double SocketsModel::sendingRate() const {
    double sum = 0;
    for (const Row& row : rows_)
        sum += row.sent.perSecond();
    return sum;
}

SocketsModel::Shown SocketsModel::read(Row& row) {
    const Session& session = *row.session;
    const std::int64_t now = CaptureStore::nowNs();
    row.received.sample(now, session.counters().receivedBytes.get());
    row.sent.sample(now, session.counters().sentBytes.get());
    // A finished socket has no rate any more; what it moved in all is the better fact.
    const bool over = session.isFinished();
    return {addressText(session), session.stateWord(),
            over ? bytesText(session.counters().receivedBytes.get()) : rateText(row.received.perSecond()),
            over ? bytesText(session.counters().sentBytes.get()) : rateText(row.sent.perSecond()),
            socketMark(session)};
}

void SocketsModel::refresh() {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        Shown now = read(rows_[i]);
        if (now == rows_[i].shown) continue;
        rows_[i].shown = std::move(now);
        const QModelIndex changed = index(static_cast<int>(i));
        Q_EMIT dataChanged(changed, changed);
    }
}

int SocketsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

QString SocketsModel::sentence(const Row& row) const {
    const bool over = row.session->isFinished();
    return tr("%1, %2, %3, %4 %5, %6 %7")
        .arg(row.shown.address, nameAndRoleText(row.session->config()), row.shown.state,
             over ? tr("received") : tr("receiving"), row.shown.receiving, over ? tr("sent") : tr("sending"),
             row.shown.sending);
}

QVariant SocketsModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const Row& row = rows_[static_cast<std::size_t>(index.row())];
    switch (role) {
        case Qt::DisplayRole:
            return row.shown.address;
        case Qt::AccessibleTextRole:
            return sentence(row);
        case Qt::ToolTipRole: {
            const QString failure = row.session->trouble();
            return plainToolTip(failure.isEmpty() ? sentence(row)
                                                  : sentence(row) + QLatin1Char('\n') + failure);
        }
        case RoleTextRole:
            return nameText(row.session->config());
        case StateRole:
            return row.shown.state;
        case MarkRole:
            return static_cast<int>(row.shown.mark);
        case ReceivingRole:
            return row.shown.receiving;
        case SendingRole:
            return row.shown.sending;
        default:
            return {};
    }
}

}  // namespace sockstage
