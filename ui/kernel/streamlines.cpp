// SPDX-License-Identifier: GPL-3.0-or-later
#include "streamlines.h"

#include <QCoreApplication>
#include <cstring>

#include "plaintext.h"

namespace sockstage {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(KernelLines)
};

constexpr std::int64_t absent = KernelFacts::absent;

}  // namespace

void StreamLines::build() {
    addSendQueue();
    sendBuffer();
    peerWindow();
    receiveBuffer();
    addDrops();
    roundTrip();
    congestion();
    retransmits();
    add(Words::tr("timer"), timerText(facts_),
        Words::tr("The timer that the kernel runs for this socket: retransmit, keep-alive, window probe or "
                  "TIME-WAIT."))
        .running = true;
    rates();
    sizes();
    totals();
    limits();
}

void StreamLines::sendBuffer() {
    KernelLine& line = add(Words::tr("Send buffer"), toldOfLimit(facts_.unackedBytes, facts_.sendBufferBytes),
                           Words::tr("What send() gave to the kernel and the peer has not acknowledged "
                                     "(SIOCOUTQ, SIOCOUTQNSD). The limit, SO_SNDBUF, is for the memory that "
                                     "the kernel charges (SO_MEMINFO): bytes with its own overhead, the thin "
                                     "line."));
    line.bar = true;
    line.limit = facts_.sendBufferBytes;
    addPart(line, BarInk::InFlight, Words::tr("in flight"), inFlightBytes(facts_));
    addPart(line, BarInk::NotSent, Words::tr("not yet sent"), facts_.notSentBytes);
    addPart(line, BarInk::Charged, Words::tr("charged"), facts_.sendChargedBytes);
}

void StreamLines::peerWindow() {
    const bool connected = facts_.state != TcpState::Closed && facts_.state != TcpState::SynSent;
    const bool shut = connected && facts_.peerWindowBytes == 0;
    const QString value =
        shut ? Words::tr("0 B: closed") : toldOfLimit(inFlightBytes(facts_), facts_.peerWindowBytes);
    KernelLine& line = add(Words::tr("Peer's window"), value,
                           Words::tr("Bytes in flight, of those that the peer said it would take beyond "
                                     "what it has acknowledged (tcpi_snd_wnd). 0: the peer does not read."),
                           Words::tr("it needs Linux 5.4"));
    line.tone = shut ? Tone::Held : Tone::Normal;
    line.bar = true;
    line.limit = facts_.peerWindowBytes;
    // Its words are in the value already: no legend.
    line.parts.push_back({BarInk::InFlight, {}, {}, inFlightBytes(facts_)});
}

void StreamLines::receiveBuffer() {
    KernelLine& line =
        add(Words::tr("Receive buffer"), toldOfLimit(facts_.unreadBytes, facts_.receiveBufferBytes),
            Words::tr(
                "What the kernel has acknowledged and recv() has not read (SIOCINQ), of SO_RCVBUF's limit. "
                "The thin line is the memory charged (SO_MEMINFO). Our window is what we told the peer that "
                "we would take (tcpi_rcv_wnd)."));
    line.bar = true;
    line.limit = facts_.receiveBufferBytes;
    addPart(line, BarInk::Unread, Words::tr("unread"), facts_.unreadBytes);
    addPart(line, BarInk::Charged, Words::tr("charged"), facts_.receiveChargedBytes);
    addPart(line, BarInk::None, Words::tr("our window"), facts_.ownWindowBytes);
    if (facts_.ownWindowBytes == absent && !line.value.contains(dash()))
        line.about += Words::tr("\n—: %1.").arg(whyAbsent(facts_, Words::tr("our window needs Linux 6.2")));
}

void StreamLines::roundTrip() {
    const QString noTrip = Words::tr("no round trip has been measured yet");
    add(Words::tr("RTT"),
        toldTogether(QStringLiteral("%1 ± %2"), toldMicroseconds(facts_.rttUs),
                     toldMicroseconds(facts_.rttVarianceUs)),
        Words::tr("The smoothed round trip and its mean deviation (tcpi_rtt, tcpi_rttvar)."), noTrip);
    addFurther(Words::tr("least RTT"), toldMicroseconds(facts_.minRttUs),
               Words::tr("The shortest round trip of the last minutes (tcpi_min_rtt)."), noTrip);
    addFurther(
        Words::tr("RTO"), toldMicroseconds(facts_.retransmitTimeoutUs),
        Words::tr("How long the kernel waits for an acknowledgement before it sends again (tcpi_rto)."));
    addFurther(Words::tr("backoff"), toldCount(facts_.backoff),
               Words::tr("How often that time was doubled (tcpi_backoff)."));
    addFurther(Words::tr("probes"), toldCount(facts_.probes),
               Words::tr("Window or keep-alive probes without an answer (tcpi_probes)."));
}

void StreamLines::congestion() {
    QString window = toldTogether(QStringLiteral("%1 × %2"), toldCount(facts_.congestionWindow),
                                  toldCount(facts_.sendMss));
    if (facts_.congestionWindow != absent && facts_.sendMss != absent)
        window += QStringLiteral(" = ") + toldBytes(facts_.congestionWindow * facts_.sendMss);
    add(Words::tr("cwnd"), window,
        Words::tr(
            "The congestion window in segments, times the segment's size (tcpi_snd_cwnd, tcpi_snd_mss): "
            "what we may have in flight."));
    addFurther(Words::tr("ssthresh"), toldCount(facts_.slowStartThreshold),
               Words::tr("Where slow start ends, in segments (tcpi_snd_ssthresh)."),
               Words::tr("it is infinite: no loss has been seen"));
    const char* name = facts_.congestionControl.data();
    const auto length = strnlen(name, facts_.congestionControl.size());
    addFurther(Words::tr("algorithm"), length == 0 ? dash() : outsideText({name, length}),
               Words::tr("The congestion control (TCP_CONGESTION)."));
}

void StreamLines::retransmits() {
    QString value = toldCount(facts_.totalRetransmits);
    if (facts_.bytesRetransmitted > 0) value += Words::tr(", %1").arg(toldBytes(facts_.bytesRetransmitted));
    if (facts_.retransmittingSegments > 0)
        value += Words::tr(", %1 out now").arg(toldCount(facts_.retransmittingSegments));
    if (facts_.lostSegments > 0) value += Words::tr(", %1 lost now").arg(toldCount(facts_.lostSegments));
    add(Words::tr("retransmits"), value,
        Words::tr(
            "Segments sent again since the connection began (tcpi_total_retrans), their bytes, and how many "
            "are out or counted as lost now."))
        .tone = facts_.totalRetransmits > 0 ? Tone::Failed : Tone::Normal;
    addFurther(
        Words::tr("reordering"),
        toldTogether(Words::tr("%1 segments, seen %2×"), toldCount(facts_.reordering),
                     toldCount(facts_.reorderingSeen)),
        Words::tr("How far segments may overtake each other before one counts as lost, and how often that "
                  "was seen (tcpi_reordering, tcpi_reord_seen)."));
}

void StreamLines::rates() {
    addFurther(Words::tr("delivery"), toldRate(facts_.deliveryRate),
               Words::tr("How fast the peer has acknowledged lately (tcpi_delivery_rate)."),
               Words::tr("nothing has been delivered yet"));
    addFurther(Words::tr("pacing"), toldRate(facts_.pacingRate),
               Words::tr("How fast the kernel lets segments leave (tcpi_pacing_rate)."),
               Words::tr("it is not limited"));
}

void StreamLines::sizes() {
    addFurther(
        Words::tr("MSS"),
        toldTogether(Words::tr("%1 out, %2 in"), toldCount(facts_.sendMss), toldCount(facts_.receiveMss)),
        Words::tr("The largest segments, without headers (tcpi_snd_mss, tcpi_rcv_mss)."));
    addFurther(Words::tr("path MTU"), toldCount(facts_.pathMtu),
               Words::tr("The largest packet that the way takes (tcpi_pmtu)."));
    addFurther(Words::tr("unacked"), toldCount(facts_.segmentsInFlight),
               Words::tr("Segments sent and not acknowledged (tcpi_unacked)."));
}

void StreamLines::totals() {
    addFurther(Words::tr("sent"), toldBytes(facts_.bytesSent),
               Words::tr("Bytes that left, those sent again included (tcpi_bytes_sent)."));
    addFurther(Words::tr("acknowledged"), toldBytes(facts_.bytesAcked),
               Words::tr("Bytes that the peer has acknowledged (tcpi_bytes_acked; the SYN counts as one)."));
    addFurther(Words::tr("received"), toldBytes(facts_.bytesReceived),
               Words::tr("Bytes that the kernel has received in order (tcpi_bytes_received)."));
    addFurther(
        Words::tr("segments"),
        toldTogether(Words::tr("%1 out, %2 in"), toldCount(facts_.segmentsOut), toldCount(facts_.segmentsIn)),
        Words::tr("All segments, those without data included (tcpi_segs_out, tcpi_segs_in)."));
    addFurther(Words::tr("last sent"), toldAgo(facts_.sinceLastSentMs),
               Words::tr("When data last left (tcpi_last_data_sent)."))
        .running = true;
    addFurther(Words::tr("last received"), toldAgo(facts_.sinceLastReceivedMs),
               Words::tr("When data last came (tcpi_last_data_recv)."))
        .running = true;
}

void StreamLines::limits() {
    addFurther(Words::tr("peer-limited"), toldMicroseconds(facts_.windowLimitedUs),
               Words::tr("How long sending had to wait for the peer's window (tcpi_rwnd_limited)."));
    addFurther(Words::tr("buffer-limited"), toldMicroseconds(facts_.sendBufferLimitedUs),
               Words::tr("How long sending had to wait because our send buffer was too small "
                         "(tcpi_sndbuf_limited)."));
}

}  // namespace sockstage
