// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "capturestore.h"
#include "connectiontable.h"

namespace sockstage {

/// Where one end of a connection is on record. Used during a call, not kept.
struct CallEnd {
    const CaptureStore& capture;
    const ConnectionTable& connections;
    /// Its number. 0: it has none yet; a UDP server knows a peer only from the first datagram it has
    /// received.
    std::uint32_t connection;
};

/// The bytes that one send() or recv() moved, as a span of all bytes of this direction.
struct CallSpan {
    /// Offsets in the stream, `to` excluded. A datagram may be empty; a received one lies where its send
    /// lies, once it has a partner.
    std::uint64_t from = 0, to = 0;
    std::uint64_t row = 0;  ///< in its end's capture
    std::int64_t beginNs = 0, endNs = 0;
    std::uint32_t asked = 0;    ///< the length argument
    std::uint32_t cutOff = 0;   ///< received: bytes of the datagram that did not fit and are gone
    std::uint64_t content = 0;  ///< datagram: a hash of its bytes
    /// Datagram: which call of the other end it was, counted as CallTrack::firstIndex() does.
    std::optional<std::uint64_t> partner;

    std::uint64_t size() const { return to - from; }
};

/// The sends or the receives of one end: the last of them, with their place in the stream. Not thread-safe;
/// owned by the view that shows them.
class CallTrack {
public:
    CallTrack(bool sends, bool datagrams, std::size_t limit)
        : sends_(sends), datagrams_(datagrams), limit_(limit) {}

    /// Reads the rows that came since the last time, at most so many that a window does not stall. True: that
    /// is all for now.
    bool update(const CallEnd& end);
    /// False while rows were evicted unread and it is not sure yet how many bytes they moved: offsets then
    /// count from an unknown place. Known again once the connection is quiet for two updates.
    bool placeKnown() const { return placeKnown_; }
    const std::deque<CallSpan>& spans() const { return spans_; }
    /// The number of spans().front(), counted from the first call that was read.
    std::uint64_t firstIndex() const { return firstIndex_; }
    std::uint64_t endIndex() const { return firstIndex_ + spans_.size(); }
    /// Offsets: of the first byte that a span covers, and after the last.
    std::uint64_t beginOffset() const { return spans_.empty() ? offset_ : spans_.front().from; }
    std::uint64_t endOffset() const { return offset_; }
    CallSpan& at(std::uint64_t index) { return spans_[index - firstIndex_]; }
    const CallSpan& at(std::uint64_t index) const { return spans_[index - firstIndex_]; }

private:
    void take(std::uint64_t row, const CallRecord& record, const CaptureStore::Pin& pin);
    void skipEvicted(const CallEnd& end);
    void findPlace(const CallEnd& end);

    const bool sends_, datagrams_;
    const std::size_t limit_;
    std::deque<CallSpan> spans_;
    std::uint64_t firstIndex_ = 0;
    std::optional<std::uint64_t> nextRow_;
    std::uint64_t offset_ = 0;  // of the next byte
    bool placeKnown_ = true;
    bool sawGap_ = false;
    std::pair<std::uint64_t, std::uint64_t> quiet_;  // offset and counter at the last update
};

/// Sends and receives between two common boundaries: two sends that arrived in one recv, or one in three.
struct BoundaryGroup {
    std::uint64_t firstSend = 0, firstReceive = 0;  ///< indices as CallTrack counts
    std::size_t sends = 0, receives = 0;
    std::uint64_t sentBytes = 0, receivedBytes = 0;
    std::uint64_t cutOff = 0;   ///< datagram
    bool complete = false;      ///< all its bytes were received; false: more may come
    bool beganEarlier = false;  ///< calls that are no longer kept belong to it too
    bool overtaken = false;     ///< datagram: it did not arrive, later ones did
};

/// One direction between two ends that are both ours: which bytes of which send() arrived in which recv().
/// Plain arithmetic over the two captures. For a stream by offsets. For datagrams by order and content: equal
/// datagrams of which one is lost cannot be told apart, and then the earlier sends count as the ones that
/// arrived.
class CallBoundaries {
public:
    /// `limit`: how many calls of each end are kept.
    explicit CallBoundaries(bool datagrams, std::size_t limit = 2000)
        : datagrams_(datagrams), sends_(true, datagrams, limit), receives_(false, datagrams, limit) {}

    /// Reads what is new of both. True: that is all for now.
    bool update(const CallEnd& sender, const CallEnd& receiver);

    bool isDatagrams() const { return datagrams_; }
    const CallTrack& sends() const { return sends_; }
    const CallTrack& receives() const { return receives_; }
    /// False: nothing can be said of what belongs to what (CallTrack::placeKnown).
    bool placeKnown() const { return datagrams_ || (sends_.placeKnown() && receives_.placeKnown()); }
    /// Of what both ends still have spans for, in the order of the bytes. Empty while the place is unknown.
    std::vector<BoundaryGroup> groups() const;
    /// "2 sends arrived in 1 recv", "1 send arrived in 3 recvs", "1 send has not been received yet".
    std::string sentence(const BoundaryGroup& group) const;
    /// All groups in one sentence.
    std::string summary() const;

private:
    std::vector<BoundaryGroup> streamGroups() const;
    std::vector<BoundaryGroup> datagramGroups() const;
    void pairDatagrams();
    bool pairOne(std::uint64_t receive);
    std::optional<std::uint64_t> sendOf(const CallSpan& receive) const;

    const bool datagrams_;
    CallTrack sends_, receives_;
    std::uint64_t nextSend_ = 0;      // after the latest that arrived
    std::uint64_t unpairedFrom_ = 0;  // receives before it are paired or given up
};

}  // namespace sockstage
