// SPDX-License-Identifier: GPL-3.0-or-later
#include "socketconfig.h"

#include <algorithm>

#include "payloadtext.h"

namespace sockstage {
namespace {

bool isDigits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

ParsedEndpoint failure(std::string error) {
    return {{}, std::move(error)};
}

std::string quoted(std::string_view text) {
    return "“" + escapedText(text) + "”";
}

}  // namespace

std::string portError(std::string_view service, bool mayBeZero) {
    if (service.empty()) return "The port is missing: write HOST:PORT, for example 127.0.0.1:8080.";
    const std::string_view digits =
        service.front() == '-' || service.front() == '+' ? service.substr(1) : service;
    if (!isDigits(digits)) {
        const bool odd = std::any_of(service.begin(), service.end(), [](char c) {
            return static_cast<unsigned char>(c) <= ' ' || c == ':' || c == '/' || c == 0x7f;
        });
        return odd ? quoted(service) + " is neither a port number nor a service name." : std::string();
    }
    const bool tooLarge = digits.size() > 5 || std::stoi(std::string(digits)) > 65535;
    if (digits.size() != service.size() || tooLarge)
        return quoted(service) + " is not a port: ports are 0 to 65535.";
    if (!mayBeZero && std::stoi(std::string(digits)) == 0)
        return "Port 0 cannot be reached: it only lets a server take any free port.";
    return {};
}

ParsedEndpoint parseEndpoint(std::string_view text, bool mayBeZero) {
    Endpoint endpoint;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) return failure(quoted(text) + " has “[” without “]”.");
        endpoint.host = text.substr(1, end - 1);
        if (text.substr(end + 1, 1) != ":") return failure(quoted(text) + " has no port: write [IPV6]:PORT.");
        endpoint.service = text.substr(end + 2);
    } else {
        const std::size_t colon = text.rfind(':');
        if (colon == std::string_view::npos)
            return failure(quoted(text) + " has no port: write HOST:PORT, [IPV6]:PORT or :PORT.");
        endpoint.host = text.substr(0, colon);
        endpoint.service = text.substr(colon + 1);
        if (endpoint.host.find(':') != std::string::npos)
            return failure(quoted(text) + " is ambiguous: write an IPv6 address in brackets, [::1]:8080.");
    }
    if (endpoint.host.find('\0') != std::string::npos || endpoint.host.find(' ') != std::string::npos)
        return failure(quoted(endpoint.host) + " is not a host name: it has a blank in it.");
    if (auto error = portError(endpoint.service, mayBeZero); !error.empty()) return failure(std::move(error));
    return {std::move(endpoint), {}};
}

std::string Endpoint::text() const {
    return host.find(':') != std::string::npos ? '[' + host + "]:" + service : host + ':' + service;
}

std::string SocketConfig::effectiveHost() const {
    if (!endpoint.host.empty()) return endpoint.host;
    return family == Family::IPv6 ? "::1" : "127.0.0.1";
}

}  // namespace sockstage
