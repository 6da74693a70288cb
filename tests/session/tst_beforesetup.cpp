// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessiontest.h"
#include "socketoptions.h"

// What is requested before there is a socket is kept, shown, and done or counted.

using namespace sockstage;

namespace {

std::unique_ptr<Session> heldBefore(Stage stage, SocketConfig wanted) {
    wanted.held.insert(stage);
    auto session = opened(wanted);
    if (!awaitState(*session, stage, StageState::Held)) qFatal("not held");
    return session;
}

}  // namespace

class TestBeforeSetup : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aDatagramToAnAddressWaits();
    void aDatagramThatIsNeverSentIsCounted();
    void whatAClientNeverSentIsItsFailure();
    void whoHasNoPeersKeepsWhatWaits();
    void anOptionIsAnnounced();
    void allBitsOfAMark();
};

void TestBeforeSetup::aDatagramToAnAddressWaits() {
    const Peer peer = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
    const auto server = heldBefore(Stage::Bind, config(Role::UdpServer));
    server->sendTo(peer.address(), "early");
    QTRY_COMPARE(server->counters().queuedBytes.get(), 5U);
    server->release(Stage::Bind);
    QCOMPARE(peer.receive(), std::string("early"));
    QTRY_COMPARE(server->counters().sentBytes.get(), 5U);
    QCOMPARE(server->counters().queuedBytes.get(), 0U);
    QCOMPARE(server->counters().discardedBytes.get(), 0U);
}

void TestBeforeSetup::aDatagramThatIsNeverSentIsCounted() {
    const Peer peer = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
    const auto server = heldBefore(Stage::Bind, config(Role::UdpServer));
    server->sendTo(peer.address(), "early");
    server->close();
    QTRY_VERIFY(server->isFinished());
    QCOMPARE(server->counters().discardedBytes.get(), 5U);
    QCOMPARE(server->counters().queuedBytes.get(), 0U);
    QCOMPARE(count(marks(*server), "5 bytes were never sent"), 1);
}

void TestBeforeSetup::whatAClientNeverSentIsItsFailure() {
    const Peer peer = Peer::boundTo("127.0.0.1");
    const auto client = heldBefore(Stage::Connect, clientOf(peer));
    client->send({}, "early");
    client->close();
    QTRY_VERIFY(client->isFinished());
    QCOMPARE(client->counters().discardedBytes.get(), 5U);
    QVERIFY(client->failure().contains(QStringLiteral("5 bytes were never sent")));
}

void TestBeforeSetup::whoHasNoPeersKeepsWhatWaits() {
    const Peer peer = Peer::boundTo("127.0.0.1", SOCK_DGRAM);
    const auto server = heldBefore(Stage::Bind, config(Role::UdpServer));
    server->sendTo(peer.address(), "early");
    server->send({}, "to nobody");
    QTRY_COMPARE(server->counters().discardedBytes.get(), 9U);
    QCOMPARE(server->counters().queuedBytes.get(), 5U);
    server->release(Stage::Bind);
    QCOMPARE(peer.receive(), std::string("early"));
}

void TestBeforeSetup::anOptionIsAnnounced() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = heldBefore(Stage::Socket, clientOf(listener));
    const OptionFact& priority = *findOption("SO_PRIORITY");
    client->setOption(0, priority.level, priority.name, 3);
    QTRY_COMPARE(client->plannedOptions(Stage::Socket, 0).size(), 1);
    const std::string planned = client->plannedOptions(Stage::Socket, 0).first().toStdString();
    const std::string arguments = planned.substr(planned.find("SO_PRIORITY"));
    QCOMPARE(arguments, std::string("SO_PRIORITY, [3], 4)"));
    client->release(Stage::Socket);
    QTRY_COMPARE(count(lines(*client), arguments), 1);
}

void TestBeforeSetup::allBitsOfAMark() {
    const OptionFact& mark = *findOption("SO_MARK");
    QCOMPARE(parseOptionValue(mark, "0xffffffff"), std::optional<std::int64_t>(-1));
    QVERIFY(!parseOptionValue(mark, "0x100000000"));
    QVERIFY(!parseOptionValue(*findOption("SO_PRIORITY"), "0x80000000"));
    const Peer listener = Peer::boundTo("127.0.0.1");
    const auto client = opened(clientOf(listener));
    QVERIFY(awaitState(*client, Stage::Recv, StageState::Waiting));
    client->setOption(0, mark.level, mark.name, *parseOptionValue(mark, "0x80000001"));
    QTRY_COMPARE(count(lines(*client), "SO_MARK"), 1);  // made, whether the kernel allows it or not
}

QTEST_GUILESS_MAIN(TestBeforeSetup)
#include "tst_beforesetup.moc"
