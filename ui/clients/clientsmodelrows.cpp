// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <utility>

#include "clientsmodel.h"

// Which rows there are, and in what order: the other half of clientsmodel.cpp, which has what they show.

namespace sockstage {

void ClientsModel::setSession(const Session* session) {
    beginResetModel();
    session_ = session;
    order_.clear();
    rows_.clear();
    seen_ = recycled_ = 0;
    movedBefore_.clear();
    rates_.clear();
    shown_.clear();
    sortedNs_ = announcedNs_ = 0;
    endResetModel();
    appendNew();
}

void ClientsModel::appendNew() {
    if (!session_) return;
    const ConnectionTable& table = session_->connections();
    const std::uint32_t before = std::exchange(seen_, table.count());
    std::vector<std::uint32_t> fresh;
    for (std::uint32_t number = table.keptFrom(before + 1); number != 0 && number <= seen_;
         number = table.keptFrom(number + 1))
        fresh.push_back(number);
    if (fresh.empty()) return;
    const int first = rowCount();
    beginInsertRows({}, first, first + static_cast<int>(fresh.size()) - 1);
    for (const std::uint32_t number : fresh) {
        rows_.emplace(number, static_cast<int>(order_.size()));
        order_.push_back(number);
    }
    endInsertRows();
}

/// What has ended lies together as it came; sorted by a column it is strewn, and is brought together first:
/// one removal of many rows instead of many of one.
void ClientsModel::removeRecycled() {
    const ConnectionTable& table = session_->connections();
    if (std::exchange(recycled_, table.recycled()) == table.recycled()) return;
    const auto isHere = [&table](std::uint32_t number) { return table.has(number); };
    const auto first = std::find_if_not(order_.begin(), order_.end(), isHere);
    auto end = std::find_if(first, order_.end(), isHere);
    if (first == order_.end()) return;
    if (std::all_of(end, order_.end(), isHere))
        return forgetRows(static_cast<int>(first - order_.begin()), static_cast<int>(end - first));
    std::vector<std::uint32_t> order(order_);
    const auto gone = std::stable_partition(order.begin(), order.end(), isHere);
    const auto row = static_cast<int>(gone - order.begin());
    setOrder(std::move(order));
    forgetRows(row, rowCount() - row);
}

void ClientsModel::forgetRows(int first, int count) {
    beginRemoveRows({}, first, first + count - 1);
    const auto from = order_.begin() + first;
    for (auto each = from; each != from + count; ++each) {
        rows_.erase(*each);
        rates_.erase(*each);
        movedBefore_.erase(*each);
    }
    order_.erase(from, from + count);
    for (int row = first; row < rowCount(); ++row)
        rows_[numberAt(row)] = row;
    endRemoveRows();
}

int ClientsModel::rowOf(std::uint32_t number) const {
    const auto found = rows_.find(number);
    return found == rows_.end() ? -1 : found->second;
}

void ClientsModel::sort(int column, Qt::SortOrder order) {
    sortColumn_ = column;
    sortOrder_ = order;
    resort();
}

void ClientsModel::resort() {
    if (!session_) return;
    sortedNs_ = CaptureStore::nowNs();
    if (sortColumn_ < 0) {
        std::vector<std::uint32_t> numbers(order_);
        std::sort(numbers.begin(), numbers.end());
        return setOrder(std::move(numbers));
    }
    const auto column = static_cast<ClientColumn>(sortColumn_);
    setOrder(sortedClients(session_->connections(), order_, column, sortOrder_, movedBefore_));
    movedBefore_.clear();
    if (column != ClientColumn::Rate) return;
    for (const std::uint32_t number : order_)
        movedBefore_[number] = movedBytes(slot(number));
}

void ClientsModel::setOrder(std::vector<std::uint32_t> order) {
    if (order == order_) return;
    Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    std::vector<std::uint32_t> numbers;
    for (const QModelIndex& index : before)
        numbers.push_back(numberAt(index.row()));
    order_ = std::move(order);
    for (std::size_t row = 0; row < order_.size(); ++row)
        rows_[order_[row]] = static_cast<int>(row);
    QModelIndexList after;
    for (qsizetype i = 0; i < before.size(); ++i)
        after << index(rowOf(numbers[static_cast<std::size_t>(i)]), before[i].column());
    changePersistentIndexList(before, after);
    Q_EMIT layoutChanged({}, VerticalSortHint);
}

}  // namespace sockstage
