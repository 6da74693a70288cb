// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessiontest.h"

using namespace sockstage;

class TestStages : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aServerPassesItsStages();
    void aClientPassesItsStages();
    void eachAddressIsAnAttempt();
    void refusedIsAFailure();
    void aPortInUseNamesItsOwner();
    void aPrivilegedOrForeignAddressFails();
    void anUnknownHostFails();
    void aServiceNameIsResolved();
    void anUnknownServiceFails();
    void theWrongFamilyFails();
    void optionsAreSetAndReadBack();
    void aClientBindsWhenAsked();
    void ipv6Works();
    void v6OnlyIsSet();
    void closingWhileConnectingAnswersAtOnce();
    void aSessionDestroyedInTheMiddleClosesWhatItOpened();
    void stageChangedIsSignalled();
    void onlyCallsThatSucceededAreCounted();
};

void TestStages::aServerPassesItsStages() {
    const auto server = listening(config(Role::TcpServer));
    const auto calls = lines(*server);
    const std::vector<std::string> order{
        "getaddrinfo(", "socket(AF_INET, SOCK_STREAM", "setsockopt(", "getsockopt(", "bind(", "getsockname(",
        "listen("};
    QCOMPARE(calls.size(), order.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        QVERIFY2(calls[i].starts_with(order[i]), calls[i].c_str());
    for (const Stage stage : {Stage::Getaddrinfo, Stage::Socket, Stage::Bind, Stage::Listen})
        QCOMPARE(state(*server, stage), StageState::Done);
    QVERIFY(server->localAddress().port() != 0);
    QVERIFY(server->workerThreadId() != 0);
    QCOMPARE(server->stateWord(), QStringLiteral("listening"));
    server->close();
    QTRY_VERIFY(server->isFinished());
    QCOMPARE(state(*server, Stage::Close), StageState::Done);
    QCOMPARE(server->descriptor(), -1);
    QVERIFY(server->failure().isEmpty());
}

void TestStages::aClientPassesItsStages() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = opened(clientOf(listener));
    const Peer accepted = listener.accept();
    QVERIFY(awaitState(*client, Stage::Connect, StageState::Done));
    QCOMPARE(state(*client, Stage::Bind), StageState::Skipped);
    QVERIFY(awaitState(*client, Stage::Recv, StageState::Waiting));
    QCOMPARE(client->connections().count(), 1U);
    QVERIFY(client->connections().at(1).peer == listener.address());
    QVERIFY(client->connections().at(1).local == client->localAddress());
    QCOMPARE(client->stateWord(), QStringLiteral("connected"));
}

// localhost has two addresses where the hosts file says so; ::1 is refused, 127.0.0.1 connects.
void TestStages::eachAddressIsAnAttempt() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    SocketConfig wanted = clientOf(listener);
    wanted.endpoint.host = "localhost";
    const auto client = opened(wanted);
    QVERIFY(awaitState(*client, Stage::Recv, StageState::Waiting));
    const auto calls = lines(*client);
    const int refused = count(calls, "SO_ERROR, [ECONNREFUSED]");
    const auto addresses = static_cast<int>(std::count(calls[0].begin(), calls[0].end(), ']')) > 1 ? 2 : 1;
    QCOMPARE(count(calls, "socket(AF_"), refused + 1);
    QCOMPARE(count(calls, "close("), refused);
    QVERIFY(refused < addresses + 1);
    QCOMPARE(client->stages().at(Stage::Connect).attempt.load(), static_cast<std::uint32_t>(refused + 1));
    QVERIFY(client->failure().isEmpty());
}

void TestStages::refusedIsAFailure() {
    Peer listener = Peer::boundTo("127.0.0.1");
    const SocketConfig wanted = clientOf(listener);
    listener.close();
    const auto client = opened(wanted);
    QTRY_VERIFY(client->isFinished());
    QCOMPARE(state(*client, Stage::Connect), StageState::Failed);
    QCOMPARE(client->stages().at(Stage::Connect).error.load(), ECONNREFUSED);
    QVERIFY(client->failure().startsWith(QStringLiteral("connect 127.0.0.1:")));
    QVERIFY(client->failure().contains(QStringLiteral("ECONNREFUSED")));
    QCOMPARE(client->stateWord(), QStringLiteral("refused"));
    QCOMPARE(count(lines(*client), "close("), 1);
    QCOMPARE(client->counters().errors.get(), 1U);  // EINPROGRESS was none
}

void TestStages::aPortInUseNamesItsOwner() {
    const Peer holder = Peer::boundTo("127.0.0.1");
    const auto server = opened(config(Role::TcpServer, "127.0.0.1", holder.address().port()));
    QTRY_VERIFY(server->isFinished());
    QCOMPARE(state(*server, Stage::Bind), StageState::Failed);
    QVERIFY(server->failure().contains(QStringLiteral("EADDRINUSE")));
    QVERIFY(server->portOwner().contains(QString::number(getpid())));
    QVERIFY(server->failure().contains(server->portOwner()));
    QCOMPARE(server->stateWord(), QStringLiteral("port in use"));
}

void TestStages::aPrivilegedOrForeignAddressFails() {
    const auto server = opened(config(Role::TcpServer, "192.0.2.1", 0));  // TEST-NET-1: not on any machine
    QTRY_VERIFY(server->isFinished());
    QCOMPARE(server->stages().at(Stage::Bind).error.load(), EADDRNOTAVAIL);
}

void TestStages::anUnknownHostFails() {
    const auto client = opened(config(Role::TcpClient, "no-such-host.invalid", 1));
    QTRY_VERIFY_WITH_TIMEOUT(client->isFinished(), 30'000);
    QCOMPARE(state(*client, Stage::Getaddrinfo), StageState::Failed);
    QVERIFY(client->failure().contains(QStringLiteral("EAI_")));
    QCOMPARE(count(lines(*client), "socket("), 0);
}

void TestStages::aServiceNameIsResolved() {
    SocketConfig wanted = config(Role::TcpClient);
    wanted.endpoint.service = "http";
    wanted.held.insert(Stage::Socket);
    const auto client = opened(wanted);
    QVERIFY(awaitState(*client, Stage::Socket, StageState::Held));
    QVERIFY(lines(*client)[0].find("[127.0.0.1:80]") != std::string::npos);
}

void TestStages::anUnknownServiceFails() {
    SocketConfig wanted = config(Role::TcpClient);
    wanted.endpoint.service = "no-such-service";
    const auto client = opened(wanted);
    QTRY_VERIFY(client->isFinished());
    QVERIFY(client->failure().contains(QStringLiteral("EAI_SERVICE")));
}

void TestStages::theWrongFamilyFails() {
    SocketConfig wanted = config(Role::TcpServer, "::1");
    wanted.family = Family::IPv4;
    const auto server = opened(wanted);
    QTRY_VERIFY(server->isFinished());
    QVERIFY(server->failure().contains(QStringLiteral("EAI_ADDRFAMILY")));
}

void TestStages::optionsAreSetAndReadBack() {
    SocketConfig wanted = config(Role::TcpServer);
    wanted.receiveBufferBytes = 65536;
    wanted.sendBufferBytes = 65536;
    wanted.noDelay = true;
    wanted.keepAlive = true;
    wanted.backlog = 3;
    const auto server = listening(wanted);
    const auto calls = lines(*server);
    QCOMPARE(count(calls, "SO_RCVBUF, [65536], 4) = 0"), 1);
    QCOMPARE(count(calls, "SO_RCVBUF, [131072], [4]) = 0"), 1);  // socket(7): the kernel doubles it
    QCOMPARE(count(calls, "TCP_NODELAY, [1], [4]) = 0"), 1);
    QCOMPARE(count(calls, "SO_KEEPALIVE, [1], 4) = 0"), 1);
    QVERIFY(count(calls, ", 3) = 0") == 1 && count(calls, "listen(") == 1);
}

void TestStages::aClientBindsWhenAsked() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    SocketConfig wanted = clientOf(listener);
    wanted.localEndpoint = Endpoint{"127.0.0.2", "0"};
    const auto client = opened(wanted);
    QVERIFY(awaitState(*client, Stage::Recv, StageState::Waiting));
    QCOMPARE(client->localAddress().hostText(), std::string("127.0.0.2"));
    QCOMPARE(state(*client, Stage::Bind), StageState::Done);
}

void TestStages::ipv6Works() {
    const auto server = opened(config(Role::TcpServer, "::1"));
    QTRY_VERIFY(state(*server, Stage::Accept) == StageState::Waiting || server->isFinished());
    if (server->isFinished()) QSKIP("no IPv6 here");
    const Peer peer = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->connections().count(), 1U);
    QCOMPARE(server->connections().at(1).peer.text(), peer.address().text());
}

void TestStages::v6OnlyIsSet() {
    SocketConfig wanted = config(Role::TcpServer, "::");
    wanted.v6Only = true;
    const auto server = opened(wanted);
    QTRY_VERIFY(state(*server, Stage::Accept) == StageState::Waiting || server->isFinished());
    if (server->isFinished()) QSKIP("no IPv6 here");
    QCOMPARE(count(lines(*server), "IPV6_V6ONLY, [1]"), 2);
}

// A listener with a full queue does not answer: connect() waits.
void TestStages::closingWhileConnectingAnswersAtOnce() {
    const Peer bound = Peer::boundTo("127.0.0.1");
    ::listen(bound.fd(), 0);
    std::vector<std::unique_ptr<Session>> clients;
    QVERIFY(QTest::qWaitFor(
        [&] {
            clients.push_back(opened(clientOf(bound)));
            QTest::qWait(20);
            return state(*clients.back(), Stage::Connect) == StageState::Waiting;
        },
        10'000));
    Session& waiting = *clients.back();
    QElapsedTimer timer;
    timer.start();
    waiting.close();
    QTRY_VERIFY(waiting.isFinished());
    QVERIFY(timer.elapsed() < 1000);
    QCOMPARE(count(lines(waiting), "close("), 1);
}

void TestStages::aSessionDestroyedInTheMiddleClosesWhatItOpened() {
    auto server = listening(config(Role::TcpServer));
    const Peer peer = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->connections().count(), 1U);
    server.reset();
    QVERIFY(peer.receive().empty());
}

void TestStages::stageChangedIsSignalled() {
    Session session(config(Role::TcpServer));
    QSignalSpy changed(&session, &Session::stageChanged);
    QSignalSpy finished(&session, &Session::finished);
    session.open();
    QTRY_VERIFY(!changed.isEmpty());
    session.close();
    QTRY_COMPARE(finished.size(), 1);
}

void TestStages::onlyCallsThatSucceededAreCounted() {
    const auto countOf = [](const Session& session, Stage stage) {
        return session.stages().at(stage).count.load();
    };
    const auto server = opened(config(Role::TcpServer, "192.0.2.1"));
    QTRY_VERIFY(server->isFinished());
    QCOMPARE(countOf(*server, Stage::Getaddrinfo), 1U);
    QCOMPARE(countOf(*server, Stage::Socket), 1U);
    QCOMPARE(countOf(*server, Stage::Bind), 0U);
    QCOMPARE(server->counters().errors.get(), 1U);

    SocketConfig wanted = config(Role::TcpClient);
    wanted.endpoint.service = "no-such-service";
    const auto client = opened(wanted);
    QTRY_VERIFY(client->isFinished());
    QCOMPARE(countOf(*client, Stage::Getaddrinfo), 0U);
    QCOMPARE(client->counters().errors.get(), 1U);
}

QTEST_GUILESS_MAIN(TestStages)
#include "tst_stages.moc"
