// SPDX-License-Identifier: GPL-3.0-or-later
#include "setuparguments.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <charconv>

namespace sockstage {
namespace {

int familyOf(Family family) {
    return family == Family::IPv4 ? AF_INET : family == Family::IPv6 ? AF_INET6 : AF_UNSPEC;
}

bool isNumber(const std::string& text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

void add(std::vector<OptionToSet>& options, int level, int name, std::optional<int> value) {
    if (value) options.push_back({level, name, *value});
}

/// Each family has its switch; an IPv6 socket that talks IPv4 too has both.
void addErrorQueue(std::vector<OptionToSet>& options, bool on, const SocketConfig& config,
                   const SocketAddress& target) {
    const bool v6 = !target.isIpv4();
    const bool both = v6 && config.v6Only != true && (target.isWildcard() || target.isV4Mapped());
    if (v6) options.push_back({IPPROTO_IPV6, IPV6_RECVERR, on ? 1 : 0, false});
    if (!v6 || both) options.push_back({IPPROTO_IP, IP_RECVERR, on ? 1 : 0, false});
}

void addForSocket(std::vector<OptionToSet>& options, const SocketConfig& config,
                  const SocketAddress& target) {
    add(options, SOL_SOCKET, SO_SNDBUF, config.sendBufferBytes);
    add(options, SOL_SOCKET, SO_RCVBUF, config.receiveBufferBytes);
    if (config.wantsErrors() && config.role != Role::TcpServer) addErrorQueue(options, true, config, target);
    if (!isTcp(config.role)) {
        add(options, SOL_SOCKET, SO_RXQ_OVFL, config.dropCounts);
        return add(options, SOL_SOCKET, SO_BROADCAST, config.broadcast);
    }
    add(options, IPPROTO_TCP, TCP_NODELAY, config.noDelay);
    add(options, SOL_SOCKET, SO_KEEPALIVE, config.keepAlive);
}

void addForBind(std::vector<OptionToSet>& options, const SocketConfig& config, const SocketAddress& target) {
    if (config.reuseAddress || config.role == Role::TcpServer)
        add(options, SOL_SOCKET, SO_REUSEADDR, config.reuseAddress.value_or(true) ? 1 : 0);
    const auto address = addressToBind(config, target);
    if (address && address->family() == AF_INET6) add(options, IPPROTO_IPV6, IPV6_V6ONLY, config.v6Only);
}

}  // namespace

std::vector<OptionToSet> optionsToSet(Stage stage, const SocketConfig& config, const SocketAddress& target) {
    std::vector<OptionToSet> options;
    if (stage == Stage::Socket) addForSocket(options, config, target);
    if (stage == Stage::Bind && !makesNoCall(stage, config)) addForBind(options, config, target);
    // On a connection that is up it would make passing trouble fatal: ip(7).
    if (stage == Stage::Connect && isTcp(config.role) && config.wantsErrors())
        addErrorQueue(options, false, config, target);
    return options;
}

Resolution questionFor(const SocketConfig& config) {
    Resolution question;
    question.node = config.effectiveHost();
    question.service = config.endpoint.service;
    question.flags = isServer(config.role) ? AI_PASSIVE : 0;
    if (isNumber(question.service)) question.flags |= AI_NUMERICSERV;
    question.family = familyOf(config.family);
    question.socketType = isTcp(config.role) ? SOCK_STREAM : SOCK_DGRAM;
    return question;
}

SocketArguments socketArguments(const SocketConfig& config, const SocketAddress& target) {
    if (isTcp(config.role)) return {target.family(), SOCK_STREAM, IPPROTO_TCP};
    return {target.family(), SOCK_DGRAM, IPPROTO_UDP};
}

std::optional<SocketAddress> addressToBind(const SocketConfig& config, const SocketAddress& target) {
    if (isServer(config.role)) return target;
    const Endpoint& own = *config.localEndpoint;
    std::uint16_t port = 0;
    std::from_chars(own.service.data(), own.service.data() + own.service.size(), port);
    const std::string any = target.family() == AF_INET6 ? "::" : "0.0.0.0";
    return SocketAddress::fromNumeric(own.host.empty() ? any : own.host, port);
}

bool makesNoCall(Stage stage, const SocketConfig& config) {
    if (isServer(config.role)) return false;
    if (stage == Stage::Bind) return !config.localEndpoint;
    return stage == Stage::Connect && config.role == Role::UdpClient && !config.connectUdp;
}

}  // namespace sockstage
