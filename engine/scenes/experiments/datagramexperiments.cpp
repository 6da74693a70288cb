// SPDX-License-Identifier: GPL-3.0-or-later
#include <cerrno>

#include "experimentparts.h"
#include "queuederror.h"
#include "scenefacts.h"

// Scenes about datagrams.
namespace sockstage::experiments {
namespace {

ConfigOf plainClient() {
    return [](const SceneSockets& sockets) { return sockets.clientOf("client", "server", Role::UdpClient); };
}

int sends(const SceneSockets& sockets) {
    return countCalls(sockets.at("client"),
                      [](const CallRecord& record, auto) { return isSend(record.call) && !record.failed(); });
}

/// It came back as the result of a call, or from the error queue.
int refusals(const SceneSockets& sockets) {
    return countCalls(sockets.at("client"), [](const CallRecord& record, std::span<const std::byte> bytes) {
        if (const auto queued = queuedError(record, bytes)) return queued->error == ECONNREFUSED;
        return isTransfer(record.call) && record.failed() && record.error == ECONNREFUSED;
    });
}

}  // namespace

Experiment emptyAndTruncated() {
    SocketConfig smallReader = holding(SceneSockets::server("server", Role::UdpServer), Stage::Recv);
    smallReader.readBytes = 8;
    const QByteArray longer = "longer than eight bytes";
    const auto send = [](const QByteArray& bytes) {
        return [bytes](Session& client) { client.send({}, bytes); };
    };
    return {"empty-and-truncated-datagram",
            {openListening("server", [smallReader](const SceneSockets&) { return smallReader; }),
             openConnected("client", plainClient())},
            {doing("client", send({}),
                   [](const SceneSockets& sockets) {
                       return hasReturned(sockets.at("client"), Call::Send, 0) &&
                              sentBytes(sockets.at("client"), 1) == 0;
                   }),
             stepping("server",
                      [](const SceneSockets& sockets) {
                          return hasReturned(sockets.at("server"), Call::Recvfrom, 0);
                      }),
             doing("client", send(longer),
                   [](const SceneSockets& sockets) { return sentBytes(sockets.at("client"), 1) > 8; }),
             stepping("server", [](const SceneSockets& sockets) {
                 return countCalls(sockets.at("server"), [](const CallRecord& record, auto) {
                            return record.truncated() && record.dataLength() == 8;
                        }) > 0;
             })}};
}

Experiment udpRefused() {
    return {
        "udp-refused",
        {openListening("server",
                       [](const SceneSockets&) { return SceneSockets::server("server", Role::UdpServer); }),
         openConnected("client", plainClient())},
        {doing(
             "server", [](Session& server) { server.close(); },
             [](const SceneSockets& sockets) { return sockets.at("server").isFinished(); }),
         doing(
             "client", [](Session& client) { client.send({}, "is anybody there?\n"); },
             [](const SceneSockets& sockets) { return sends(sockets) >= 1 && refusals(sockets) >= 1; }),
         doing(
             "client", [](Session& client) { client.send({}, "and now?\n"); },
             [](const SceneSockets& sockets) { return sends(sockets) >= 2 && refusals(sockets) >= 2; })}};
}

}  // namespace sockstage::experiments
