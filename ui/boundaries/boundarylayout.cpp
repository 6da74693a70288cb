// SPDX-License-Identifier: GPL-3.0-or-later
#include "boundarylayout.h"

#include <algorithm>
#include <cmath>

namespace sockstage {
namespace {

/// Below it a call can neither be seen nor pointed at.
constexpr double leastPixels = 3;

}  // namespace

double BoundaryScale::width(std::uint64_t bytes) const {
    const double characters = 4 + 1.2 * std::log2(1.0 + static_cast<double>(bytes));
    return std::max(leastPixels, characters * character * zoom);
}

double BoundaryScale::space() const {
    return std::max(leastPixels, 1.5 * character * std::min(zoom, 1.0));
}

BoundaryLayout::BoundaryLayout(const CallBoundaries& boundaries, const BoundaryScale& scale) {
    const std::vector<BoundaryGroup> groups = boundaries.groups();
    columns_.reserve(groups.size());
    std::uint64_t from = std::max(boundaries.sends().beginOffset(), boundaries.receives().beginOffset());
    for (const BoundaryGroup& group : groups) {
        columns_.push_back({group, from, width_, 0});
        if (boundaries.isDatagrams())
            addDatagram(columns_.back(), scale);
        else
            addStream(boundaries, columns_.back(), scale);
        columns_.back().width = width_ - columns_.back().x;
        from += group.sentBytes;
        width_ += scale.space();
    }
    if (!columns_.empty()) width_ -= scale.space();
}

/// Every boundary of either end cuts; a piece between two cuts is of one send and of one receive.
void BoundaryLayout::addStream(const CallBoundaries& boundaries, const BoundaryColumn& column,
                               const BoundaryScale& scale) {
    const BoundaryGroup& group = column.group;
    std::uint64_t send = group.firstSend, receive = group.firstReceive;
    const std::uint64_t lastSend = send + group.sends, lastReceive = receive + group.receives;
    const std::uint64_t end = column.from + std::max(group.sentBytes, group.receivedBytes);
    for (std::uint64_t at = column.from; at < end;) {
        const CallSpan* sent = send < lastSend ? &boundaries.sends().at(send) : nullptr;
        const CallSpan* received = receive < lastReceive ? &boundaries.receives().at(receive) : nullptr;
        std::uint64_t cut = end;
        for (const CallSpan* span : {sent, received})
            if (span != nullptr) cut = std::min(cut, span->to);
        const double width = scale.width(cut - at);
        if (sent != nullptr) extend({true, send}, width, sent->from < column.from);
        if (received != nullptr) extend({false, receive}, width, received->from < column.from);
        if (sent != nullptr && received != nullptr) bands_.push_back({columns_.size() - 1, width_, width});
        if (received == nullptr) addGap(BoundaryGap::Kind::Waiting, cut - at, width);
        if (sent != nullptr && sent->to == cut) ++send;
        if (received != nullptr && received->to == cut) ++receive;
        width_ += width;
        at = cut;
    }
}

void BoundaryLayout::addDatagram(const BoundaryColumn& column, const BoundaryScale& scale) {
    using Kind = BoundaryGap::Kind;
    const BoundaryGroup& group = column.group;
    const bool received = group.receives != 0;
    const double kept = scale.width(received ? group.receivedBytes : group.sentBytes);
    extend({true, group.firstSend}, kept, false);
    if (received) {
        extend({false, group.firstReceive}, kept, false);
        bands_.push_back({columns_.size() - 1, width_, kept});
    } else {
        const Kind unsettled = group.overtaken ? Kind::Lost : Kind::Waiting;
        addGap(group.complete ? Kind::Forgotten : unsettled, group.sentBytes, kept);
    }
    width_ += kept;
    if (group.cutOff == 0) return;
    const double cut = scale.width(group.cutOff);
    extend({true, group.firstSend}, cut, false);
    addGap(Kind::CutOff, group.cutOff, cut);
    width_ += cut;
}

void BoundaryLayout::extend(const BoundaryCallId& id, double width, bool beganEarlier) {
    std::vector<BoundaryBox>& boxes = id.send ? sends_ : receives_;
    if (boxes.empty() || boxes.back().id != id)
        boxes.push_back({id, columns_.size() - 1, width_, 0, beganEarlier});
    boxes.back().width += width;
}

void BoundaryLayout::addGap(BoundaryGap::Kind kind, std::uint64_t bytes, double width) {
    const std::size_t column = columns_.size() - 1;
    if (gaps_.empty() || gaps_.back().column != column) gaps_.push_back({kind, column, 0, width_, 0});
    gaps_.back().bytes += bytes;
    gaps_.back().width += width;
}

const BoundaryBox* BoundaryLayout::find(const BoundaryCallId& id) const {
    // By place and not by number: datagrams may arrive in another order.
    const auto& all = boxes(id.send);
    const auto found =
        std::find_if(all.begin(), all.end(), [&id](const BoundaryBox& box) { return box.id == id; });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace sockstage
