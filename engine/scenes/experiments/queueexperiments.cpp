// SPDX-License-Identifier: GPL-3.0-or-later
#include "experimentparts.h"
#include "scenefacts.h"

// Scenes about what waits in the kernel: connections for accept(), bytes for recv().
namespace sockstage::experiments {
namespace {

constexpr qsizetype largeMessage = 4'000'000;

}  // namespace

Experiment backlogFull() {
    const auto client = [](const std::string& name) {
        return [name](const SceneSockets& sockets) { return sockets.clientOf(name, "server"); };
    };
    const auto listen = [](const SceneSockets&) {
        SocketConfig config = holding(SceneSockets::server("server"), Stage::Accept);
        config.backlog = 1;
        return config;
    };
    return {"backlog-full",
            {openListening("server", listen), openConnected("client 1", client("client 1")),
             openConnected("client 2", client("client 2")),
             openHeld("client 3", Stage::Connect, client("client 3")), observing("server", 0),
             observing("client 3", 0)},
            {stepping("client 3",
                      [](const SceneSockets& sockets) {
                          const KernelFacts queue = sockets.facts("server", 0);
                          return isIn(sockets.at("client 3"), 0, TcpState::SynSent) &&
                                 sockets.facts("client 3", 0).totalRetransmits > 0 &&
                                 queue.acceptQueue > queue.acceptQueueLimit && queue.listenOverflows > 0;
                      })
                 .unless([](const SceneSockets& sockets) { return isConnected(sockets.at("client 3")); }),
             stepping("server",
                      [](const SceneSockets& sockets) {
                          return slotOf(sockets.at("server"), 1) != nullptr &&
                                 isConnected(sockets.at("client 3"));
                      })
                 .unless([](const SceneSockets& sockets) {
                     return isAt(sockets.at("client 3"), Stage::Connect, StageState::Failed);
                 }),
             doing(
                 "server", [](Session& server) { server.release(Stage::Accept); },
                 [](const SceneSockets& sockets) {
                     return slotOf(sockets.at("server"), 3) != nullptr &&
                            sockets.facts("server", 0).acceptQueue == 0;
                 })}};
}

Experiment closedWindow() {
    SocketConfig slowReader = holding(SceneSockets::server("server"), Stage::Recv);
    slowReader.receiveBufferBytes = 32 << 10;
    std::vector<SceneStep> opening = openPair(slowReader, "client", [](const SceneSockets& sockets) {
        SocketConfig config = sockets.clientOf("client", "server");
        config.sendBufferBytes = 64 << 10;
        return config;
    });
    opening.push_back(observing("client", 0));
    const auto shortSend = [](const CallRecord& record, auto) {
        return record.call == Call::Send && record.result > 0 && record.result < record.asked;
    };
    return {"closed-window",
            std::move(opening),
            {doing(
                 "client", [](Session& client) { client.send({}, QByteArray(largeMessage, 'x')); },
                 [shortSend](const SceneSockets& sockets) {
                     const Session& client = sockets.at("client");
                     return countCalls(client, shortSend) > 0 && client.counters().queuedBytes.get() > 0 &&
                            sockets.facts("client", 0).peerWindowBytes == 0 &&
                            unreadBytes(sockets.at("server"), 1) > 0;
                 }),
             doing(
                 "server", [](Session& server) { server.step(Stage::Recv, 1); },
                 [](const SceneSockets& sockets) {
                     // What came after the step: the receive buffer is filled again, and the client knows.
                     const auto read = firstReceive(sockets.at("server"));
                     if (!read || sampledNs(sockets.at("server"), 1) < read->endNs) return false;
                     const auto before = sockets.factsBefore("client", 0, read->beginNs);
                     return before && unreadBytes(sockets.at("server"), 1) > 0 &&
                            sockets.facts("client", 0).bytesAcked > before->bytesAcked;
                 })
                 .at(1),
             doing(
                 "server", [](Session& server) { server.release(Stage::Recv); },
                 [](const SceneSockets& sockets) {
                     return receivedBytes(sockets.at("server"), 1) >=
                                static_cast<std::uint64_t>(largeMessage) &&
                            sockets.at("client").counters().queuedBytes.get() == 0 &&
                            sockets.facts("client", 0).unackedBytes == 0;
                 })
                 .at(1)}};
}

Experiment twoSendsOneRecv() {
    const QByteArray first = "Hello, ", second = "world!\n", alphabet = "abcdefghijklmnopqrstuvwxyz";
    const qsizetype both = first.size() + second.size();
    std::vector<SceneStep> opening =
        openPair(holding(SceneSockets::server("server"), Stage::Recv), "client",
                 [](const SceneSockets& sockets) { return sockets.clientOf("client", "server"); });
    SocketConfig small = holding(SceneSockets::server("server of 10"), Stage::Recv);
    small.readBytes = 10;
    opening.push_back(openListening(small.name, [small](const SceneSockets&) { return small; }));
    opening.push_back(openConnected("client of 10", [small](const SceneSockets& sockets) {
        return sockets.clientOf("client of 10", small.name);
    }));
    opening.push_back(until(small.name, [](const Session& server) { return slotOf(server, 1) != nullptr; }));
    const auto sent = [](const SceneSockets& sockets, const char* client) {
        return countCalls(sockets.at(client), [](const CallRecord& record, auto) {
            return record.call == Call::Send && record.result > 0;
        });
    };
    return {"two-sends-one-recv",
            std::move(opening),
            {doing(
                 "client",
                 [first, second](Session& client) {
                     client.send({}, first);
                     client.send({}, second);
                 },
                 [sent, both](const SceneSockets& sockets) {
                     return sent(sockets, "client") >= 2 && unreadBytes(sockets.at("server"), 1) >= both;
                 }),
             doing(
                 "server", [](Session& server) { server.step(Stage::Recv, 1); },
                 [both](const SceneSockets& sockets) {
                     return countCalls(sockets.at("server"), [both](const CallRecord& record, auto) {
                                return record.call == Call::Recv && record.result >= both;
                            }) == 1;
                 })
                 .at(1),
             doing(
                 "client of 10", [alphabet](Session& client) { client.send({}, alphabet); },
                 [sent, alphabet](const SceneSockets& sockets) {
                     return sent(sockets, "client of 10") >= 1 &&
                            unreadBytes(sockets.at("server of 10"), 1) >= alphabet.size();
                 }),
             doing(
                 "server of 10", [](Session& server) { server.release(Stage::Recv); },
                 [](const SceneSockets& sockets) {
                     const Session& server = sockets.at("server of 10");
                     return slotOf(server, 1)->receivedMessages.get() > 2;
                 })
                 .at(1)}};
}

}  // namespace sockstage::experiments
