// SPDX-License-Identifier: GPL-3.0-or-later
#include <random>
#include <set>

#include "callboundaries.h"
#include "connectionends.h"
#include "sessiontest.h"

using namespace sockstage;

namespace {

/// A server and its client, both ours.
struct Pair {
    explicit Pair(SocketConfig serverConfig, SocketConfig clientConfig = {})
        : server(listening(serverConfig)) {
        clientConfig.role = serverConfig.role == Role::TcpServer ? Role::TcpClient : Role::UdpClient;
        clientConfig.endpoint = {"127.0.0.1", std::to_string(server->localAddress().port())};
        client = opened(clientConfig);
        const bool tcp = isTcp(serverConfig.role);
        const auto known = [&] {
            return client->connections().count() == 1 && (!tcp || server->connections().count() == 1);
        };
        if (!awaitState(*client, Stage::Connect, StageState::Done) || !QTest::qWaitFor(known, 10'000))
            qFatal("not connected");
    }
    CallEnd serverEnd() const { return {server->capture(), server->connections(), 1}; }
    CallEnd clientEnd() const { return {client->capture(), client->connections(), 1}; }
    bool read(CallBoundaries& toServer) const { return toServer.update(clientEnd(), serverEnd()); }
    /// Sends once the one before has been sent: two sends, not one.
    void send(const QByteArray& bytes) const {
        const std::uint64_t before = client->counters().sentMessages.get();
        client->send({}, bytes);
        QTRY_VERIFY(client->counters().sentMessages.get() > before);
    }

    std::unique_ptr<Session> server, client;
};

std::vector<std::string> sentences(const CallBoundaries& boundaries) {
    std::vector<std::string> all;
    for (const BoundaryGroup& group : boundaries.groups())
        all.push_back(boundaries.sentence(group));
    return all;
}

std::string rowData(const Session& session, std::uint64_t row) {
    const auto pin = session.capture().pin(row);
    const auto bytes = pin.data(pin.record(row));
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

using Words = std::vector<std::string>;

}  // namespace

class TestCallBoundaries : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void twoSendsArriveInOneRecv();
    void oneSendArrivesInThree();
    void whatIsNotReceivedYetIsSaid();
    void bothDirectionsAreApart();
    void anyMixtureAddsUp();
    void onlyTheLastCallsAreKept();
    void afterAnEvictionTheCountersTellThePlace();
    void aTrackThatFallsBehindFindsItsPlaceAgain();
    void datagramsArriveWholeOrCut();
    void lostDatagramsHaveNoPartner();
    void theEndsOfAConnectionAreFound_data();
    void theEndsOfAConnectionAreFound();
    void strangersAreNotTwoEnds();
    void datagramEndsAreFound_data();
    void datagramEndsAreFound();
};

void TestCallBoundaries::twoSendsArriveInOneRecv() {
    SocketConfig wanted = config(Role::TcpServer);
    wanted.held.insert(Stage::Recv);
    const Pair pair(wanted);
    pair.send("hello ");
    pair.send("world");
    CallBoundaries boundaries(false);
    QVERIFY(pair.read(boundaries));
    QCOMPARE(sentences(boundaries), Words{"2 sends have not been received yet (11 bytes)"});
    pair.server->release(Stage::Recv);
    QTRY_COMPARE(pair.server->counters().receivedBytes.get(), 11U);
    QVERIFY(pair.read(boundaries));
    QCOMPARE(sentences(boundaries), Words{"2 sends arrived in 1 recv"});
    QCOMPARE(boundaries.summary(), std::string("2 sends arrived in 1 recv"));
    QCOMPARE(boundaries.sends().at(1).from, 6U);
    QCOMPARE(boundaries.sends().at(1).to, 11U);
    QCOMPARE(boundaries.receives().at(0).size(), 11U);
    QCOMPARE(rowData(*pair.client, boundaries.sends().at(1).row), std::string("world"));
    QCOMPARE(rowData(*pair.server, boundaries.receives().at(0).row), std::string("hello world"));
}

void TestCallBoundaries::oneSendArrivesInThree() {
    SocketConfig wanted = config(Role::TcpServer);
    wanted.readBytes = 4;
    const Pair pair(wanted);
    pair.send("hello world");
    QTRY_COMPARE(pair.server->counters().receivedBytes.get(), 11U);
    CallBoundaries boundaries(false);
    QVERIFY(pair.read(boundaries));
    QCOMPARE(sentences(boundaries), Words{"1 send arrived in 3 recvs"});
    QCOMPARE(boundaries.receives().at(2).from, 8U);
    QCOMPARE(boundaries.receives().at(2).asked, 4U);
    QCOMPARE(boundaries.groups()[0].sentBytes, 11U);
}

void TestCallBoundaries::whatIsNotReceivedYetIsSaid() {
    SocketConfig wanted = config(Role::TcpServer);
    wanted.readBytes = 4;
    wanted.held.insert(Stage::Recv);
    const Pair pair(wanted);
    CallBoundaries boundaries(false);
    pair.read(boundaries);
    QCOMPARE(boundaries.summary(), std::string("nothing was sent yet"));
    pair.send("hello world");
    pair.send("!");
    pair.server->step(Stage::Recv, 1);
    QTRY_COMPARE(pair.server->counters().receivedBytes.get(), 4U);
    pair.read(boundaries);
    QCOMPARE(sentences(boundaries), (Words{"4 of the 11 bytes of 1 send arrived so far, in 1 recv",
                                           "1 send has not been received yet (1 byte)"}));
    QCOMPARE(boundaries.summary(), std::string("1 send arrived in 1 recv, 8 bytes not received yet"));
    pair.server->release(Stage::Recv);
    QTRY_COMPARE(pair.server->counters().receivedBytes.get(), 12U);
    pair.read(boundaries);
    QCOMPARE(sentences(boundaries), Words{"2 sends arrived in 3 recvs"});
}

void TestCallBoundaries::bothDirectionsAreApart() {
    SocketConfig wanted = config(Role::TcpServer);
    wanted.readBytes = 4;
    wanted.echo = true;
    const Pair pair(wanted);
    pair.send("0123456789");
    QTRY_COMPARE(pair.client->counters().receivedBytes.get(), 10U);
    CallBoundaries there(false), back(false);
    there.update(pair.clientEnd(), pair.serverEnd());
    back.update(pair.serverEnd(), pair.clientEnd());
    QCOMPARE(there.summary(), std::string("1 send arrived in 3 recvs"));
    QCOMPARE(back.sends().spans().size(), std::size_t{3});
    QCOMPARE(back.receives().endOffset(), 10U);
    QVERIFY(back.groups().back().complete);
}

// Random sends and reads: every group begins and ends where both ends have a boundary, and none is inside.
void TestCallBoundaries::anyMixtureAddsUp() {
    SocketConfig wanted = config(Role::TcpServer);
    wanted.readBytes = 37;
    const Pair pair(wanted);
    std::mt19937 random(5);
    CallBoundaries boundaries(false);
    std::uint64_t total = 0;
    for (int i = 0; i < 300; ++i) {
        const auto size = static_cast<qsizetype>(random() % 100 + 1);
        pair.client->send({}, QByteArray(size, 'x'));
        total += static_cast<std::uint64_t>(size);
        if (i % 7 == 0) pair.read(boundaries);
    }
    QTRY_COMPARE(pair.server->counters().receivedBytes.get(), total);
    QVERIFY(pair.read(boundaries));
    std::uint64_t at = 0, send = 0, receive = 0;
    for (const BoundaryGroup& group : boundaries.groups()) {
        QVERIFY(group.complete && !group.beganEarlier);
        QCOMPARE(group.firstSend, send);
        QCOMPARE(group.firstReceive, receive);
        QCOMPARE(boundaries.sends().at(send).from, at);
        QCOMPARE(boundaries.receives().at(receive).from, at);
        at += group.sentBytes;
        QCOMPARE(group.receivedBytes, group.sentBytes);
        std::set<std::uint64_t> inside;
        for (std::size_t i = 0; i + 1 < group.sends; ++i)
            inside.insert(boundaries.sends().at(send + i).to);
        for (std::size_t i = 0; i + 1 < group.receives; ++i)
            QVERIFY(!inside.contains(boundaries.receives().at(receive + i).to));
        send += group.sends;
        receive += group.receives;
        QCOMPARE(boundaries.sends().at(send - 1).to, at);
        QCOMPARE(boundaries.receives().at(receive - 1).to, at);
    }
    QCOMPARE(at, total);
    QCOMPARE(send, boundaries.sends().endIndex());
    QCOMPARE(receive, boundaries.receives().endIndex());
}

void TestCallBoundaries::onlyTheLastCallsAreKept() {
    SocketConfig wanted = config(Role::TcpServer);
    wanted.readBytes = 3;
    const Pair pair(wanted);
    CallBoundaries boundaries(false, 10);
    for (int i = 0; i < 50; ++i)
        pair.send("01234");
    QTRY_COMPARE(pair.server->counters().receivedBytes.get(), 250U);
    pair.read(boundaries);
    QCOMPARE(boundaries.sends().spans().size(), std::size_t{10});
    QCOMPARE(boundaries.sends().firstIndex(), 40U);
    QCOMPARE(boundaries.sends().beginOffset(), 200U);
    QCOMPARE(boundaries.receives().spans().size(), std::size_t{10});
    const auto groups = boundaries.groups();
    QVERIFY(!groups.empty() && groups.back().complete);
    QCOMPARE(groups.front().firstReceive, boundaries.receives().firstIndex());
    // A boundary of both is every fifth byte; the ten recvs that are kept may begin elsewhere.
    QCOMPARE(groups.front().beganEarlier, boundaries.receives().beginOffset() % 5 != 0);
}

void TestCallBoundaries::afterAnEvictionTheCountersTellThePlace() {
    SocketConfig wanted = config(Role::TcpServer);
    wanted.captureBytes = 0;  // the smallest
    const Pair pair(wanted, wanted);
    pair.client->send({}, QByteArray(30'000'000, 'x'));
    QTRY_COMPARE(pair.server->counters().receivedBytes.get(), 30'000'000U);
    QTRY_COMPARE(pair.client->counters().sentBytes.get(), 30'000'000U);  // counted after the peer may have it
    QVERIFY(pair.server->capture().beginRow() > 0 && pair.client->capture().beginRow() > 0);
    CallBoundaries boundaries(false);
    QVERIFY(pair.read(boundaries));
    QVERIFY(!boundaries.placeKnown());
    QVERIFY(boundaries.groups().empty());
    QVERIFY(boundaries.summary().starts_with("earlier calls are no longer in the capture"));
    pair.read(boundaries);
    QVERIFY(boundaries.placeKnown());
    QCOMPARE(boundaries.sends().endOffset(), 30'000'000U);
    QCOMPARE(boundaries.receives().endOffset(), 30'000'000U);
    pair.send("one");
    QTRY_COMPARE(pair.server->counters().receivedBytes.get(), 30'000'003U);
    pair.read(boundaries);
    QVERIFY(boundaries.placeKnown());
    const BoundaryGroup last = boundaries.groups().back();
    QCOMPARE(boundaries.sentence(last), std::string("1 send arrived in 1 recv"));
    QCOMPARE(boundaries.receives().at(last.firstReceive).from, 30'000'000U);
}

void TestCallBoundaries::aTrackThatFallsBehindFindsItsPlaceAgain() {
    SocketConfig wanted = config(Role::TcpServer);
    wanted.captureBytes = 0;
    const Pair pair(wanted);
    CallBoundaries boundaries(false);
    pair.send("early");
    QTRY_COMPARE(pair.server->counters().receivedBytes.get(), 5U);
    pair.read(boundaries);
    QVERIFY(boundaries.placeKnown());
    pair.client->send({}, QByteArray(20'000'000, 'x'));
    QTRY_COMPARE(pair.server->counters().receivedBytes.get(), 20'000'005U);
    pair.read(boundaries);
    pair.read(boundaries);
    QVERIFY(boundaries.placeKnown());
    QCOMPARE(boundaries.receives().endOffset(), 20'000'005U);
    QCOMPARE(boundaries.sends().beginOffset(), 0U);  // the client's capture is large enough
    QVERIFY(boundaries.receives().beginOffset() > 5U);
    QVERIFY(boundaries.groups().back().complete);
}

void TestCallBoundaries::datagramsArriveWholeOrCut() {
    SocketConfig wanted = config(Role::UdpServer);
    wanted.readBytes = 8;
    const Pair pair(wanted);
    for (const char* text : {"one", "", "a long datagram", "one"})
        pair.send(text);
    QTRY_COMPARE(pair.server->counters().receivedMessages.get(), 4U);
    CallBoundaries boundaries(true);
    QVERIFY(pair.read(boundaries));
    QCOMPARE(sentences(boundaries), (Words{"1 datagram arrived in 1 recv", "1 datagram arrived in 1 recv",
                                           "1 datagram arrived in 1 recv, 7 of its 15 bytes were cut off",
                                           "1 datagram arrived in 1 recv"}));
    for (std::uint64_t i = 0; i < 4; ++i) {
        QCOMPARE(boundaries.receives().at(i).partner.value(), i);
        QCOMPARE(boundaries.receives().at(i).from, boundaries.sends().at(i).from);
    }
    QCOMPARE(boundaries.summary(), std::string("4 datagrams arrived in 4 recvs"));
}

// A receive buffer of the smallest size, and no reader: the kernel drops. Every datagram is another.
void TestCallBoundaries::lostDatagramsHaveNoPartner() {
    SocketConfig wanted = config(Role::UdpServer);
    wanted.receiveBufferBytes = 1;
    wanted.held.insert(Stage::Recv);
    const Pair pair(wanted);
    for (int i = 0; i < 50; ++i)
        pair.send(QByteArray::number(i).rightJustified(200, '.'));
    CallBoundaries boundaries(true);
    pair.read(boundaries);
    QCOMPARE(boundaries.summary(),
             std::string("0 datagrams arrived in 0 recvs, 10000 bytes not received yet"));
    pair.server->release(Stage::Recv);
    QTRY_VERIFY(pair.server->counters().receivedMessages.get() > 0);
    QTRY_COMPARE(state(*pair.server, Stage::Recv), StageState::Waiting);
    pair.send("the last");
    QTRY_COMPARE(data(*pair.server, true).ends_with("the last"), true);
    pair.read(boundaries);
    const auto arrived = pair.server->counters().receivedMessages.get();
    QVERIFY(arrived < 51);
    QCOMPARE(boundaries.receives().endIndex(), arrived);
    std::uint64_t overtaken = 0;
    for (const BoundaryGroup& group : boundaries.groups()) {
        if (group.overtaken) ++overtaken;
        if (!group.complete) continue;
        QCOMPARE(rowData(*pair.server, boundaries.receives().at(group.firstReceive).row),
                 rowData(*pair.client, boundaries.sends().at(group.firstSend).row));
    }
    QCOMPARE(overtaken, 51 - arrived);
    QCOMPARE(boundaries.summary(), std::to_string(arrived) + (arrived == 1 ? " datagram" : " datagrams") +
                                       " arrived in " + std::to_string(arrived) +
                                       (arrived == 1 ? " recv, " : " recvs, ") + std::to_string(overtaken) +
                                       " did not arrive though later ones did");
}

// The two ends -----------------------------------------------------------------------------------

void TestCallBoundaries::theEndsOfAConnectionAreFound_data() {
    QTest::addColumn<QString>("bound");
    QTest::addColumn<QString>("reached");
    QTest::newRow("IPv4") << QStringLiteral("127.0.0.1") << QStringLiteral("127.0.0.1");
    QTest::newRow("IPv6") << QStringLiteral("::1") << QStringLiteral("::1");
    QTest::newRow("wildcard") << QStringLiteral("0.0.0.0") << QStringLiteral("127.0.0.1");
    QTest::newRow("mapped") << QStringLiteral("::") << QStringLiteral("127.0.0.1");
}

void TestCallBoundaries::theEndsOfAConnectionAreFound() {
    QFETCH(QString, bound);
    QFETCH(QString, reached);
    SocketConfig wanted = config(Role::TcpServer, bound.toStdString());
    if (bound == QStringLiteral("::")) wanted.v6Only = false;
    const auto server = listening(wanted);
    std::vector<std::unique_ptr<Session>> clients;
    for (std::uint32_t i = 1; i <= 3; ++i) {
        clients.push_back(
            opened(config(Role::TcpClient, reached.toStdString(), server->localAddress().port())));
        QTRY_COMPARE(server->connections().count(), i);
        QTRY_COMPARE(clients.back()->connections().count(), 1U);
    }
    for (std::uint32_t i = 1; i <= 3; ++i) {
        const ConnectionSlot& client = clients[i - 1]->connections().at(1);
        QCOMPARE(otherEnd(client, server->connections()).value(), i);
        QCOMPARE(otherEnd(server->connections().at(i), clients[i - 1]->connections()).value(), 1U);
        QVERIFY(!otherEnd(client, clients[i % 3]->connections()));
        QVERIFY(isSameAddress(client.local, server->connections().at(i).peer));
    }
}

void TestCallBoundaries::strangersAreNotTwoEnds() {
    const Pair one(config(Role::TcpServer));
    const Pair other(config(Role::TcpServer));
    const ConnectionSlot& server = one.server->connections().at(1);
    QVERIFY(areTwoEnds(server, one.client->connections().at(1)));
    QVERIFY(!areTwoEnds(server, other.client->connections().at(1)));
    QVERIFY(!areTwoEnds(server, other.server->connections().at(1)));
    QVERIFY(!areTwoEnds(server, server));
    const SocketAddress address = *SocketAddress::fromNumeric("127.0.0.1", 5);
    QVERIFY(isSameAddress(address, *SocketAddress::fromNumeric("::ffff:127.0.0.1", 5)));
    QVERIFY(!isSameAddress(address, *SocketAddress::fromNumeric("::ffff:127.0.0.1", 6)));
    QVERIFY(!isSameAddress(address, *SocketAddress::fromNumeric("::1", 5)));
    QVERIFY(!isSameAddress(SocketAddress(), SocketAddress()));
}

void TestCallBoundaries::datagramEndsAreFound_data() {
    QTest::addColumn<QString>("bound");
    QTest::newRow("one address") << QStringLiteral("127.0.0.1");
    QTest::newRow("wildcard") << QStringLiteral("0.0.0.0");
}

void TestCallBoundaries::datagramEndsAreFound() {
    QFETCH(QString, bound);
    const Pair pair(config(Role::UdpServer, bound.toStdString()));
    const Pair stranger(config(Role::UdpServer, bound.toStdString()));
    pair.send("hello");
    stranger.send("hello");
    QTRY_COMPARE(pair.server->connections().count(), 1U);
    QTRY_COMPARE(stranger.server->connections().count(), 1U);
    QCOMPARE(otherEnd(pair.client->connections().at(1), pair.server->connections()).value(), 1U);
    QVERIFY(!otherEnd(pair.client->connections().at(1), stranger.server->connections()));
    QVERIFY(!otherEnd(stranger.client->connections().at(1), pair.server->connections()));
}

QTEST_GUILESS_MAIN(TestCallBoundaries)
#include "tst_callboundaries.moc"
