// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessiontest.h"

// A socket with much to do lets the others have their turn. Each test holds the calls until the work of both
// sides lies in the kernel or in our queue, lets go, and looks at the order of the calls: no time is
// measured.

using namespace sockstage;

namespace {

constexpr int many = 150;
/// More than any budget of one turn, and less than `many`.
constexpr int longestTurn = 100;

/// The rows of these calls, in order.
std::vector<std::uint64_t> rowsOf(const Session& session, Call call, std::uint32_t connection = 0) {
    std::vector<std::uint64_t> rows;
    for (std::uint64_t row = session.capture().beginRow(); row < session.capture().endRow(); ++row) {
        const auto pin = session.capture().pin(row);
        if (!pin || pin.record(row).call != call) continue;
        if (connection == 0 || pin.record(row).connection == connection) rows.push_back(row);
    }
    return rows;
}

/// How many of `theirs` come before the first of `ours`.
int waitedFor(const std::vector<std::uint64_t>& theirs, const std::vector<std::uint64_t>& ours) {
    return static_cast<int>(
        std::count_if(theirs.begin(), theirs.end(), [&](std::uint64_t row) { return row < ours.front(); }));
}

std::unique_ptr<Session> serverHeldBefore(Role role, std::initializer_list<Stage> stages) {
    SocketConfig wanted = config(role);
    wanted.backlog = 2 * many;
    wanted.readBytes = 16;
    for (const Stage stage : stages)
        wanted.held.insert(stage);
    return listening(wanted);
}

}  // namespace

class TestTurns : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aFloodOfBytesLetsOtherClientsBeHeard();
    void aLongQueueLetsOtherClientsBeAnswered();
    void aCrowdAtTheDoorLetsClientsBeHeard();
    void datagramsComeAndGoInTurns();
};

void TestTurns::aFloodOfBytesLetsOtherClientsBeHeard() {
    const auto server = serverHeldBefore(Role::TcpServer, {Stage::Recv});
    const Peer flood = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->connections().count(), 1U);
    const Peer quiet = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->connections().count(), 2U);
    flood.send(std::string(16 * many, 'f'));
    quiet.send("me too");
    server->watch({1, 2}, false);
    QTRY_COMPARE(server->connections().at(1).kernel.receiveQueueBytes.load(), 16U * many);
    QTRY_COMPARE(server->connections().at(2).kernel.receiveQueueBytes.load(), 6U);
    server->release(Stage::Recv);
    QTRY_COMPARE(server->counters().receivedBytes.get(), 16U * many + 6);
    const auto floods = rowsOf(*server, Call::Recv, 1);
    QCOMPARE(floods.size(), std::size_t{many});
    QVERIFY(waitedFor(floods, rowsOf(*server, Call::Recv, 2)) <= longestTurn);
}

void TestTurns::aLongQueueLetsOtherClientsBeAnswered() {
    const auto server = serverHeldBefore(Role::TcpServer, {Stage::Send});
    const Peer greedy = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->connections().count(), 1U);
    const Peer modest = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->connections().count(), 2U);
    for (int i = 0; i < many; ++i)
        server->send({1}, "again");
    server->send({2}, "once");
    QTRY_COMPARE(server->counters().queuedBytes.get(), 5U * many + 4);
    server->release(Stage::Send);
    QTRY_COMPARE(server->counters().queuedBytes.get(), 0U);
    QCOMPARE(server->counters().sentBytes.get(), 5U * many + 4);
    const auto all = rowsOf(*server, Call::Send, 1);
    QCOMPARE(all.size(), std::size_t{many});
    QVERIFY(waitedFor(all, rowsOf(*server, Call::Send, 2)) <= longestTurn);
}

void TestTurns::aCrowdAtTheDoorLetsClientsBeHeard() {
    const auto server = serverHeldBefore(Role::TcpServer, {Stage::Recv});
    const Peer inside = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->connections().count(), 1U);
    server->hold(Stage::Accept);
    QVERIFY(awaitState(*server, Stage::Accept, StageState::Held));
    std::vector<Peer> crowd;
    crowd.reserve(many);
    for (int i = 0; i < many; ++i)
        crowd.push_back(Peer::connectedTo(server->localAddress()));
    inside.send("hello");
    server->watch({1}, false);
    QTRY_COMPARE(server->connections().at(1).kernel.receiveQueueBytes.load(), 5U);
    server->releaseAll();  // in one task: both are ready at epoll_wait()
    QTRY_COMPARE(server->connections().count(), static_cast<std::uint32_t>(many + 1));
    QTRY_COMPARE(server->counters().receivedBytes.get(), 5U);
    const auto accepts = rowsOf(*server, Call::Accept4);
    QVERIFY(waitedFor(accepts, rowsOf(*server, Call::Recv, 1)) <= longestTurn + 1);
}

void TestTurns::datagramsComeAndGoInTurns() {
    const auto server = serverHeldBefore(Role::UdpServer, {Stage::Recv, Stage::Send});
    const Peer peer = Peer::connectedTo(server->localAddress(), SOCK_DGRAM);
    server->sendTo(peer.address(), "first");
    for (int i = 0; i < many; ++i) {
        peer.send("in");
        server->sendTo(peer.address(), "out");
    }
    QTRY_COMPARE(server->counters().queuedBytes.get(), 3U * many + 5);
    server->releaseAll();
    QTRY_COMPARE(server->counters().receivedMessages.get(), std::uint64_t{many});
    QTRY_COMPARE(server->counters().sentMessages.get(), std::uint64_t{many} + 1);
    const auto in = rowsOf(*server, Call::Recvfrom);
    const auto out = rowsOf(*server, Call::Sendto);
    QVERIFY(waitedFor(in, out) <= longestTurn);
    const auto afterFirst = std::find_if(in.begin(), in.end(), [&](auto row) { return row > out.front(); });
    QVERIFY(waitedFor(out, {afterFirst == in.end() ? out.back() + 1 : *afterFirst}) <= longestTurn);
}

QTEST_GUILESS_MAIN(TestTurns)
#include "tst_turns.moc"
