// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "tcpstate.h"

using namespace sockstage;
using enum TcpState;

class TestTcpState : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theKernelsNumbersAndTheRfcsNames() {
        QCOMPARE(tcpStateName(tcpStateFromKernel(1)), std::string_view("ESTABLISHED"));
        QCOMPARE(tcpStateName(tcpStateFromKernel(4)), std::string_view("FIN-WAIT-1"));
        QCOMPARE(tcpStateName(tcpStateFromKernel(6)), std::string_view("TIME-WAIT"));
        QCOMPARE(tcpStateFromKernel(12), SynReceived);  // TCP_NEW_SYN_RECV
        QCOMPARE(tcpStateFromKernel(0), Unknown);
        QCOMPARE(tcpStateFromKernel(99), Unknown);
    }
    void theDiagramsArrows_data() {
        QTest::addColumn<TcpState>("from");
        QTest::addColumn<TcpState>("to");
        QTest::addColumn<bool>("allowed");
        const auto row = [](TcpState from, TcpState to, bool allowed) {
            const std::string name = std::string(tcpStateName(from)) + " to " + std::string(tcpStateName(to));
            QTest::newRow(name.c_str()) << from << to << allowed;
        };
        row(Closed, SynSent, true);
        row(SynSent, Established, true);
        row(Established, FinWait1, true);
        row(FinWait1, FinWait2, true);
        row(FinWait1, Closing, true);
        row(Closing, TimeWait, true);
        row(CloseWait, LastAck, true);
        row(LastAck, Closed, true);
        row(Established, Closed, true);  // a reset
        row(TimeWait, Closed, true);     // its timer
        row(Established, TimeWait, false);
        row(TimeWait, Established, false);
        row(Closed, Established, false);
        row(Closed, Closed, false);
        row(Unknown, Closed, false);
    }
    void theDiagramsArrows() {
        QFETCH(TcpState, from);
        QFETCH(TcpState, to);
        QFETCH(bool, allowed);
        QCOMPARE(isTcpTransition(from, to), allowed);
    }
    void whatPassedBetweenTwoLooks() {
        QCOMPARE(tcpStatesBetween(Closed, Established), std::vector{SynSent});
        QCOMPARE(tcpStatesBetween(Established, TimeWait), std::vector{FinWait1});
        QCOMPARE(tcpStatesBetween(Established, LastAck), std::vector{CloseWait});
        QCOMPARE(tcpStatesBetween(Listen, Established), std::vector{SynReceived});
        QVERIFY(tcpStatesBetween(Established, FinWait1).empty());  // neighbours
        QVERIFY(tcpStatesBetween(Established, Closed).empty());    // a reset leads there directly
        QVERIFY(
            tcpStatesBetween(TimeWait, Established).empty());  // only through CLOSED, as another connection
    }
    void theWayKeepsEachChange() {
        TcpStateHistory way;
        QVERIFY(way.states().empty());
        QCOMPARE(way.last(), Unknown);
        for (const TcpState state : {Closed, SynSent, SynSent, Unknown, Established, Established, CloseWait})
            way.note(state);
        QCOMPARE(way.states(), (std::vector{Closed, SynSent, Established, CloseWait}));
        QCOMPARE(way.last(), CloseWait);
    }
    void aWayThatIsFullKeepsItsBeginningAndItsLast() {
        TcpStateHistory way;
        for (int i = 0; i < 20; ++i)
            way.note(i % 2 == 0 ? Closed : SynSent);
        way.note(Established);
        const std::vector<TcpState> states = way.states();
        QCOMPARE(states.size(), TcpStateHistory::longest);
        QCOMPARE(states.front(), Closed);
        QCOMPARE(states.back(), Established);
    }
    void aWayGoesOnUnderAnotherNumber() {
        TcpStateHistory own, connection;
        own.note(Closed);
        own.note(SynSent);
        connection.continueFrom(own);
        connection.note(Established);
        QCOMPARE(connection.states(), (std::vector{Closed, SynSent, Established}));
        own.clear();
        QVERIFY(own.states().empty());
        QCOMPARE(connection.states().size(), std::size_t{3});
    }
};

QTEST_APPLESS_MAIN(TestTcpState)
#include "tst_tcpstate.moc"
