#include <cerrno>

#include "plots.h"
#include "queuederror.h"
#include "scenefacts.h"

// Scenes about datagrams.
namespace sockstage::plots {
namespace {

ConfigOf plainClient() {
    return [](const Cast& cast) { return cast.clientOf("client", "server", Role::UdpClient); };
}

int sends(const Cast& cast) {
    return countCalls(cast.at("client"),
                      [](const CallRecord& record, auto) { return isSend(record.call) && !record.failed(); });
}

/// It came back as the result of a call, or from the error queue.
int refusals(const Cast& cast) {
    return countCalls(cast.at("client"), [](const CallRecord& record, std::span<const std::byte> bytes) {
        if (const auto queued = queuedError(record, bytes)) return queued->error == ECONNREFUSED;
        return isTransfer(record.call) && record.failed() && record.error == ECONNREFUSED;
    });
}

}  // namespace

ScenePlot emptyAndTruncated() {
    SocketConfig smallReader = holding(Cast::server("server", Role::UdpServer), Stage::Recv);
    smallReader.readBytes = 8;
    const QByteArray longer = "longer than eight bytes";
    const auto send = [](const QByteArray& bytes) {
        return [bytes](Session& client) { client.send({}, bytes); };
    };
    return {
        "empty-and-truncated-datagram",
        {openListening("server", [smallReader](const Cast&) { return smallReader; }),
         openConnected("client", plainClient())},
        {doing("client", send({}),
               [](const Cast& cast) {
                   return hasReturned(cast.at("client"), Call::Send, 0) &&
                          sentBytes(cast.at("client"), 1) == 0;
               }),
         stepping("server",
                  [](const Cast& cast) { return hasReturned(cast.at("server"), Call::Recvfrom, 0); }),
         doing("client", send(longer), [](const Cast& cast) { return sentBytes(cast.at("client"), 1) > 8; }),
         stepping("server", [](const Cast& cast) {
             return countCalls(cast.at("server"), [](const CallRecord& record, auto) {
                        return record.truncated() && record.dataLength() == 8;
                    }) > 0;
         })}};
}

ScenePlot udpRefused() {
    return {"udp-refused",
            {openListening("server", [](const Cast&) { return Cast::server("server", Role::UdpServer); }),
             openConnected("client", plainClient())},
            {doing(
                 "server", [](Session& server) { server.close(); },
                 [](const Cast& cast) { return cast.at("server").isFinished(); }),
             doing(
                 "client", [](Session& client) { client.send({}, "is anybody there?\n"); },
                 [](const Cast& cast) { return sends(cast) >= 1 && refusals(cast) >= 1; }),
             doing(
                 "client", [](Session& client) { client.send({}, "and now?\n"); },
                 [](const Cast& cast) { return sends(cast) >= 2 && refusals(cast) >= 2; })}};
}

}  // namespace sockstage::plots
