// SPDX-License-Identifier: GPL-3.0-or-later
// What the kernel's facts become in words and on bars: arithmetic and text, with facts filled by hand.

#include <QTest>

#include "bufferscale.h"
#include "kernellines.h"

using namespace sockstage;

class TestKernelLines : public QObject {
    Q_OBJECT

private:
    static KernelFacts established() {
        KernelFacts facts;
        facts.source = FactsSource::Descriptor;
        facts.state = TcpState::Established;
        facts.unackedBytes = 256'000;
        facts.notSentBytes = 192'000;
        facts.sendBufferBytes = 2'500'000;
        facts.sendChargedBytes = 301'000;
        facts.peerWindowBytes = 65'536;
        facts.unreadBytes = 0;
        facts.receiveBufferBytes = 131'072;
        facts.receiveChargedBytes = 0;
        facts.drops = 0;
        facts.rttUs = 44;
        facts.rttVarianceUs = 12;
        facts.congestionWindow = 10;
        facts.sendMss = 65'483;
        facts.totalRetransmits = 0;
        facts.timer = KernelTimer::Retransmit;
        facts.timerMs = 210;
        return facts;
    }
    static KernelLine line(const KernelFacts& facts, const QString& name, const KernelSubject& subject = {}) {
        for (const KernelLine& each : kernelLines(facts, subject))
            if (each.name == name) return each;
        return {};
    }
    static QString value(const KernelFacts& facts, const char* name, const KernelSubject& subject = {}) {
        return line(facts, QString::fromLatin1(name), subject).value;
    }

private Q_SLOTS:
    void aBarEndsAtItsLimit() {
        const BufferScale scale{1000, 400, 200};
        QCOMPARE(scale.x(0), 0);
        QCOMPARE(scale.x(500), 100);
        QCOMPARE(scale.x(1000), 200);
        QCOMPARE(scale.x(5000), 200);
        QCOMPARE(scale.limitX(), -1);
    }

    void whatIsBeyondTheLimitMovesItsMarkInside() {
        const BufferScale scale{1000, 2000, 200};
        QCOMPARE(scale.limitX(), 100);
        QCOMPARE(scale.x(2000), 200);
        // A closed window is a limit of 0, and not an unknown one.
        QCOMPARE((BufferScale{0, 100, 200}.limitX()), 0);
        QCOMPARE((BufferScale{KernelFacts::absent, 100, 200}.limitX()), -1);
    }

    void nothingLooksLikeNothingButNothing() {
        const BufferScale scale{1'000'000, 3, 100};
        QCOMPARE(scale.edges(std::array<std::int64_t, 3>{1, 0, 1}), (std::vector<int>{2, 2, 4}));
        QCOMPARE(scale.edges(std::array<std::int64_t, 2>{0, 0}), (std::vector<int>{0, 0}));
        QCOMPARE(scale.length(1), 2);
        QCOMPARE(scale.length(0), 0);
        QCOMPARE(scale.length(KernelFacts::absent), 0);
    }

    void aLastSmallPieceKeepsItsPlaceInAFullBar() {
        const BufferScale scale{1000, 1001, 100};
        QCOMPARE(scale.edges(std::array<std::int64_t, 2>{1000, 1}), (std::vector<int>{98, 100}));
    }

    void partsOfABarStandOneBehindTheOther() {
        const BufferScale scale{1000, 750, 400};
        QCOMPARE(scale.edges(std::array<std::int64_t, 3>{250, KernelFacts::absent, 500}),
                 (std::vector<int>{100, 100, 300}));
    }

    void anUnmeasuredBarHasNoSize() {
        const BufferScale scale{KernelFacts::absent, 0, 100};
        QCOMPARE(scale.end(), std::int64_t{1});
        QCOMPARE(scale.x(0), 0);
    }

    void theSendBufferIsSplit() {
        const KernelLine send = line(established(), QStringLiteral("Send buffer"));
        QCOMPARE(send.value, QStringLiteral("256 kB of 2.50 MB"));
        QCOMPARE(send.text(),
                 QStringLiteral("Send buffer: 256 kB of 2.50 MB (in flight 64.0 kB, not yet sent 192 kB, "
                                "charged 301 kB)"));
        QCOMPARE(send.limit, std::int64_t{2'500'000});
        QCOMPARE(line(established(), QStringLiteral("Peer's window")).value,
                 QStringLiteral("64.0 kB of 65.5 kB"));
    }

    void figures() {
        QCOMPARE(value(established(), "RTT"), QStringLiteral("44 µs ± 12 µs"));
        QCOMPARE(line(established(), QStringLiteral("cwnd")).value,
                 QStringLiteral("10 × 65\u202f483 = 655 kB"));
        QCOMPARE(value(established(), "timer"), QStringLiteral("retransmit in 210 ms"));
        QCOMPARE(value(established(), "retransmits"), QStringLiteral("0"));
        KernelFacts lossy = established();
        lossy.totalRetransmits = 3;
        lossy.bytesRetransmitted = 4344;
        lossy.lostSegments = 1;
        QCOMPARE(value(lossy, "retransmits"), QStringLiteral("3, 4.3 kB, 1 lost now"));
        QCOMPARE(line(lossy, QStringLiteral("retransmits")).tone, Tone::Failed);
    }

    void whatIsNotToldIsNotZero() {
        for (const SocketKind kind : {SocketKind::Stream, SocketKind::Datagram, SocketKind::Listener}) {
            KernelFacts nothing;
            nothing.source = FactsSource::Descriptor;
            for (const KernelLine& each : kernelLines(nothing, {kind, std::nullopt, {}})) {
                if (each.name == QStringLiteral("Our send queue")) continue;
                const bool unknown =
                    each.value.contains(QStringLiteral("—")) || each.name == QStringLiteral("timer");
                QVERIFY2(unknown, qPrintable(each.text()));
                QVERIFY2(!each.value.contains(QLatin1Char('0')), qPrintable(each.text()));
                QVERIFY2(each.name == QStringLiteral("timer") || each.about.contains(QStringLiteral("—: ")),
                         qPrintable(each.about));
                for (const BarPart& part : each.parts)
                    QVERIFY(part.amount == KernelFacts::absent);
            }
        }
    }

    void whyItIsNotTold() {
        KernelFacts facts = established();
        QVERIFY(line(facts, QStringLiteral("ssthresh")).about.contains(QStringLiteral("infinite")));
        QVERIFY(line(facts, QStringLiteral("pacing")).about.contains(QStringLiteral("not limited")));
        QVERIFY(line(facts, QStringLiteral("Receive buffer")).about.contains(QStringLiteral("Linux 6.2")));
        facts.rttUs = facts.rttVarianceUs = KernelFacts::absent;
        QVERIFY(line(facts, QStringLiteral("RTT")).about.contains(QStringLiteral("no round trip")));
        facts.state = TcpState::SynSent;
        QVERIFY(line(facts, QStringLiteral("RTT")).about.contains(QStringLiteral("handshake")));
        facts.source = FactsSource::SockDiag;
        facts.state = TcpState::FinWait1;
        QVERIFY(
            line(facts, QStringLiteral("path MTU")).about.contains(QStringLiteral("descriptor is closed")));
        facts.state = TcpState::TimeWait;
        QVERIFY(line(facts, QStringLiteral("path MTU")).about.contains(QStringLiteral("TIME-WAIT")));
        facts.source = FactsSource::Gone;
        QVERIFY(line(facts, QStringLiteral("path MTU")).about.contains(QStringLiteral("forgotten")));
    }

    void aClosedWindowSaysSo() {
        KernelFacts facts = established();
        facts.peerWindowBytes = 0;
        const KernelLine window = line(facts, QStringLiteral("Peer's window"));
        QCOMPARE(window.value, QStringLiteral("0 B: closed"));
        QCOMPARE(window.tone, Tone::Held);
        facts.state = TcpState::SynSent;
        QVERIFY2(line(facts, QStringLiteral("Peer's window")).tone == Tone::Normal,
                 "nobody has told a window yet");
    }

    void afterClose_data() {
        QTest::addColumn<int>("state");
        QTest::addColumn<qint64>("unacked");
        QTest::addColumn<QString>("sentence");
        const auto number = [](TcpState state) { return static_cast<int>(state); };
        QTest::newRow("rest") << number(TcpState::FinWait1) << qint64{64'001}
                              << QStringLiteral(
                                     "Closed by us. The kernel still sends the rest, 64.0 kB, then the FIN.");
        QTest::newRow("fin") << number(TcpState::FinWait1) << qint64{1}
                             << QStringLiteral("Closed by us. Everything is acknowledged but our FIN.");
        QTest::newRow("half") << number(TcpState::FinWait2) << qint64{0}
                              << QStringLiteral(
                                     "Closed by us. The peer has acknowledged everything and our FIN, and "
                                     "has not sent its own.");
        QTest::newRow("last")
            << number(TcpState::LastAck) << qint64{1}
            << QStringLiteral("Closed by the peer, then by us. Everything is acknowledged but our FIN.");
    }
    void afterClose() {
        QFETCH(int, state);
        QFETCH(qint64, unacked);
        QFETCH(QString, sentence);
        KernelFacts facts;
        facts.source = FactsSource::SockDiag;
        facts.state = static_cast<TcpState>(state);
        facts.unackedBytes = unacked;
        QCOMPARE(kernelSentence(facts, SocketKind::Stream), sentence);
    }

    void timeWaitAndGone() {
        KernelFacts facts;
        QVERIFY(kernelSentence(facts, SocketKind::Stream).startsWith(QStringLiteral("Nobody")));
        facts.source = FactsSource::SockDiag;
        facts.state = TcpState::TimeWait;
        facts.timer = KernelTimer::TimeWait;
        facts.timerMs = 43'700;
        QCOMPARE(timerText(facts), QStringLiteral("TIME-WAIT, 43 s left"));
        QVERIFY(kernelSentence(facts, SocketKind::Stream).contains(QStringLiteral("43 s more")));
        facts.timerMs = 3200;
        QCOMPARE(timerText(facts), QStringLiteral("TIME-WAIT, 3.2 s left"));
        // sock_diag reports a half-closed orphan with the same timer.
        facts.state = TcpState::FinWait2;
        QCOMPARE(timerText(facts), QStringLiteral("FIN-WAIT-2, 3.2 s left"));
        QVERIFY(whyAbsent(facts).startsWith(QStringLiteral("in FIN-WAIT-2 ")));
        facts.source = FactsSource::Gone;
        QCOMPARE(kernelSentence(facts, SocketKind::Stream),
                 QStringLiteral("The kernel has forgotten this socket."));
        QVERIFY(kernelSentence(established(), SocketKind::Stream).isEmpty());
    }

    void anUnknownTimerIsNotNone() {
        KernelFacts facts = established();
        facts.timer = KernelTimer::Unknown;
        QCOMPARE(timerText(facts), QStringLiteral("—"));
        facts.timer = KernelTimer::None;
        QCOMPARE(timerText(facts), QStringLiteral("none"));
        facts.source = FactsSource::Gone;
        QCOMPARE(timerText(facts), QStringLiteral("—"));
    }

    void aDatagramSocketShowsWhatItHas() {
        KernelFacts facts;
        facts.source = FactsSource::Descriptor;
        facts.receiveBufferBytes = 212'992;
        facts.receiveChargedBytes = 100'000;
        facts.unreadBytes = 512;
        facts.drops = 17;
        const KernelSubject udp{SocketKind::Datagram, std::nullopt, {}};
        QCOMPARE(line(facts, QStringLiteral("Receive buffer"), udp).text(),
                 QStringLiteral("Receive buffer: 100 kB of 213 kB (charged 100 kB, next datagram 512 B)"));
        QCOMPARE(value(facts, "drops", udp), QStringLiteral("17"));
        facts.unreadBytes = 0;
        QVERIFY(line(facts, QStringLiteral("Receive buffer"), udp)
                    .text()
                    .contains(QStringLiteral("none or empty")));
        QVERIFY(value(facts, "RTT", udp).isEmpty());
    }

    void aListenerShowsItsQueueBesideTheBacklog() {
        KernelFacts facts;
        facts.source = FactsSource::Descriptor;
        facts.state = TcpState::Listen;
        facts.acceptQueue = 4097;
        facts.acceptQueueLimit = 4096;
        facts.somaxconn = 4096;
        facts.listenOverflows = 2;
        facts.listenDrops = 3;
        const KernelSubject listener{SocketKind::Listener, 5000, {}};
        QCOMPARE(value(facts, "Accept queue", listener), QStringLiteral("4\u202f097 of 4\u202f096"));
        QCOMPARE(line(facts, QStringLiteral("Accept queue"), listener).tone, Tone::Failed);
        QCOMPARE(value(facts, "backlog", listener), QStringLiteral("asked 5\u202f000, granted 4\u202f096"));
        QVERIFY(line(facts, QStringLiteral("backlog"), {SocketKind::Listener, -1, {}})
                    .about.contains(QStringLiteral("negative")));
        QCOMPARE(value(facts, "somaxconn", listener), QStringLiteral("4\u202f096"));
        QCOMPARE(value(facts, "overflows", listener), QStringLiteral("2 (all listeners)"));
        QVERIFY(line(facts, QStringLiteral("drops"), listener).about.contains(QStringLiteral("namespace")));
        facts.listenOverflows = facts.listenDrops = KernelFacts::absent;
        QCOMPARE(value(facts, "overflows", listener), QStringLiteral("—"));
    }

    /// What other listeners lost, or what was lost before the first sample, is not shown as its trouble.
    void aCounterOfAllListenersIsRedWhenItRises() {
        KernelFacts first;
        first.source = FactsSource::Descriptor;
        first.state = TcpState::Listen;
        first.listenOverflows = 2;
        first.listenDrops = 3;
        KernelFacts now = first;
        KernelSubject listener{SocketKind::Listener, 5, {}};
        QCOMPARE(line(now, QStringLiteral("overflows"), listener).tone, Tone::Normal);
        listener.firstLook = first;
        QCOMPARE(line(now, QStringLiteral("overflows"), listener).tone, Tone::Normal);
        now.listenOverflows = 3;
        QCOMPARE(line(now, QStringLiteral("overflows"), listener).tone, Tone::Failed);
        QCOMPARE(line(now, QStringLiteral("drops"), listener).tone, Tone::Normal);
    }

    void whatKindOfSocketItIs() {
        QCOMPARE(socketKind(Role::TcpServer, 0), SocketKind::Listener);
        QCOMPARE(socketKind(Role::TcpServer, 3), SocketKind::Stream);
        QCOMPARE(socketKind(Role::TcpClient, 0), SocketKind::Stream);
        QCOMPARE(socketKind(Role::UdpServer, 0), SocketKind::Datagram);
        QCOMPARE(socketKind(Role::UdpClient, 1), SocketKind::Datagram);
    }
};

QTEST_MAIN(TestKernelLines)
#include "tst_kernellines.moc"
