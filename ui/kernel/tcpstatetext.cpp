// SPDX-License-Identifier: GPL-3.0-or-later
#include "tcpstatetext.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>

#include "plaintext.h"

namespace sockstage {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(TcpStateText)
};

QString opening(TcpNode node) {
    switch (node) {
        case TcpNode::Closed:
            return Words::tr("No connection yet. connect() sends a SYN: SYN-SENT. listen() leads to LISTEN.");
        case TcpNode::Listen:
            return Words::tr(
                "Waits for a SYN from anyone. The kernel answers it with a SYN-ACK by itself: a new "
                "connection in SYN-RECEIVED, while this socket goes on listening.");
        case TcpNode::SynReceived:
            return Words::tr(
                "The peer's SYN is answered with a SYN-ACK. The ACK of that leads to ESTABLISHED, and only "
                "then can accept() return the connection.");
        case TcpNode::SynSent:
            return Words::tr(
                "Our SYN is out; without an answer the kernel sends it again. A SYN-ACK leads to "
                "ESTABLISHED, a reset (RST) back to CLOSED.");
        default:
            return Words::tr(
                "Both sides may send. shutdown(SHUT_WR) or close() sends our FIN: FIN-WAIT-1. The peer's FIN "
                "leads to CLOSE-WAIT.");
    }
}

QString ending(TcpNode node) {
    switch (node) {
        case TcpNode::CloseWait:
            return Words::tr(
                "The peer has sent its FIN: recv() returns 0, but we may still send, until our own "
                "shutdown(SHUT_WR) or close() sends the FIN: LAST-ACK.");
        case TcpNode::FinWait1:
            return Words::tr(
                "Our FIN is on its way after the last bytes. Its ACK leads to FIN-WAIT-2, the peer's FIN to "
                "CLOSING, both in one segment to TIME-WAIT.");
        case TcpNode::Closing:
            return Words::tr(
                "Both sides closed at once and the FINs crossed. The ACK of ours leads to TIME-WAIT.");
        case TcpNode::LastAck:
            return Words::tr(
                "Our FIN has answered the peer's. Its ACK ends the connection; this side closed second and "
                "needs no TIME-WAIT.");
        case TcpNode::FinWait2:
            return Words::tr(
                "Our FIN is acknowledged; the peer may still send. Its FIN leads to TIME-WAIT. After close() "
                "Linux waits for it only tcp_fin_timeout (60 s).");
        case TcpNode::TimeWait:
            return Words::tr(
                "Both FINs are acknowledged. The side that closed first keeps the pair of addresses until no "
                "late segment can come, on Linux 60 s; then CLOSED.");
        default:
            return Words::tr(
                "The connection is over and the kernel keeps nothing of it. A reset (RST) leads here from "
                "any state.");
    }
}

}  // namespace

QString tcpNodeLabel(TcpNode node) {
    if (node == TcpNode::SynReceived) return QStringLiteral("SYN-RCVD");
    return toQString(tcpStateName(stateOf(node)));
}

QString tcpNodeSentence(TcpNode node) {
    return indexOf(node) < indexOf(TcpNode::CloseWait) ? opening(node) : ending(node);
}

std::optional<qint64> remainingSeconds(const KernelFacts& facts, qint64 nowNs) {
    if (facts.timer != KernelTimer::TimeWait || facts.timerMs == KernelFacts::absent) return {};
    const qint64 ageMs = std::max<qint64>(0, nowNs - facts.atNs) / 1'000'000;
    return std::max<qint64>(0, facts.timerMs - ageMs) / 1000;
}

QString tcpNowText(const TcpTrace& trace, std::optional<qint64> remaining) {
    if (!trace.now) return Words::tr("no state yet");
    const QString state = toQString(tcpStateName(stateOf(*trace.now)));
    return remaining ? Words::tr("%1, %2 s left").arg(state).arg(*remaining) : state;
}

QString tcpWayText(const TcpTrace& trace) {
    QStringList way;
    for (const TcpNode node : trace.visits) {
        const QString state = toQString(tcpStateName(stateOf(node)));
        way << (trace.at(node) == Reach::Passed ? Words::tr("%1 (not seen)").arg(state) : state);
    }
    return way.join(QStringLiteral(", "));
}

}  // namespace sockstage
