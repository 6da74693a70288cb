// SPDX-License-Identifier: GPL-3.0-or-later
#include "clientsmodel.h"

#include <algorithm>
#include <utility>

#include "connectiontext.h"
#include "lastseen.h"
#include "plaintext.h"
#include "quantitytext.h"
#include "strip.h"
#include "theme.h"

namespace sockstage {
namespace {

constexpr qint64 announcePauseNs = 100'000'000;
constexpr qint64 sortPauseNs = 1'000'000'000;

bool isNumber(ClientColumn column) {
    return column != ClientColumn::Peer && column != ClientColumn::TcpState &&
           column != ClientColumn::SinceOrEnd;
}

QString sampledBytes(const ConnectionSlot& slot, const std::atomic<std::uint32_t>& bytes) {
    return isSampled(slot) ? bytesText(bytes.load(std::memory_order_relaxed)) : QStringLiteral("—");
}

QString sendQueueText(const ConnectionSlot& slot) {
    const QString kernel = sampledBytes(slot, slot.kernel.sendQueueBytes);
    const quint64 ours = slot.queuedBytes.get();
    return ours == 0 ? kernel : ClientsModel::tr("%1 + %2 queued").arg(kernel, bytesText(ours));
}

QString rttText(const ConnectionSlot& slot) {
    return isSampled(slot) ? durationText(qint64{slot.kernel.rttUs.load(std::memory_order_relaxed)} * 1000)
                           : QStringLiteral("—");
}

}  // namespace

ClientsModel::ClientsModel(QObject* parent) : QAbstractTableModel(parent) {}

void ClientsModel::refresh(int firstVisible, int lastVisible) {
    if (!session_) return;
    removeRecycled();
    appendNew();
    const qint64 now = CaptureStore::nowNs();
    if (sortColumn_ >= 0 && now - sortedNs_ >= sortPauseNs) resort();
    const int last = std::min(lastVisible, static_cast<int>(order_.size()) - 1);
    if (now - announcedNs_ < announcePauseNs || firstVisible < 0 || last < firstVisible) return;
    announcedNs_ = now;
    announce(firstVisible, last, sampleRates(firstVisible, last, now));
}

bool ClientsModel::sampleRates(int first, int last, qint64 nowNs) {
    bool changed = false;
    for (int row = first; row <= last; ++row)
        changed = rates_[numberAt(row)].sample(nowNs, movedBytes(slot(numberAt(row)))) || changed;
    const int visible = last - first + 1, kept = static_cast<int>(rates_.size());
    if (kept <= 4 * visible + 64) return changed;
    std::erase_if(rates_, [&](const auto& entry) {
        const int row = rowOf(entry.first);
        return row < first || row > last;
    });
    return changed;
}

/// Cell by cell: the time of a connection passes ten times a second, and nothing else may have moved.
void ClientsModel::announce(int first, int last, bool newRates) {
    std::vector<ShownRow> before = std::exchange(shown_, {});
    const bool sameRows = std::exchange(shownFirst_, first) == first;
    for (int row = first; row <= last; ++row) {
        const auto at = static_cast<std::size_t>(row - first);
        shown_.push_back(shownRow(numberAt(row)));
        const ShownRow& now = shown_.back();
        const bool known = sameRows && at < before.size() && before[at].number == now.number;
        for (int column = 0; column < clientColumnCount; ++column) {
            const auto cell = static_cast<std::size_t>(column);
            const bool rate = newRates && static_cast<ClientColumn>(column) == ClientColumn::Rate;
            if (known && !rate && before[at].closed == now.closed &&
                before[at].texts[cell] == now.texts[cell])
                continue;
            Q_EMIT dataChanged(index(row, column), index(row, column));
        }
    }
}

/// What a row on screen shows until the next refresh(), whenever it is painted meanwhile; nullptr: it was not
/// announced yet.
const ClientsModel::ShownRow* ClientsModel::shownAt(int row) const {
    const auto at = static_cast<std::size_t>(row - shownFirst_);
    if (row < shownFirst_ || at >= shown_.size() || shown_[at].number != numberAt(row)) return nullptr;
    return &shown_[at];
}

ClientsModel::ShownRow ClientsModel::shownRow(std::uint32_t number) const {
    ShownRow row{number, !isOpen(slot(number)), {}};
    for (int column = 0; column < clientColumnCount; ++column)
        row.texts[static_cast<std::size_t>(column)] = text(number, static_cast<ClientColumn>(column));
    return row;
}

const RateHistory* ClientsModel::rates(int row) const {
    const auto found = rates_.find(numberAt(row));
    return found == rates_.end() ? nullptr : &found->second;
}

int ClientsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(order_.size());
}

int ClientsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : clientColumnCount;
}

/// The present state, or the last one seen where sampling has ended; the tool tip says when.
QString ClientsModel::stateText(std::uint32_t number) const {
    const QString past = isInKernelAfterClose(slot(number)) ? lastSeenShort(*session_, number) : QString();
    return past.isEmpty() ? tcpStateText(slot(number)) : past;
}

QString ClientsModel::text(std::uint32_t number, ClientColumn column) const {
    const ConnectionSlot& client = slot(number);
    switch (column) {
        case ClientColumn::Peer:
            return peerText(session_->connections(), number);
        case ClientColumn::Fd:
            return client.firstFd < 0 ? QStringLiteral("—") : QString::number(client.firstFd);
        case ClientColumn::TcpState:
            return stateText(number);
        case ClientColumn::Received:
            return bytesText(client.receivedBytes.get());
        case ClientColumn::Sent:
            return bytesText(client.sentBytes.get());
        case ClientColumn::SendQueue:
            return sendQueueText(client);
        case ClientColumn::ReceiveQueue:
            return sampledBytes(client, client.kernel.receiveQueueBytes);
        case ClientColumn::Rtt:
            return rttText(client);
        case ClientColumn::Rate: {
            const auto history = rates_.find(number);
            return history == rates_.end() ? QString()
                                           : rateText(static_cast<double>(history->second.latest()));
        }
        case ClientColumn::SinceOrEnd:
            return sinceOrEndText(client, CaptureStore::nowNs());
    }
    return {};
}

QString ClientsModel::toolTip(std::uint32_t number, ClientColumn column) const {
    const ConnectionSlot& client = slot(number);
    const auto messages = [](const Counter& bytes, const Counter& calls) {
        return tr("%1 bytes in %2 messages").arg(grouped(bytes.get()), grouped(calls.get()));
    };
    switch (column) {
        case ClientColumn::Peer:
            return tr("%1, our end is %2").arg(text(number, column), outsideText(client.local.text()));
        case ClientColumn::Received:
            return messages(client.receivedBytes, client.receivedMessages);
        case ClientColumn::Sent:
            return messages(client.sentBytes, client.sentMessages);
        case ClientColumn::SendQueue:
            return tr("%1: in the kernel and not yet acknowledged; what is queued waits in this program for "
                      "room")
                .arg(text(number, column));
        case ClientColumn::ReceiveQueue:
            return tr("%1: in the kernel and not yet read").arg(text(number, column));
        case ClientColumn::SinceOrEnd:
            return client.discardedBytes.get() == 0
                       ? text(number, column)
                       : tr("%1; %2 were queued and never sent")
                             .arg(text(number, column), bytesText(client.discardedBytes.get()));
        case ClientColumn::TcpState: {
            const QString past =
                isInKernelAfterClose(client) ? lastSeenSentence(*session_, number) : QString();
            return past.isEmpty() ? text(number, column) : past;
        }
        default:
            return text(number, column);
    }
}

QVariant ClientsModel::color(std::uint32_t number, ClientColumn column) const {
    const ConnectionSlot& client = slot(number);
    const EndReason end = client.end.load(std::memory_order_relaxed);
    const bool broken = end == EndReason::ResetByPeer || end == EndReason::Error;
    if (column == ClientColumn::Received) return roleColors().received;
    if (column == ClientColumn::Sent) return roleColors().sent;
    if (column == ClientColumn::SinceOrEnd && broken) return roleColors().failed;
    return isOpen(client) ? QVariant() : roleColors().dimmed;
}

QVariant ClientsModel::data(const QModelIndex& index, int role) const {
    if (!session_ || !checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const std::uint32_t number = numberAt(index.row());
    if (!session_->connections().has(number)) return {};  // its row goes at the next refresh
    const auto column = static_cast<ClientColumn>(index.column());
    switch (role) {
        case Qt::DisplayRole: {
            const ShownRow* row = shownAt(index.row());
            return row != nullptr ? row->texts[static_cast<std::size_t>(index.column())]
                                  : text(number, column);
        }
        case Qt::ToolTipRole:
            return plainToolTip(toolTip(number, column));
        case Qt::AccessibleTextRole:
            return headerData(index.column(), Qt::Horizontal, Qt::DisplayRole).toString() + QLatin1Char(' ') +
                   text(number, column);
        case Qt::ForegroundRole:
            return color(number, column);
        case Qt::FontRole:
            return monospaceFont();
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(
                Qt::Alignment(Qt::AlignVCenter | (isNumber(column) ? Qt::AlignRight : Qt::AlignLeft)));
        default:
            return {};
    }
}

QVariant ClientsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= clientColumnCount) return {};
    const auto column = static_cast<ClientColumn>(section);
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(
            Qt::AlignVCenter |
            (isNumber(column) && column != ClientColumn::Rate ? Qt::AlignRight : Qt::AlignLeft)));
    if (role != Qt::DisplayRole) return {};
    switch (column) {
        case ClientColumn::Peer:
            return tr("Peer");
        case ClientColumn::Fd:
            return tr("fd");
        case ClientColumn::TcpState:
            return tr("TCP state");
        case ClientColumn::Received:
            return tr("Received");
        case ClientColumn::Sent:
            return tr("Sent");
        case ClientColumn::SendQueue:
            return tr("Send-Q");
        case ClientColumn::ReceiveQueue:
            return tr("Recv-Q");
        case ClientColumn::Rtt:
            return tr("RTT");
        case ClientColumn::Rate:
            return tr("Rate");
        case ClientColumn::SinceOrEnd:
            return tr("Since / end");
    }
    return {};
}

}  // namespace sockstage
