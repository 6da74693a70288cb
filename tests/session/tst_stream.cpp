// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryFile>
#include <thread>

#include "sessiontest.h"

using namespace sockstage;

namespace {

std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        text[i] = static_cast<char>((i * 7 + i / 251) & 0xff);
    return text;
}

}  // namespace

class TestStream : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatThePeerSendsIsKept();
    void whatWeSendArrives();
    void everyClientHasItsOwnNumber();
    void sendingToSomeAndToAll();
    void aMessageBeforeConnectGoesLater();
    void aPartialSendIsShownAndTheRestFollows();
    void cancelledBytesAreCounted();
    void aFileIsSentInPieces();
    void aMissingFileIsSaid();
    void echoReturnsEverythingAndHoldsBack();
    void nobodyConnectedIsSaid();
    void theCaptureStaysInItsLimit();
    void aSmallReadSizeMakesManyCalls();
};

void TestStream::whatThePeerSendsIsKept() {
    const auto server = listening(config(Role::TcpServer));
    const Peer peer = Peer::connectedTo(server->localAddress());
    const std::string text = pattern(1'000'000);
    peer.send(text);
    QTRY_COMPARE(server->counters().receivedBytes.get(), text.size());
    QVERIFY(data(*server, true) == text);
    QCOMPARE(server->connections().at(1).receivedBytes.get(), text.size());
}

void TestStream::whatWeSendArrives() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = opened(clientOf(listener));
    const Peer accepted = listener.accept();
    const std::string text = pattern(3'000'000);
    client->send({}, QByteArray::fromStdString(text));
    QVERIFY(accepted.receiveAll(text.size()) == text);
    QTRY_COMPARE(client->counters().sentBytes.get(), text.size());
    QVERIFY(data(*client, false) == text);
    QCOMPARE(client->counters().queuedBytes.get(), 0U);
}

void TestStream::everyClientHasItsOwnNumber() {
    const auto server = listening(config(Role::TcpServer));
    std::vector<Peer> peers;
    peers.reserve(50);
    for (int i = 0; i < 50; ++i)
        peers.push_back(Peer::connectedTo(server->localAddress()));
    QTRY_COMPARE(server->connections().count(), 50U);
    for (std::size_t i = 0; i < peers.size(); ++i) {
        const auto& slot = server->connections().at(static_cast<std::uint32_t>(i + 1));
        QVERIFY(slot.peer == peers[i].address());
        QVERIFY(slot.fd.load() >= 0);
    }
    QCOMPARE(server->counters().openConnections.get(), 50U);
    peers.clear();
    QTRY_VERIFY(server->connections().at(50).receiving.load() == DirectionState::Eof);
}

void TestStream::sendingToSomeAndToAll() {
    const auto server = listening(config(Role::TcpServer));
    const Peer first = Peer::connectedTo(server->localAddress());
    const Peer second = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->counters().openConnections.get(), 2U);
    server->send({2}, "two");
    server->send({}, "all");
    QCOMPARE(second.receiveAll(6), std::string("twoall"));
    QCOMPARE(first.receiveAll(3), std::string("all"));
}

void TestStream::aMessageBeforeConnectGoesLater() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    SocketConfig wanted = clientOf(listener);
    wanted.held.insert(Stage::Connect);
    const auto client = opened(wanted);
    QVERIFY(awaitState(*client, Stage::Connect, StageState::Held));
    client->send({}, "early");
    QTRY_COMPARE(client->counters().queuedBytes.get(), 5U);
    client->release(Stage::Connect);
    QCOMPARE(listener.accept().receiveAll(5), std::string("early"));
    QTRY_COMPARE(client->counters().queuedBytes.get(), 0U);
}

void TestStream::aPartialSendIsShownAndTheRestFollows() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    SocketConfig wanted = clientOf(listener);
    wanted.sendBufferBytes = 65536;
    const auto client = opened(wanted);
    const Peer accepted = listener.accept();
    const std::string text = pattern(8'000'000);
    client->send({}, QByteArray::fromStdString(text));
    QTRY_VERIFY(client->counters().sentBytes.get() > 0 && client->counters().queuedBytes.get() > 0);
    QCOMPARE(client->counters().sentBytes.get() + client->counters().queuedBytes.get(), text.size());
    bool partial = false;
    for (std::uint64_t row = 0; row < client->capture().endRow(); ++row) {
        const auto pin = client->capture().pin(row);
        const CallRecord& record = pin.record(row);
        if (record.call == Call::Send && record.result > 0 && record.result < record.asked) partial = true;
    }
    QVERIFY(partial);
    QVERIFY(accepted.receiveAll(text.size()) == text);
    QTRY_COMPARE(client->counters().queuedBytes.get(), 0U);
}

void TestStream::cancelledBytesAreCounted() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = opened(clientOf(listener));
    const Peer accepted = listener.accept();
    client->send({}, QByteArray(50'000'000, 'x'));
    QTRY_VERIFY(client->counters().queuedBytes.get() > 0);
    client->cancelSends({});
    QTRY_COMPARE(client->counters().queuedBytes.get(), 0U);
    QCOMPARE(client->counters().sentBytes.get() + client->counters().discardedBytes.get(), 50'000'000U);
    QCOMPARE(count(marks(*client), "were never sent: cancelled"), 1);
}

void TestStream::aFileIsSentInPieces() {
    QTemporaryFile file;
    QVERIFY(file.open());
    const std::string text = pattern(5'000'000);
    file.write(text.data(), static_cast<qint64>(text.size()));
    file.flush();
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = opened(clientOf(listener));
    const Peer accepted = listener.accept();
    client->sendFile({}, file.fileName());
    QVERIFY(accepted.receiveAll(text.size()) == text);
    QTRY_VERIFY(data(*client, false) == text);
}

void TestStream::aMissingFileIsSaid() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = opened(clientOf(listener));
    client->sendFile({}, QStringLiteral("/nonexistent/file"));
    QTRY_VERIFY(client->failure().contains(QStringLiteral("ENOENT")));
}

// The peer sends without reading: the echo stops receiving instead of queueing for ever.
void TestStream::echoReturnsEverythingAndHoldsBack() {
    SocketConfig wanted = config(Role::TcpServer);
    wanted.echo = true;
    const auto server = listening(wanted);
    const Peer peer = Peer::connectedTo(server->localAddress());
    const std::string text = pattern(30'000'000);
    std::thread sender([&] { peer.send(text); });
    QTRY_VERIFY(server->counters().queuedBytes.get() > 1'000'000);
    QVERIFY(server->counters().queuedBytes.get() < 2'000'000);
    const std::string back = peer.receiveAll(text.size());
    sender.join();
    QVERIFY(back == text);
    QTRY_COMPARE(server->counters().queuedBytes.get(), 0U);
}

void TestStream::nobodyConnectedIsSaid() {
    const auto server = listening(config(Role::TcpServer));
    server->send({}, "hello");
    QTRY_COMPARE(server->counters().discardedBytes.get(), 5U);
    QCOMPARE(server->counters().queuedBytes.get(), 0U);
    QCOMPARE(count(marks(*server), "nobody is connected"), 1);
}

void TestStream::theCaptureStaysInItsLimit() {
    SocketConfig wanted = config(Role::TcpServer);
    wanted.captureBytes = 0;  // the smallest
    const auto server = listening(wanted);
    const Peer peer = Peer::connectedTo(server->localAddress());
    const std::string text = pattern(30'000'000);
    peer.send(text);
    QTRY_COMPARE(server->counters().receivedBytes.get(), text.size());
    const CaptureStore& store = server->capture();
    QVERIFY(store.usedBytes() <= store.budgetBytes());
    QVERIFY(store.beginRow() > 0);
    QVERIFY(text.ends_with(data(*server, true)));
}

void TestStream::aSmallReadSizeMakesManyCalls() {
    SocketConfig wanted = config(Role::TcpServer);
    wanted.readBytes = 3;
    const auto server = listening(wanted);
    const Peer peer = Peer::connectedTo(server->localAddress());
    peer.send("0123456789");
    QTRY_COMPARE(server->counters().receivedBytes.get(), 10U);
    QCOMPARE(server->counters().receivedMessages.get(), 4U);
    QCOMPARE(count(lines(*server), "\"9\", 3, 0) = 1"), 1);
}

QTEST_GUILESS_MAIN(TestStream)
#include "tst_stream.moc"
