// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernelwords.h"

#include <QCoreApplication>

#include "plaintext.h"
#include "quantitytext.h"

namespace sockstage {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(KernelWords)
};

constexpr qint64 nsPerMs = 1'000'000;

// Whole seconds from ten on: a tenth of a second of a minute-long timer is only restless.
QString remainingText(std::int64_t ms) {
    constexpr std::int64_t minuteMs = 60'000;
    if (ms >= 10'000 && ms < minuteMs) return Words::tr("%1 s").arg(ms / 1000);
    return durationText(ms * nsPerMs);
}

// The FIN takes one place in the sequence: where one byte is unacknowledged after close(), it is the FIN.
QString restSentence(const KernelFacts& facts, const QString& whose) {
    if (facts.unackedBytes == KernelFacts::absent)
        return Words::tr("%1 The kernel still sends what is left, then its FIN.").arg(whose);
    if (facts.unackedBytes <= 1) return Words::tr("%1 Everything is acknowledged but our FIN.").arg(whose);
    return Words::tr("%1 The kernel still sends the rest, %2, then the FIN.")
        .arg(whose, bytesText(static_cast<quint64>(facts.unackedBytes - 1)));
}

// After close() the kernel waits for the peer's FIN as it waits in TIME-WAIT: with this timer alone.
QString waitName(const KernelFacts& facts) {
    return toQString(
        tcpStateName(facts.state == TcpState::FinWait2 ? TcpState::FinWait2 : TcpState::TimeWait));
}

QString timeWaitSentence(const KernelFacts& facts) {
    const QString left =
        facts.timerMs == KernelFacts::absent ? Words::tr("a while") : remainingText(facts.timerMs);
    return Words::tr(
               "Both sides have ended. The kernel keeps the pair of addresses for %1 more, so that a late "
               "segment cannot disturb a new connection.")
        .arg(left);
}

QString closedSentence(const KernelFacts& facts) {
    switch (facts.state) {
        case TcpState::FinWait1:
            return restSentence(facts, Words::tr("Closed by us."));
        case TcpState::FinWait2:
            return Words::tr(
                "Closed by us. The peer has acknowledged everything and our FIN, and has not sent its own.");
        case TcpState::Closing:
            return restSentence(facts, Words::tr("Closed by both at the same time."));
        case TcpState::LastAck:
            return restSentence(facts, Words::tr("Closed by the peer, then by us."));
        case TcpState::TimeWait:
            return timeWaitSentence(facts);
        default:
            return Words::tr("Closed by us; the kernel still has the socket.");
    }
}

}  // namespace

SocketKind socketKind(Role role, std::uint32_t connection) {
    if (!isTcp(role)) return SocketKind::Datagram;
    return isServer(role) && connection == 0 ? SocketKind::Listener : SocketKind::Stream;
}

QString kernelSentence(const KernelFacts& facts, SocketKind kind) {
    switch (facts.source) {
        case FactsSource::None:
            return Words::tr("Nobody has asked the kernel about this socket yet.");
        case FactsSource::Gone:
            return Words::tr("The kernel has forgotten this socket.");
        case FactsSource::SockDiag:
            return kind == SocketKind::Stream ? closedSentence(facts)
                                              : Words::tr("Closed by us; the kernel still has the socket.");
        case FactsSource::Descriptor:
            break;
    }
    return {};
}

QString timerText(const KernelFacts& facts) {
    const QString left =
        facts.timerMs == KernelFacts::absent ? QStringLiteral("—") : remainingText(facts.timerMs);
    switch (facts.timer) {
        case KernelTimer::Retransmit:
            return Words::tr("retransmit in %1").arg(left);
        case KernelTimer::KeepAlive:
            return Words::tr("keep-alive in %1").arg(left);
        case KernelTimer::TimeWait:
            return Words::tr("%1, %2 left").arg(waitName(facts), left);
        case KernelTimer::ZeroWindowProbe:
            return Words::tr("window probe in %1").arg(left);
        case KernelTimer::None:
            if (facts.source == FactsSource::Descriptor || facts.source == FactsSource::SockDiag)
                return Words::tr("none");
            break;
        case KernelTimer::Unknown:
            break;
    }
    return QStringLiteral("—");
}

QString whyAbsent(const KernelFacts& facts, const QString& otherwise) {
    switch (facts.source) {
        case FactsSource::None:
            return Words::tr("nobody has asked the kernel");
        case FactsSource::Gone:
            return Words::tr("the kernel has forgotten this socket");
        case FactsSource::SockDiag:
            if (facts.state == TcpState::TimeWait || facts.timer == KernelTimer::TimeWait)
                return Words::tr("in %1 the kernel keeps only the addresses and a timer")
                    .arg(waitName(facts));
            break;
        case FactsSource::Descriptor:
            if (facts.state == TcpState::Closed) return Words::tr("the socket is not connected");
            if (facts.state == TcpState::SynSent)
                return Words::tr("the handshake is not complete: no answer has come yet");
            break;
    }
    if (!otherwise.isEmpty()) return otherwise;
    return facts.source == FactsSource::SockDiag
               ? Words::tr("the descriptor is closed, and sock_diag does not tell it")
               : Words::tr("this system's kernel does not tell it");
}

std::int64_t inFlightBytes(const KernelFacts& facts) {
    if (facts.unackedBytes == KernelFacts::absent || facts.notSentBytes == KernelFacts::absent)
        return KernelFacts::absent;
    return std::max<std::int64_t>(facts.unackedBytes - facts.notSentBytes, 0);
}

}  // namespace sockstage
