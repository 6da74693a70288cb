// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDeadlineTimer>
#include <QTemporaryFile>
#include <thread>

#include "sessiontest.h"

using namespace sockstage;

namespace {

constexpr int tooLong = 70'000;  ///< for a datagram

}  // namespace

class TestDatagram : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void peersBecomeRows();
    void repliesGoToOnePeerOrToAll();
    void anyAddressCanBeSentTo();
    void anEmptyDatagramIsData();
    void aTruncatedDatagramSaysWhatWasLost();
    void tooLongIsRefusedByTheKernel();
    void aCauseIsThatOfTheLatestError();
    void theFirstFailureStays();
    void aFailedSendIsNoMessage();
    void whatAPeerNeverGotIsCountedWithIt();
    void onlyTheChosenPeersSendsAreCancelled();
    void aRefusalComesBackOnTheNextCall();
    void anUnconnectedClientUsesSendto();
    void echoAnswersTheSender();
    void anEchoThatCannotLeaveIsLimited();
    void aFileIsOneDatagramOrMany();
    void whatTheKernelDroppedIsCounted();
    void anEchoNeverTakesThePlaceOfWhatWasTyped();
    void ipv6Works();
    void closeEndsIt();
};

void TestDatagram::peersBecomeRows() {
    const auto server = listening(config(Role::UdpServer));
    const Peer first = Peer::connectedTo(server->localAddress(), SOCK_DGRAM);
    const Peer second = Peer::connectedTo(server->localAddress(), SOCK_DGRAM);
    first.send("one");
    second.send("two!");
    first.send("three");
    QTRY_COMPARE(server->counters().receivedMessages.get(), 3U);
    QCOMPARE(server->connections().count(), 2U);
    QVERIFY(server->connections().at(1).peer == first.address());
    QCOMPARE(server->connections().at(1).receivedBytes.get(), 8U);
    QCOMPARE(server->connections().at(2).receivedMessages.get(), 1U);
    QCOMPARE(server->stateWord(), QStringLiteral("bound"));
}

void TestDatagram::repliesGoToOnePeerOrToAll() {
    const auto server = listening(config(Role::UdpServer));
    const Peer first = Peer::connectedTo(server->localAddress(), SOCK_DGRAM);
    const Peer second = Peer::connectedTo(server->localAddress(), SOCK_DGRAM);
    first.send("1");
    QTRY_COMPARE(server->connections().count(), 1U);
    second.send("2");
    QTRY_COMPARE(server->connections().count(), 2U);
    server->send({2}, "only you");
    server->send({}, "everybody");
    QCOMPARE(second.receive(), std::string("only you"));
    QCOMPARE(second.receive(), std::string("everybody"));
    QCOMPARE(first.receive(), std::string("everybody"));
    QTRY_COMPARE(server->counters().sentMessages.get(), 3U);
}

void TestDatagram::anyAddressCanBeSentTo() {
    const auto server = listening(config(Role::UdpServer));
    const Peer stranger = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
    server->sendTo(stranger.address(), "hello");
    QCOMPARE(stranger.receive(), std::string("hello"));
    QTRY_COMPARE(server->connections().count(), 1U);
}

void TestDatagram::anEmptyDatagramIsData() {
    const auto server = listening(config(Role::UdpServer));
    const Peer peer = Peer::connectedTo(server->localAddress(), SOCK_DGRAM);
    peer.send("");
    QTRY_COMPARE(server->counters().receivedMessages.get(), 1U);
    QCOMPARE(server->counters().receivedBytes.get(), 0U);
    QCOMPARE(server->connections().count(), 1U);
    server->send({1}, QByteArray());
    QTRY_COMPARE(server->counters().sentMessages.get(), 1U);
    QVERIFY(awaitState(*server, Stage::Recv, StageState::Waiting));
}

void TestDatagram::aTruncatedDatagramSaysWhatWasLost() {
    SocketConfig wanted = config(Role::UdpServer);
    wanted.readBytes = 3;
    const auto server = listening(wanted);
    const Peer peer = Peer::connectedTo(server->localAddress(), SOCK_DGRAM);
    peer.send("0123456789");
    QTRY_COMPARE(server->counters().receivedMessages.get(), 1U);
    QCOMPARE(data(*server, true), std::string("012"));
    QCOMPARE(server->counters().truncatedBytes.get(), 7U);
    QCOMPARE(count(lines(*server), "\"012\", 3, MSG_TRUNC, "), 1);
    QCOMPARE(count(lines(*server), ") = 10"), 1);
}

void TestDatagram::tooLongIsRefusedByTheKernel() {
    const Peer peer = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
    const auto client = listening(clientOf(peer, Role::UdpClient));
    client->send({}, QByteArray(70'000, 'x'));
    QTRY_COMPARE(client->counters().discardedBytes.get(), 70'000U);
    QCOMPARE(count(lines(*client), "= -1 EMSGSIZE (Message too long)"), 1);
    QVERIFY(client->failure().contains(QStringLiteral("EMSGSIZE")));
    client->send({}, "short");
    QCOMPARE(peer.receive(), std::string("short"));
    QVERIFY(!client->isFinished());
}

void TestDatagram::aRefusalComesBackOnTheNextCall() {
    Peer peer = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
    const SocketConfig wanted = clientOf(peer, Role::UdpClient);
    peer.close();
    const auto client = listening(wanted);
    client->send({}, "anybody?");
    QTRY_VERIFY(client->failure().contains(QStringLiteral("ECONNREFUSED")));
    QCOMPARE(count(lines(*client), "cmsg_data={ee_errno=111, ee_origin=2, ee_type=3, ee_code=3,"), 1);
    QVERIFY(!client->isFinished());
    QTRY_COMPARE(client->stateWord(), QStringLiteral("refused"));
}

void TestDatagram::aCauseIsThatOfTheLatestError() {
    Peer peer = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
    const SocketConfig wanted = clientOf(peer, Role::UdpClient);
    peer.close();
    const auto client = listening(wanted);
    client->send({}, "anybody?");
    QTRY_VERIFY(client->failureCause().contains(QStringLiteral("port unreachable")));
    client->send({}, QByteArray(65600, 'x'));
    QTRY_COMPARE(client->stages().at(Stage::Send).error.load(), EMSGSIZE);
    QVERIFY(client->failureCause().isEmpty());
}

void TestDatagram::theFirstFailureStays() {
    Peer peer = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
    const SocketConfig wanted = clientOf(peer, Role::UdpClient);
    peer.close();
    const auto client = listening(wanted);
    client->send({}, QByteArray(tooLong, 'x'));
    QTRY_VERIFY(client->failure().contains(QStringLiteral("EMSGSIZE")));
    const QString first = client->failure();
    client->send({}, "anybody?");
    QTRY_COMPARE(client->stages().at(Stage::Recv).error.load(), ECONNREFUSED);
    QCOMPARE(client->failure(), first);
}

void TestDatagram::aFailedSendIsNoMessage() {
    const Peer peer = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
    const auto client = listening(clientOf(peer, Role::UdpClient));
    client->send({}, "one");
    client->send({}, QByteArray(tooLong, 'x'));
    client->send({}, "two");
    QTRY_COMPARE(client->counters().sentMessages.get(), 2U);
    QCOMPARE(client->counters().sentBytes.get(), 6U);
    QCOMPARE(client->counters().errors.get(), 1U);
    QCOMPARE(client->stages().at(Stage::Send).count.load(), 2U);
    QCOMPARE(client->connections().at(1).sentMessages.get(), 2U);
    QCOMPARE(client->connections().at(1).sentBytes.get(), 6U);
    QTRY_COMPARE(state(*client, Stage::Send), StageState::Waiting);  // cured: the stage has failed no more
    QCOMPARE(client->stages().at(Stage::Send).error.load(), 0);
}

void TestDatagram::whatAPeerNeverGotIsCountedWithIt() {
    const auto server = listening(config(Role::UdpServer));
    const Peer first = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
    const Peer second = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
    server->sendTo(first.address(), "one");
    server->sendTo(second.address(), QByteArray(tooLong, 'x'));
    server->sendTo(second.address(), "two");
    QCOMPARE(second.receive(), std::string("two"));
    QTRY_COMPARE(server->counters().sentMessages.get(), 2U);
    QCOMPARE(server->counters().discardedBytes.get(), std::uint64_t{tooLong});
    QCOMPARE(server->connections().at(1).discardedBytes.get(), 0U);
    QCOMPARE(server->connections().at(2).discardedBytes.get(), std::uint64_t{tooLong});
}

void TestDatagram::onlyTheChosenPeersSendsAreCancelled() {
    SocketConfig wanted = config(Role::UdpServer);
    wanted.held.insert(Stage::Send);
    const auto server = listening(wanted);
    const Peer first = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
    const Peer second = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
    server->sendTo(first.address(), "one");
    server->sendTo(second.address(), "two");
    server->sendTo(first.address(), "three");
    QTRY_COMPARE(server->counters().queuedBytes.get(), 11U);
    server->cancelSends({1});
    QTRY_COMPARE(server->counters().queuedBytes.get(), 3U);
    QCOMPARE(server->counters().discardedBytes.get(), 8U);
    QCOMPARE(server->connections().at(1).discardedBytes.get(), 8U);
    QCOMPARE(server->connections().at(2).discardedBytes.get(), 0U);
    server->release(Stage::Send);
    QCOMPARE(second.receive(), std::string("two"));
}

void TestDatagram::anUnconnectedClientUsesSendto() {
    const Peer peer = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
    SocketConfig wanted = clientOf(peer, Role::UdpClient);
    wanted.connectUdp = false;
    const auto client = listening(wanted);
    QCOMPARE(state(*client, Stage::Connect), StageState::Skipped);
    client->send({}, "hi");
    QCOMPARE(peer.receive(), std::string("hi"));
    QTRY_COMPARE(count(lines(*client), "sendto("), 1);
    QCOMPARE(count(lines(*client), "connect("), 0);
    QTRY_COMPARE(count(lines(*client), "getsockname("), 1);
    QTRY_VERIFY(client->localAddress().port() != 0);
    client->send({}, "again");
    QCOMPARE(peer.receive(), std::string("again"));
    QCOMPARE(count(lines(*client), "getsockname("), 1);
}

void TestDatagram::echoAnswersTheSender() {
    SocketConfig wanted = config(Role::UdpServer);
    wanted.echo = true;
    const auto server = listening(wanted);
    const Peer peer = Peer::connectedTo(server->localAddress(), SOCK_DGRAM);
    for (int i = 0; i < 100; ++i) {
        peer.send(std::to_string(i));
        QCOMPARE(peer.receive(), std::to_string(i));
    }
}

// Nothing leaves while send is held, and the peer goes on: the echo gives up what lies over its limit, and
// counts it.
void TestDatagram::anEchoThatCannotLeaveIsLimited() {
    constexpr std::uint64_t limit = std::uint64_t{4} << 20;
    constexpr std::uint64_t size = 60'000;
    constexpr std::uint64_t datagrams = limit / size + 20;
    SocketConfig wanted = config(Role::UdpServer);
    wanted.echo = true;
    wanted.held.insert(Stage::Send);
    const auto server = listening(wanted);
    const Peer peer = Peer::connectedTo(server->localAddress(), SOCK_DGRAM);
    const SessionCounters& sums = server->counters();
    const QDeadlineTimer patience(20'000);
    for (std::uint64_t i = 1; i <= datagrams; ++i) {
        peer.send(std::string(size, 'e'));  // one after the other: none is dropped for want of room
        while (sums.receivedMessages.get() < i && !patience.hasExpired())
            std::this_thread::yield();
    }
    QTRY_COMPARE(sums.queuedBytes.get() + sums.discardedBytes.get(), datagrams * size);
    QVERIFY(sums.queuedBytes.get() <= limit);
    QVERIFY(sums.queuedBytes.get() > limit - size);
    server->cancelSends({});
    QTRY_COMPARE(sums.discardedBytes.get(), datagrams * size);
    QCOMPARE(sums.queuedBytes.get(), 0U);
    QCOMPARE(sums.sentBytes.get(), 0U);
}

void TestDatagram::aFileIsOneDatagramOrMany() {
    QTemporaryFile small, large;
    QVERIFY(small.open() && large.open());
    small.write(QByteArray(3000, 's'));
    large.write(QByteArray(70'000, 'l'));
    small.flush();
    large.flush();
    const Peer peer = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
    const auto client = listening(clientOf(peer, Role::UdpClient));
    client->sendFile({}, small.fileName());
    QCOMPARE(peer.receive().size(), std::size_t(3000));
    client->sendFile({}, large.fileName());
    for (int i = 0; i < 50; ++i)
        QCOMPARE(peer.receive().size(), std::size_t(1400));
}

void TestDatagram::whatTheKernelDroppedIsCounted() {
    SocketConfig wanted = config(Role::UdpServer);
    wanted.receiveBufferBytes = 4096;
    wanted.held.insert(Stage::Recv);
    const auto watched = listening(wanted), unwatched = listening(wanted);
    watched->watch({}, true);
    const std::string datagram(1000, 'x');
    for (const auto* server : {watched.get(), unwatched.get()}) {
        const Peer peer = Peer::connectedTo(server->localAddress(), SOCK_DGRAM);
        for (int i = 0; i < 100; ++i)
            peer.send(datagram);
    }
    QTRY_VERIFY(watched->counters().kernelDrops.get() > 0);
    watched->release(Stage::Recv);
    // The look that counted the first of them may have come while they were still being dropped.
    QTRY_COMPARE(watched->counters().receivedMessages.get() + watched->counters().kernelDrops.get(), 100U);
    const quint64 dropped = watched->counters().kernelDrops.get();
    QCOMPARE(unwatched->counters().kernelDrops.get(), 0U);  // not sampled
    unwatched->close(0);
    QTRY_VERIFY(unwatched->isFinished());
    QCOMPARE(unwatched->counters().kernelDrops.get(), dropped);
}

void TestDatagram::anEchoNeverTakesThePlaceOfWhatWasTyped() {
    SocketConfig wanted = config(Role::UdpServer);
    wanted.echo = true;
    wanted.held.insert(Stage::Send);
    const auto server = listening(wanted);
    const Peer peer = Peer::connectedTo(server->localAddress(), SOCK_DGRAM);
    peer.send("first");
    QTRY_COMPARE(server->counters().queuedBytes.get(), 5U);
    constexpr quint64 typed = 80, size = 60'000;  // more than the limit of echoes
    for (quint64 i = 0; i < typed; ++i)
        server->send({1}, QByteArray(int(size), 't'));
    QTRY_COMPARE(server->counters().queuedBytes.get(), 5 + typed * size);
    peer.send("second");
    QTRY_COMPARE(server->counters().discardedBytes.get(), 6U);
    const ConnectionSlot& slot = server->connections().at(1);
    QCOMPARE(slot.discardedBytes.get(), 6U);
    QCOMPARE(server->counters().queuedBytes.get(), 5 + typed * size);
    server->cancelSends({});
    QTRY_COMPARE(server->counters().queuedBytes.get(), 0U);
    QCOMPARE(server->counters().discardedBytes.get(), 11 + typed * size);
    QCOMPARE(slot.discardedBytes.get(), 11 + typed * size);
}

void TestDatagram::ipv6Works() {
    const auto server = opened(config(Role::UdpServer, "::1"));
    QTRY_VERIFY(state(*server, Stage::Recv) == StageState::Waiting || server->isFinished());
    if (server->isFinished()) QSKIP("no IPv6 here");
    const Peer peer = Peer::connectedTo(server->localAddress(), SOCK_DGRAM);
    peer.send("six");
    QTRY_COMPARE(data(*server, true), std::string("six"));
}

void TestDatagram::closeEndsIt() {
    const auto server = listening(config(Role::UdpServer));
    server->close();
    QTRY_VERIFY(server->isFinished());
    QCOMPARE(state(*server, Stage::Close), StageState::Done);
    QCOMPARE(server->descriptor(), -1);
}

QTEST_GUILESS_MAIN(TestDatagram)
#include "tst_datagram.moc"
