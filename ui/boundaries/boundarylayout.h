// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "callboundaries.h"

namespace sockstage {

/// How wide so many bytes are drawn. A byte and a megabyte stand beside each other, so the width grows with
/// the logarithm; what is empty has a width too.
struct BoundaryScale {
    static constexpr double least = 0.25, most = 8;

    double character = 8;  ///< width of a character, so that figures fit
    double zoom = 1;

    double width(std::uint64_t bytes) const;
    double space() const;  ///< between groups
    bool operator==(const BoundaryScale&) const = default;
};

/// One call, named as CallTrack counts.
struct BoundaryCallId {
    bool send = true;
    std::uint64_t index = 0;
    bool operator==(const BoundaryCallId&) const = default;
};

/// One call as a box.
struct BoundaryBox {
    BoundaryCallId id;
    std::size_t column = 0;
    double x = 0, width = 0;
    bool beganEarlier = false;  ///< its first bytes lie before what is shown

    double end() const { return x + width; }
};

/// Bytes that one send and one receive moved.
struct BoundaryBand {
    std::size_t column = 0;
    double x = 0, width = 0;

    double end() const { return x + width; }
};

/// Bytes of a send that no receive below it has.
struct BoundaryGap {
    enum class Kind : std::uint8_t {
        Waiting,   ///< not received yet
        CutOff,    ///< the rest of a datagram that was longer than the buffer
        Lost,      ///< did not arrive, a later one did
        Forgotten  ///< arrived; which recv it was is no longer kept
    };
    Kind kind = Kind::Waiting;
    std::size_t column = 0;
    std::uint64_t bytes = 0;
    double x = 0, width = 0;

    double end() const { return x + width; }
};

/// One group, as wide as its calls.
struct BoundaryColumn {
    BoundaryGroup group;
    std::uint64_t from = 0;  ///< offset of its first byte
    double x = 0, width = 0;

    double end() const { return x + width; }
};

/// Where everything stands on the strip: sends above, receives below, and each byte of both at the same
/// place. All lists go from left to right.
class BoundaryLayout {
public:
    BoundaryLayout() = default;
    BoundaryLayout(const CallBoundaries& boundaries, const BoundaryScale& scale);

    const std::vector<BoundaryColumn>& columns() const { return columns_; }
    const std::vector<BoundaryBox>& boxes(bool sends) const { return sends ? sends_ : receives_; }
    const std::vector<BoundaryBand>& bands() const { return bands_; }
    const std::vector<BoundaryGap>& gaps() const { return gaps_; }
    double width() const { return width_; }
    /// Null where it is not shown.
    const BoundaryBox* find(const BoundaryCallId& id) const;

    /// The first of a list that does not end before `x`.
    template <typename Item>
    static std::size_t firstAt(const std::vector<Item>& items, double x) {
        std::size_t from = 0, count = items.size();
        while (count != 0) {
            const std::size_t half = count / 2;
            if (items[from + half].end() >= x) {
                count = half;
            } else {
                from += half + 1;
                count -= half + 1;
            }
        }
        return from;
    }
    /// The item at `x`; null between two.
    template <typename Item>
    static const Item* at(const std::vector<Item>& items, double x) {
        const std::size_t first = firstAt(items, x);
        return first < items.size() && items[first].x <= x ? &items[first] : nullptr;
    }

private:
    void addStream(const CallBoundaries& boundaries, const BoundaryColumn& column,
                   const BoundaryScale& scale);
    void addDatagram(const BoundaryColumn& column, const BoundaryScale& scale);
    void extend(const BoundaryCallId& id, double width, bool beganEarlier);
    void addGap(BoundaryGap::Kind kind, std::uint64_t bytes, double width);

    std::vector<BoundaryColumn> columns_;
    std::vector<BoundaryBox> sends_, receives_;
    std::vector<BoundaryBand> bands_;
    std::vector<BoundaryGap> gaps_;
    double width_ = 0;
};

}  // namespace sockstage
