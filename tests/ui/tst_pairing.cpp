// SPDX-License-Identifier: GPL-3.0-or-later
#include "pairing.h"

#include <QTest>

#include "loopback.h"
#include "observation.h"
#include "socketsmodel.h"
#include "tcpendof.h"

using namespace sockstage;

class TestPairing : public QObject {
    Q_OBJECT

private:
    static Session* server(SocketsModel& sockets, const std::string& host = "127.0.0.1") {
        SocketConfig config = loopback::configOf(Role::TcpServer);
        config.endpoint.host = host;
        Session* made = sockets.open(config);
        [&] { QTRY_COMPARE(made->stages().at(Stage::Accept).state.load(), StageState::Waiting); }();
        return made;
    }
    static Session* client(SocketsModel& sockets, const Session& of, const std::string& host = "127.0.0.1") {
        const std::uint32_t before = of.connections().count();
        SocketConfig config = loopback::configOf(Role::TcpClient, loopback::portOf(of));
        config.endpoint.host = host;
        Session* made = sockets.open(config);
        [&] {
            QTRY_COMPARE(made->connections().count(), 1U);
            QTRY_COMPARE(of.connections().count(), before + 1);
        }();
        return made;
    }
    static std::size_t samples(const Session& session, std::uint32_t connection) {
        std::vector<KernelFacts> facts;
        if (const auto history = session.kernelHistory(connection)) history->copySince(0, facts);
        return facts.size();
    }
    static TcpState stateOf(const Session& session, std::uint32_t connection) {
        const std::vector<TcpState> way = session.tcpStateHistory(connection);
        return way.empty() ? TcpState::Unknown : way.back();
    }
    static bool passedThrough(const TcpEnd& end, std::initializer_list<TcpState> states) {
        auto at = end.way.begin();
        for (const TcpState state : states) {
            at = std::find(at, end.way.end(), state);
            if (at == end.way.end()) return false;
        }
        return true;
    }

private Q_SLOTS:
    void bothEndsFindEachOther() {
        SocketsModel sockets;
        Session* listener = server(sockets);
        Session* other = server(sockets);
        Session* first = client(sockets, *listener);
        Session* second = client(sockets, *listener);
        Session* stranger = client(sockets, *other);
        Pairing pairing(sockets);
        QVERIFY(pairing.otherEnd(*first, 1) == (ConnectionEnd{listener, 1}));
        QVERIFY(pairing.otherEnd(*second, 1) == (ConnectionEnd{listener, 2}));
        QVERIFY(pairing.otherEnd(*listener, 1) == (ConnectionEnd{first, 1}));
        QVERIFY(pairing.otherEnd(*listener, 2) == (ConnectionEnd{second, 1}));
        QVERIFY(pairing.otherEnd(*other, 1) == (ConnectionEnd{stranger, 1}));
        QVERIFY2(!pairing.otherEnd(*listener, 0), "a listener has no other end");
        QVERIFY(!pairing.otherEnd(*listener, 3));
    }

    void anIPv4ClientOfADualStackServer() {
        SocketsModel sockets;
        SocketConfig config = loopback::configOf(Role::TcpServer);
        config.endpoint.host = "::";
        Session* listener = sockets.open(config);
        QTRY_VERIFY(listener->stages().at(Stage::Accept).state.load() == StageState::Waiting ||
                    !listener->failure().isEmpty());
        if (!listener->failure().isEmpty()) QSKIP("no IPv6 here");
        Session* mapped = client(sockets, *listener);
        Pairing pairing(sockets);
        QVERIFY(pairing.otherEnd(*mapped, 1) == (ConnectionEnd{listener, 1}));
        QVERIFY(pairing.otherEnd(*listener, 1) == (ConnectionEnd{mapped, 1}));
    }

    void theAnswerFollowsWhatComesAndGoes() {
        SocketsModel sockets;
        Session* listener = server(sockets);
        Session* first = client(sockets, *listener);
        Pairing pairing(sockets);
        QVERIFY(pairing.otherEnd(*listener, 1) == (ConnectionEnd{first, 1}));
        QVERIFY2(!pairing.otherEnd(*listener, 2), "nobody yet");
        Session* second = client(sockets, *listener);
        QVERIFY(pairing.otherEnd(*listener, 2) == (ConnectionEnd{second, 1}));
        second->close();
        QTRY_VERIFY(second->isFinished());
        QVERIFY2(pairing.otherEnd(*listener, 2) == (ConnectionEnd{second, 1}), "also after its end");
        QVERIFY(sockets.remove(second));
        QVERIFY(!pairing.otherEnd(*listener, 2));
    }

    void whatOthersDoLeavesTheAnswer() {
        SocketsModel sockets;
        Session* listener = server(sockets);
        Session* before = client(sockets, *listener);
        Session* first = client(sockets, *listener);
        Pairing pairing(sockets);
        QVERIFY(pairing.otherEnd(*listener, 2) == (ConnectionEnd{first, 1}));
        QVERIFY(pairing.otherEnd(*first, 1) == (ConnectionEnd{listener, 2}));
        before->close();
        QTRY_VERIFY(before->isFinished());
        QVERIFY(sockets.remove(before));
        Session* later = client(sockets, *listener);
        QVERIFY(pairing.otherEnd(*first, 1) == (ConnectionEnd{listener, 2}));
        QVERIFY(pairing.otherEnd(*later, 1) == (ConnectionEnd{listener, 3}));
        // Asked before there is an answer: what comes later is found.
        SocketConfig config = loopback::configOf(Role::TcpServer);
        config.held.insert(Stage::Accept);
        Session* holding = sockets.open(config);
        QTRY_COMPARE(holding->stages().at(Stage::Accept).state.load(), StageState::Held);
        Session* waiting = sockets.open(loopback::configOf(Role::TcpClient, loopback::portOf(*holding)));
        QTRY_COMPARE(waiting->connections().count(), 1U);
        QVERIFY(!pairing.otherEnd(*waiting, 1));
        holding->step(Stage::Accept, 0);
        QTRY_VERIFY(pairing.otherEnd(*waiting, 1) == (ConnectionEnd{holding, 1}));
    }

    void anEndOutsideIsNotOurs() {
        SocketsModel sockets;
        Session* listener = server(sockets);
        // Not one of the window's sessions.
        const auto outside =
            loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*listener)));
        QTRY_COMPARE(listener->connections().count(), 1U);
        Pairing pairing(sockets);
        QVERIFY(!pairing.otherEnd(*listener, 1));
    }

    void thousandsOfClientsAreQuicklySearched() {
        SocketsModel sockets;
        Session* listener = server(sockets);
        std::vector<std::unique_ptr<Session>> outside;
        constexpr std::uint32_t many = 300;
        for (std::uint32_t i = 0; i < many; ++i)
            outside.push_back(
                loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*listener))));
        QTRY_COMPARE_WITH_TIMEOUT(listener->connections().count(), many, 20'000);
        Session* ours = client(sockets, *listener);
        Pairing pairing(sockets);
        QBENCHMARK {
            QVERIFY(pairing.otherEnd(*listener, 1) == ConnectionEnd());
            QVERIFY(pairing.otherEnd(*ours, 1) == (ConnectionEnd{listener, many + 1}));
        }
    }

    // Observation -----------------------------------------------------------------------------

    void bothEndsAreObserved() {
        SocketsModel sockets;
        Session* listener = server(sockets);
        Session* first = client(sockets, *listener);
        Observation observation(sockets);
        const int page = 0;
        QVERIFY(observation.look(&page, *listener, 1) == (ConnectionEnd{first, 1}));
        QTRY_VERIFY(samples(*listener, 1) > 2 && samples(*first, 1) > 2);
        observation.leave(&page);
        // What was posted before may still come.
        std::size_t before = 0;
        QTRY_VERIFY([&] {
            const std::size_t now = samples(*listener, 1) + samples(*first, 1);
            QTest::qWait(300);
            before = samples(*listener, 1) + samples(*first, 1);
            return now == before;
        }());
    }

    void aPageThatGoesDoesNotEndWhatTheNextOneSees() {
        SocketsModel sockets;
        Session* listener = server(sockets);
        Session* first = client(sockets, *listener);
        Observation observation(sockets);
        const int serverPage = 0, clientPage = 0;
        observation.look(&serverPage, *listener, 1);
        observation.look(&clientPage, *first, 1);
        observation.leave(&serverPage);
        const std::size_t before = samples(*listener, 1);
        QTRY_VERIFY(samples(*listener, 1) > before + 3);
        observation.leave(&clientPage);
    }

    void anotherChoiceEndsTheFormer() {
        SocketsModel sockets;
        Session* listener = server(sockets);
        Session* first = client(sockets, *listener);
        Session* second = client(sockets, *listener);
        Observation observation(sockets);
        const int page = 0;
        observation.look(&page, *listener, 1);
        QTRY_VERIFY(samples(*first, 1) > 0);
        observation.look(&page, *listener, 2);
        QTRY_VERIFY(samples(*listener, 2) > 2 && samples(*second, 1) > 2);
        const std::size_t former = samples(*listener, 1);
        QTRY_VERIFY(samples(*listener, 2) > 6);
        QVERIFY(samples(*listener, 1) <= former + 1);
        observation.look(&page, *listener, 0);
        QTRY_COMPARE(stateOf(*listener, 0), TcpState::Listen);
    }

    // What the diagram is told ----------------------------------------------------------------

    void theWayOfBothEndsOfAnOrderlyClose() {
        SocketsModel sockets;
        Session* listener = server(sockets);
        Session* first = client(sockets, *listener);
        Observation observation(sockets);
        const int page = 0;
        observation.look(&page, *first, 1);
        QTRY_COMPARE(stateOf(*first, 1), TcpState::Established);
        first->close();
        QTRY_COMPARE(stateOf(*first, 1), TcpState::FinWait2);
        listener->closeConnections({1});
        QTRY_COMPARE(stateOf(*first, 1), TcpState::TimeWait);
        QTRY_VERIFY(passedThrough(tcpEndOf(*first, 1),
                                  {TcpState::Established, TcpState::FinWait2, TcpState::TimeWait}));
        const TcpEnd client = tcpEndOf(*first, 1);
        QVERIFY(client.facts && client.facts->timer == KernelTimer::TimeWait && client.facts->timerMs > 0);
        QVERIFY(client.facts->timerMs <= 60'000);
        QVERIFY(!client.reset);
        QVERIFY(client.title.startsWith(QStringLiteral("client, fd ")));
        QVERIFY(client.title.endsWith(QStringLiteral(", closed")));
        QTRY_COMPARE(stateOf(*listener, 1), TcpState::Closed);
        const TcpEnd accepted = tcpEndOf(*listener, 1);
        QCOMPARE(accepted.origin, TcpState::Listen);
        QCOMPARE(accepted.letter, QStringLiteral("S"));
        QVERIFY(!accepted.reset);
        const TcpTrace trace = traceOf(accepted.way, accepted.origin, accepted.reset);
        QVERIFY(trace.at(TcpNode::LastAck) != Reach::Never);
        QVERIFY2(trace.step(TcpNode::CloseWait, TcpNode::Ended) == nullptr, "no reset was there");
        QVERIFY(trace.now == TcpNode::Ended);
    }

    void aResetIsOne() {
        SocketsModel sockets;
        Session* listener = server(sockets);
        Session* first = client(sockets, *listener);
        Observation observation(sockets);
        const int page = 0;
        observation.look(&page, *listener, 1);
        QTRY_COMPARE(stateOf(*listener, 1), TcpState::Established);
        first->reset({});
        QTRY_COMPARE(stateOf(*listener, 1), TcpState::Closed);
        for (const TcpEnd& end : {tcpEndOf(*listener, 1), tcpEndOf(*first, 1)}) {
            QVERIFY(end.reset);
            const TcpTrace trace = traceOf(end.way, end.origin, end.reset);
            QVERIFY(trace.step(TcpNode::Established, TcpNode::Ended) != nullptr);
        }
    }

    void aRefusedClientFallsBack() {
        SocketsModel sockets;
        Session* refused = sockets.open(loopback::configOf(Role::TcpClient, 1));
        QTRY_VERIFY(!refused->failure().isEmpty());
        const TcpEnd end = tcpEndOf(*refused, 0);
        QVERIFY(traceOf(end.way, end.origin, end.reset).now == TcpNode::Closed);
    }
};

QTEST_MAIN(TestPairing)
#include "tst_pairing.moc"
