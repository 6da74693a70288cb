#include "portholder.h"

#include <algorithm>

#include "payloadtext.h"

namespace sockstage {
namespace {

std::string secondsText(std::int64_t milliseconds) {
    return std::to_string((milliseconds + 999) / 1000) + " s";
}

bool listens(const PortHolder& holder) {
    return holder.state == TcpState::Listen;
}

/// Bound and nothing more, or a UDP socket.
bool isBoundOnly(const PortHolder& holder) {
    return holder.state == TcpState::Closed || holder.state == TcpState::Unknown;
}

}  // namespace

std::string portHolderText(const PortHolder& holder) {
    std::string text = holder.local.text();
    if (holder.remote.isValid()) text += " to " + holder.remote.text();
    if (!holder.tcp)
        text += " UDP";
    else
        text += holder.state == TcpState::Closed ? " bound, not listening"
                                                 : ' ' + std::string(tcpStateName(holder.state));
    if (holder.state == TcpState::TimeWait) {
        if (holder.timeWaitMs >= 0) text += ", " + secondsText(holder.timeWaitMs) + " left";
        return text;
    }
    if (holder.pid != 0)
        text += ", " + escapedText(holder.process) + ", process " + std::to_string(holder.pid);
    return text + ", user " + std::to_string(holder.uid);
}

bool anyListens(std::span<const PortHolder> holders) {
    return std::any_of(holders.begin(), holders.end(), listens);
}

std::string reuseAdvice(std::span<const PortHolder> holders, bool reuseWasOn) {
    if (holders.empty()) return {};
    if (anyListens(holders)) return "SO_REUSEADDR does not help: a listening socket keeps its port.";
    if (reuseWasOn)
        return "SO_REUSEADDR was on here and did not help: who holds the port had not set it too.";
    if (!holders.front().tcp)
        return "SO_REUSEADDR helps only if the other socket has set it too, and then the newest one gets the "
               "datagrams.";
    if (std::any_of(holders.begin(), holders.end(), isBoundOnly))
        return "SO_REUSEADDR helps only if the other socket has set it too, and as long as neither listens.";
    const bool waiting = std::all_of(holders.begin(), holders.end(), [](const PortHolder& holder) {
        return holder.state == TcpState::TimeWait;
    });
    return std::string("SO_REUSEADDR lets bind() have the port if the ") +
           (waiting ? "ended connections' program" : "connections' program") +
           " had set it too, as servers usually do.";
}

}  // namespace sockstage
