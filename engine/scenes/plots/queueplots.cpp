#include "plots.h"
#include "scenefacts.h"

// Scenes about what waits in the kernel: connections for accept(), bytes for recv().
namespace sockstage::plots {
namespace {

constexpr qsizetype largeMessage = 4'000'000;

}  // namespace

ScenePlot backlogFull() {
    const auto client = [](const std::string& name) {
        return [name](const Cast& cast) { return cast.clientOf(name, "server"); };
    };
    const auto listen = [](const Cast&) {
        SocketConfig config = holding(Cast::server("server"), Stage::Accept);
        config.backlog = 1;
        return config;
    };
    return {"backlog-full",
            {openListening("server", listen), openConnected("client 1", client("client 1")),
             openConnected("client 2", client("client 2")),
             openHeld("client 3", Stage::Connect, client("client 3")), observing("server", 0),
             observing("client 3", 0)},
            {stepping("client 3",
                      [](const Cast& cast) {
                          const KernelFacts queue = cast.facts("server", 0);
                          return isIn(cast.at("client 3"), 0, TcpState::SynSent) &&
                                 cast.facts("client 3", 0).totalRetransmits > 0 &&
                                 queue.acceptQueue > queue.acceptQueueLimit && queue.listenOverflows > 0;
                      })
                 .unless([](const Cast& cast) { return isConnected(cast.at("client 3")); }),
             stepping("server",
                      [](const Cast& cast) {
                          return slotOf(cast.at("server"), 1) != nullptr && isConnected(cast.at("client 3"));
                      })
                 .unless([](const Cast& cast) {
                     return isAt(cast.at("client 3"), Stage::Connect, StageState::Failed);
                 }),
             doing(
                 "server", [](Session& server) { server.release(Stage::Accept); },
                 [](const Cast& cast) {
                     return slotOf(cast.at("server"), 3) != nullptr &&
                            cast.facts("server", 0).acceptQueue == 0;
                 })}};
}

ScenePlot closedWindow() {
    SocketConfig slowReader = holding(Cast::server("server"), Stage::Recv);
    slowReader.receiveBufferBytes = 32 << 10;
    std::vector<SceneAct> opening = openPair(slowReader, "client", [](const Cast& cast) {
        SocketConfig config = cast.clientOf("client", "server");
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
                 [shortSend](const Cast& cast) {
                     const Session& client = cast.at("client");
                     return countCalls(client, shortSend) > 0 && client.counters().queuedBytes.get() > 0 &&
                            cast.facts("client", 0).peerWindowBytes == 0 &&
                            unreadBytes(cast.at("server"), 1) > 0;
                 }),
             doing(
                 "server", [](Session& server) { server.step(Stage::Recv, 1); },
                 [](const Cast& cast) {
                     // What came after the step: the receive buffer is filled again, and the client knows.
                     const auto read = firstReceive(cast.at("server"));
                     if (!read || sampledNs(cast.at("server"), 1) < read->endNs) return false;
                     const auto before = cast.factsBefore("client", 0, read->beginNs);
                     return before && unreadBytes(cast.at("server"), 1) > 0 &&
                            cast.facts("client", 0).bytesAcked > before->bytesAcked;
                 })
                 .at(1),
             doing(
                 "server", [](Session& server) { server.release(Stage::Recv); },
                 [](const Cast& cast) {
                     return receivedBytes(cast.at("server"), 1) >= static_cast<std::uint64_t>(largeMessage) &&
                            cast.at("client").counters().queuedBytes.get() == 0 &&
                            cast.facts("client", 0).unackedBytes == 0;
                 })
                 .at(1)}};
}

ScenePlot twoSendsOneRecv() {
    const QByteArray first = "Hello, ", second = "world!\n", alphabet = "abcdefghijklmnopqrstuvwxyz";
    const qsizetype both = first.size() + second.size();
    std::vector<SceneAct> opening =
        openPair(holding(Cast::server("server"), Stage::Recv), "client",
                 [](const Cast& cast) { return cast.clientOf("client", "server"); });
    SocketConfig small = holding(Cast::server("server of 10"), Stage::Recv);
    small.readBytes = 10;
    opening.push_back(openListening(small.name, [small](const Cast&) { return small; }));
    opening.push_back(openConnected(
        "client of 10", [small](const Cast& cast) { return cast.clientOf("client of 10", small.name); }));
    opening.push_back(until(small.name, [](const Session& server) { return slotOf(server, 1) != nullptr; }));
    const auto sent = [](const Cast& cast, const char* client) {
        return countCalls(cast.at(client), [](const CallRecord& record, auto) {
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
                 [sent, both](const Cast& cast) {
                     return sent(cast, "client") >= 2 && unreadBytes(cast.at("server"), 1) >= both;
                 }),
             doing(
                 "server", [](Session& server) { server.step(Stage::Recv, 1); },
                 [both](const Cast& cast) {
                     return countCalls(cast.at("server"), [both](const CallRecord& record, auto) {
                                return record.call == Call::Recv && record.result >= both;
                            }) == 1;
                 })
                 .at(1),
             doing(
                 "client of 10", [alphabet](Session& client) { client.send({}, alphabet); },
                 [sent, alphabet](const Cast& cast) {
                     return sent(cast, "client of 10") >= 1 &&
                            unreadBytes(cast.at("server of 10"), 1) >= alphabet.size();
                 }),
             doing(
                 "server of 10", [](Session& server) { server.release(Stage::Recv); },
                 [](const Cast& cast) {
                     const Session& server = cast.at("server of 10");
                     return slotOf(server, 1)->receivedMessages.get() > 2;
                 })
                 .at(1)}};
}

}  // namespace sockstage::plots
