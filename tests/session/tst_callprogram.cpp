// SPDX-License-Identifier: GPL-3.0-or-later
#include <netinet/tcp.h>
#include <functional>

#include "programtest.h"

using namespace sockstage;

// Each test records a real session, exports it as C++, compiles that with both compilers without a warning,
// and runs it below strace against a peer that plays the same part. The calls must be those on record.

namespace {

/// Plays the other end of a server or of a program that is one.
using Client = std::function<void(const SocketAddress& server)>;
/// Plays the other end of a client; the address that it connects to stays the same.
using Server = std::function<void()>;

void finish(Session& session) {
    session.close();
    QTRY_VERIFY(session.isFinished());
}

void compare(const Session& session, Replay& replay) {
    QCOMPARE(replay.finish(), 0);
    QCOMPARE(replay.errors(), QString());
    QCOMPARE(replay.calls(), plainRecord(session));
}

void replayServer(const Session& session, const Client& client) {
    for (const QString& compiler : compilers()) {
        Replay replay(cppProgram(session.capture()), compiler);
        QVERIFY2(replay.complaint().isEmpty(), qPrintable(replay.complaint()));
        replay.start();
        client(replay.address());
        compare(session, replay);
    }
}

void replayClient(const Session& session, const Server& server) {
    for (const QString& compiler : compilers()) {
        Replay replay(cppProgram(session.capture()), compiler);
        QVERIFY2(replay.complaint().isEmpty(), qPrintable(replay.complaint()));
        replay.start();
        server();
        compare(session, replay);
    }
}

int tcpStateOf(int fd) {
    tcp_info info{};
    socklen_t length = sizeof info;
    if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return -1;
    return info.tcpi_state;
}

/// Closes only after the other end has acknowledged the FIN.
void closeOnceSeen(const Peer& peer) {
    peer.shutdownSending();
    QTRY_COMPARE(tcpStateOf(peer.fd()), int{TCP_FIN_WAIT2});
}

/// Whether a client of this IPv4 listener is in CLOSE-WAIT.
bool hasClientInCloseWait(const Peer& listener) {
    QFile table(QStringLiteral("/proc/net/tcp"));
    if (!table.open(QIODevice::ReadOnly)) qFatal("no /proc/net/tcp");
    const QString port =
        QStringLiteral(":%1").arg(listener.address().port(), 4, 16, QLatin1Char('0')).toUpper();
    for (const QByteArray& line : table.readAll().split('\n')) {
        const QStringList words = QString::fromLatin1(line).simplified().split(u' ');
        if (words.size() > 3 && words[2].endsWith(port) && words[3] == QStringLiteral("08")) return true;
    }
    return false;
}

/// Every byte, and what could go wrong in a literal.
std::string difficultBytes() {
    std::string text = "\?\?=\?\?/ \"quoted\" \\ back\\\n";
    for (int i = 0; i < 256; ++i)
        text += static_cast<char>(i);
    for (const char next : std::string("0179aFgG?\"\\\n"))
        text += std::string("\0", 1) + next + '\x01' + next + '\xff' + next;
    return text;
}

}  // namespace

class TestCallProgram : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void aTcpServer_data();
    void aTcpServer();
    void aServerOfSeveral();
    void aTcpClient();
    void aHalfClose();
    void aResetByThePeer();
    void aResetByUs();
    void aSendToAPeerThatHasGone();
    void aUdpServer_data();
    void aUdpServer();
    void aUdpClient();
    void aUdpClientThatIsNotConnected();
    void aUdpClientThatIsRefused_data();
    void aUdpClientThatIsRefused();
    void aConnectThatFails();
    void aBindThatFails();
    void aNamedHost();
    void optionsOfAllKinds();
    void aLongSendKeepsItsLength();
};

void TestCallProgram::init() {
    if (const QString missing = missingProgram(); !missing.isEmpty())
        QSKIP(qPrintable(QStringLiteral("NOT TESTED: %1 is not installed").arg(missing)));
}

void TestCallProgram::aTcpServer_data() {
    QTest::addColumn<QString>("host");
    QTest::newRow("IPv4") << QStringLiteral("127.0.0.1");
    QTest::newRow("IPv6") << QStringLiteral("::1");
    QTest::newRow("wildcard") << QStringLiteral("0.0.0.0");
}

void TestCallProgram::aTcpServer() {
    QFETCH(QString, host);
    SocketConfig wanted = config(Role::TcpServer, host.toStdString());
    wanted.echo = true;
    const auto session = listening(wanted);
    const Client client = [](const SocketAddress& server) {
        const std::string reachable = server.isWildcard() ? "127.0.0.1" : server.hostText();
        const Peer peer = connectedSoon(*SocketAddress::fromNumeric(reachable, server.port()));
        const std::string difficult = difficultBytes();
        for (const std::string& text : {std::string("hello"), difficult, std::string("good bye\n")}) {
            peer.send(text);
            QCOMPARE(QByteArray::fromStdString(peer.receiveAll(text.size())),
                     QByteArray::fromStdString(text));
        }
        peer.shutdownSending();
        QCOMPARE(peer.receive(),
                 std::string());  // until it is closed, so that the port is not ours in TIME_WAIT
    };
    QTRY_COMPARE(state(*session, Stage::Accept), StageState::Waiting);
    std::unique_ptr<QThread> played(QThread::create([&] { client(session->localAddress()); }));
    played->start();
    QTRY_COMPARE(session->connections().count(), 1U);
    QTRY_COMPARE(session->connections().at(1).receiving.load(), DirectionState::Eof);
    session->closeConnections({1});
    QVERIFY(played->wait(10'000));
    finish(*session);
    replayServer(*session, client);
}

void TestCallProgram::aServerOfSeveral() {
    SocketConfig wanted = config(Role::TcpServer);
    wanted.readBytes = 3;
    const auto session = listening(wanted);
    const Client clients = [](const SocketAddress& server) {
        const Peer first = connectedSoon(server);
        first.send("one");
        const Peer second = connectedSoon(server);
        second.send("seconds");
        QCOMPARE(second.receiveAll(6), std::string("answer"));
    };
    std::unique_ptr<QThread> played(QThread::create([&] { clients(session->localAddress()); }));
    played->start();
    QTRY_COMPARE(session->counters().receivedBytes.get(), 10U);
    session->send({2}, "answer");
    QVERIFY(played->wait(10'000));
    QTRY_COMPARE(session->connections().at(1).receiving.load(), DirectionState::Eof);
    QTRY_COMPARE(session->connections().at(2).receiving.load(), DirectionState::Eof);
    finish(*session);
    replayServer(*session, clients);
}

void TestCallProgram::aTcpClient() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto session = opened(clientOf(listener));
    session->send({}, "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n");
    const Server server = [&] {
        const Peer peer = listener.accept();
        QCOMPARE(peer.receiveAll(37), std::string("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"));
        peer.send("HTTP/1.1 204 No Content\r\n\r\n");
    };
    server();
    QTRY_COMPARE(session->connections().at(1).receiving.load(), DirectionState::Eof);
    finish(*session);
    replayClient(*session, server);
}

void TestCallProgram::aHalfClose() {
    const Peer listener = Peer::boundTo("::1");
    const auto session = opened(clientOf(listener));
    session->send({}, "question");
    session->shutdownSending({});
    const Server server = [&] {
        const Peer peer = listener.accept();
        QCOMPARE(peer.receiveAll(100), std::string("question"));
        peer.send("answer");
    };
    server();
    QTRY_VERIFY(session->isFinished());
    QCOMPARE(count(lines(*session), "SHUT_WR"), 1);
    replayClient(*session, server);
}

void TestCallProgram::aResetByThePeer() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto session = opened(clientOf(listener));
    session->send({}, "question");
    const Server server = [&] {
        Peer peer = listener.accept();
        QCOMPARE(peer.receiveAll(8), std::string("question"));
        peer.reset();
    };
    server();
    QTRY_VERIFY(session->isFinished());
    QCOMPARE(count(lines(*session), "ECONNRESET"), 1);
    replayClient(*session, server);
}

void TestCallProgram::aResetByUs() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto session = opened(clientOf(listener));
    session->send({}, "question");
    Peer recorded = listener.accept();
    QCOMPARE(recorded.receiveAll(8), std::string("question"));
    session->reset({});
    QTRY_VERIFY(session->isFinished());
    replayClient(*session, [&] {
        const Peer peer = listener.accept();
        QCOMPARE(peer.receiveAll(8), std::string("question"));
        QCOMPARE(peer.receive(), std::string());  // the reset
    });
}

void TestCallProgram::aSendToAPeerThatHasGone() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    SocketConfig wanted = clientOf(listener);
    wanted.held.insert(Stage::Recv);
    const auto session = opened(wanted);
    QVERIFY(awaitState(*session, Stage::Recv, StageState::Held));
    const auto reaches = [&](TcpState wantedState) {
        const auto& state = session->connections().at(1).kernel.tcpState;
        return QTest::qWaitFor([&] { return tcpStateFromKernel(state.load()) == wantedState; });
    };
    session->watch({1}, false);
    { const Peer peer = listener.accept(); }
    QVERIFY(reaches(TcpState::CloseWait));
    session->send({}, "brings a reset");
    QTRY_COMPARE(session->counters().sentBytes.get(), 14U);
    QVERIFY(reaches(TcpState::Closed));
    session->watch({}, false);
    session->send({}, "meets it");
    QTRY_VERIFY(session->connections().at(1).endError.load() != 0);
    finish(*session);
    QCOMPARE(count(lines(*session), "EPIPE"), 1);
    // Each send must find the connection as the recorded one did: after the FIN, and after the reset.
    for (const QString& compiler : compilers()) {
        Replay replay(cppProgram(session->capture()), compiler);
        QVERIFY2(replay.complaint().isEmpty(), qPrintable(replay.complaint()));
        replay.start({QStringLiteral("connect"), QStringLiteral("sendto")});
        closeOnceSeen(listener.accept());
        QVERIFY(hasClientInCloseWait(listener));
        replay.resume();
        QTRY_VERIFY(!hasClientInCloseWait(listener));
        replay.resume();
        compare(*session, replay);
    }
}

void TestCallProgram::aUdpServer_data() {
    QTest::addColumn<bool>("dropCounts");
    QTest::newRow("recvfrom") << false;
    QTest::newRow("recvmsg") << true;
}

void TestCallProgram::aUdpServer() {
    QFETCH(bool, dropCounts);
    SocketConfig wanted = config(Role::UdpServer);
    wanted.dropCounts = dropCounts;
    wanted.echo = true;
    wanted.readBytes = 10;
    const auto session = listening(wanted);
    const Client client = [](const SocketAddress& server) {
        const Peer first = Peer::connectedTo(server, SOCK_DGRAM);
        const Peer second = Peer::connectedTo(server, SOCK_DGRAM);
        for (const Peer* peer : {&first, &second, &first}) {
            peer->send("a datagram that is cut");
            QCOMPARE(peer->receive(), std::string("a datagram"));
        }
        first.send("");
        QCOMPARE(first.receive(), std::string());
    };
    client(session->localAddress());
    QTRY_COMPARE(session->counters().sentMessages.get(), 4U);
    finish(*session);
    replayServer(*session, client);
}

void TestCallProgram::aUdpClient() {
    const Peer receiver = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
    SocketConfig wanted = clientOf(receiver, Role::UdpClient);
    wanted.localEndpoint = Endpoint{"127.0.0.1", "0"};
    const auto session = opened(wanted);
    session->send({}, "hello");
    const Server server = [&] {
        sockaddr_storage from{};
        socklen_t length = sizeof from;
        std::array<char, 100> bytes{};
        QCOMPARE(::recvfrom(receiver.fd(), bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&from),
                            &length),
                 ssize_t{5});
        ::sendto(receiver.fd(), "well", 4, 0, reinterpret_cast<const sockaddr*>(&from), length);
    };
    server();
    QTRY_COMPARE(session->counters().receivedMessages.get(), 1U);
    finish(*session);
    replayClient(*session, server);
}

void TestCallProgram::aUdpClientThatIsNotConnected() {
    const Peer receiver = Peer::boundTo("::1", SOCK_DGRAM);
    SocketConfig wanted = clientOf(receiver, Role::UdpClient);
    wanted.connectUdp = false;
    const auto session = opened(wanted);
    session->send({}, "hello");
    session->send({}, "");
    const Server server = [&] {
        QCOMPARE(receiver.receive(), std::string("hello"));
        QCOMPARE(receiver.receive(), std::string());
    };
    server();
    QTRY_COMPARE(session->counters().sentMessages.get(), 2U);
    finish(*session);
    replayClient(*session, server);
}

void TestCallProgram::aUdpClientThatIsRefused_data() {
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<bool>("errorQueue");
    QTest::newRow("IPv4") << QByteArray("127.0.0.1") << true;
    QTest::newRow("IPv6") << QByteArray("::1") << true;
    QTest::newRow("without the error queue") << QByteArray("127.0.0.1") << false;
}

void TestCallProgram::aUdpClientThatIsRefused() {
    QFETCH(QByteArray, host);
    QFETCH(bool, errorQueue);
    Peer gone = Peer::boundTo(host.constData(), SOCK_DGRAM);
    SocketConfig wanted = clientOf(gone, Role::UdpClient);
    wanted.receiveErrors = errorQueue;
    gone.close();
    const auto session = opened(wanted);
    session->send({}, "is anybody there?");
    QTRY_VERIFY(session->failure().contains(QStringLiteral("ECONNREFUSED")));
    finish(*session);
    QCOMPARE(count(lines(*session), "recvmsg") != 0, errorQueue);
    replayClient(*session, [] {});
}

void TestCallProgram::aConnectThatFails() {
    const Peer bound(SOCK_STREAM);  // it does not listen: the port refuses, and no other socket gets it
    const SocketAddress any = *SocketAddress::fromNumeric("127.0.0.1", 0);
    QCOMPARE(::bind(bound.fd(), any.data(), any.length()), 0);
    const auto session = opened(clientOf(bound));
    QTRY_VERIFY(session->isFinished());
    QCOMPARE(count(lines(*session), "[ECONNREFUSED]"), 1);
    replayClient(*session, [] {});
}

void TestCallProgram::aBindThatFails() {
    const Peer holder = Peer::boundTo("127.0.0.1");
    const auto session = opened(config(Role::TcpServer, "127.0.0.1", holder.address().port()));
    QTRY_VERIFY(session->isFinished());
    QCOMPARE(count(lines(*session), "EADDRINUSE"), 1);
    replayClient(*session, [] {});
}

// Where localhost is ::1 too, that refuses first, its socket is closed, and the second connects.
void TestCallProgram::aNamedHost() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    SocketConfig wanted = clientOf(listener);
    wanted.endpoint.host = "localhost";
    const auto session = opened(wanted);
    const Server server = [&] {
        const Peer peer = listener.accept();
        peer.send("well");
    };
    server();
    QTRY_COMPARE(session->connections().count(), 1U);
    QTRY_COMPARE(session->connections().at(1).receiving.load(), DirectionState::Eof);
    finish(*session);
    replayClient(*session, server);
}

void TestCallProgram::optionsOfAllKinds() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    SocketConfig wanted = clientOf(listener);
    wanted.noDelay = true;
    wanted.keepAlive = true;
    wanted.sendBufferBytes = 20'000;
    wanted.receiveBufferBytes = 30'000;
    wanted.localEndpoint = Endpoint{"127.0.0.1", "0"};
    wanted.reuseAddress = false;
    const auto session = opened(wanted);
    QVERIFY(awaitState(*session, Stage::Connect, StageState::Done));
    const Peer accepted = listener.accept();
    finish(*session);
    QVERIFY(count(lines(*session), "setsockopt") >= 5);
    replayClient(*session, [&] { const Peer peer = listener.accept(); });
}

// How much the kernel takes at once differs: only the first send must be the same, up to its data.
void TestCallProgram::aLongSendKeepsItsLength() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto session = opened(clientOf(listener));
    session->send({}, QByteArray(5000, 'x'));
    session->send({}, "y");
    const Server server = [&] { QCOMPARE(listener.accept().receiveAll(5001).size(), std::size_t{5001}); };
    server();
    QTRY_COMPARE(session->counters().sentBytes.get(), 5001U);
    finish(*session);
    const std::string text = cppProgram(session->capture());
    QVERIFY(text.find("// Zeros instead of these 5000 bytes: more than 4096 bytes are not written out.") !=
            std::string::npos);
    Replay replay(text, QStringLiteral("g++"));
    QVERIFY2(replay.complaint().isEmpty(), qPrintable(replay.complaint()));
    replay.start();
    server();
    QCOMPARE(replay.finish(), 0);
    QStringList expected = plainRecord(*session);
    expected.replaceInStrings(QString(32, u'x'), QStringLiteral("\\0").repeated(32));
    QCOMPARE(replay.calls(), expected);
}

QTEST_GUILESS_MAIN(TestCallProgram)
#include "tst_callprogram.moc"
