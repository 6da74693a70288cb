// SPDX-License-Identifier: GPL-3.0-or-later
#include "symbolnames.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <charconv>
#include <cstring>
#include <string_view>
#include <utility>

#include "socketoptions.h"

namespace sockstage {
namespace {

using Name = std::pair<int, std::string_view>;

template <std::size_t N>
std::string nameIn(const std::array<Name, N>& names, int value) {
    for (const auto& [known, name] : names)
        if (known == value) return std::string(name);
    return std::to_string(value);
}

template <std::size_t N>
std::string flagsIn(const std::array<Name, N>& names, int value) {
    std::string text;
    for (const auto& [flag, name] : names) {
        if ((value & flag) == 0) continue;
        if (!text.empty()) text += '|';
        text += name;
        value &= ~flag;
    }
    if (value != 0) {
        if (!text.empty()) text += '|';
        text += std::to_string(value);
    }
    return text.empty() ? "0" : text;
}

constexpr std::array<Name, 3> families{
    {{AF_UNSPEC, "AF_UNSPEC"}, {AF_INET, "AF_INET"}, {AF_INET6, "AF_INET6"}}};
constexpr std::array<Name, 2> socketTypes{{{SOCK_STREAM, "SOCK_STREAM"}, {SOCK_DGRAM, "SOCK_DGRAM"}}};
constexpr std::array<Name, 2> socketFlags{{{SOCK_CLOEXEC, "SOCK_CLOEXEC"}, {SOCK_NONBLOCK, "SOCK_NONBLOCK"}}};
constexpr std::array<Name, 3> protocols{
    {{IPPROTO_IP, "IPPROTO_IP"}, {IPPROTO_TCP, "IPPROTO_TCP"}, {IPPROTO_UDP, "IPPROTO_UDP"}}};
constexpr std::array<Name, 5> levels{{{SOL_SOCKET, "SOL_SOCKET"},
                                      {IPPROTO_IP, "SOL_IP"},
                                      {IPPROTO_IPV6, "SOL_IPV6"},
                                      {IPPROTO_TCP, "SOL_TCP"},
                                      {IPPROTO_UDP, "SOL_UDP"}}};
// Beside those of the catalogue (socketoptions.cpp).
constexpr std::array<Name, 1> otherSocketOptions{{{SO_ERROR, "SO_ERROR"}}};
constexpr std::array<Name, 5> messageFlags{{{MSG_CTRUNC, "MSG_CTRUNC"},
                                            {MSG_TRUNC, "MSG_TRUNC"},
                                            {MSG_DONTWAIT, "MSG_DONTWAIT"},
                                            {MSG_ERRQUEUE, "MSG_ERRQUEUE"},
                                            {MSG_NOSIGNAL, "MSG_NOSIGNAL"}}};
constexpr std::array<Name, 3> shutdownWays{
    {{SHUT_RD, "SHUT_RD"}, {SHUT_WR, "SHUT_WR"}, {SHUT_RDWR, "SHUT_RDWR"}}};
constexpr std::array<Name, 4> addrinfoFlags{{{AI_PASSIVE, "AI_PASSIVE"},
                                             {AI_NUMERICHOST, "AI_NUMERICHOST"},
                                             {AI_NUMERICSERV, "AI_NUMERICSERV"},
                                             {AI_ADDRCONFIG, "AI_ADDRCONFIG"}}};
constexpr std::array<Name, 12> eaiNames{
    {{EAI_BADFLAGS, "EAI_BADFLAGS"},
     {EAI_NONAME, "EAI_NONAME"},
     {EAI_AGAIN, "EAI_AGAIN"},
     {EAI_FAIL, "EAI_FAIL"},
     {EAI_FAMILY, "EAI_FAMILY"},
     {EAI_SOCKTYPE, "EAI_SOCKTYPE"},
     {EAI_SERVICE, "EAI_SERVICE"},
     {EAI_MEMORY, "EAI_MEMORY"},
     {EAI_SYSTEM, "EAI_SYSTEM"},
     {EAI_OVERFLOW, "EAI_OVERFLOW"},
     // glibc shows these two under _GNU_SOURCE only, and returns them all the same.
     {-5, "EAI_NODATA"},
     {-9, "EAI_ADDRFAMILY"}}};

}  // namespace

std::string familyName(int value) {
    return nameIn(families, value);
}

std::string socketTypeName(int value) {
    return nameIn(socketTypes, value);
}

std::string socketFlagsText(int value) {
    return flagsIn(socketFlags, value);
}

std::string typeAndFlagsText(int value) {
    constexpr int flags = SOCK_CLOEXEC | SOCK_NONBLOCK;
    return socketTypeName(value & ~flags) + '|' + socketFlagsText(value & flags);
}

std::string protocolName(int value) {
    return nameIn(protocols, value);
}

std::string optionLevelName(int value) {
    return nameIn(levels, value);
}

std::string controlTypeName(int level, int type) {
    if (level == IPPROTO_IP && type == IP_RECVERR) return "IP_RECVERR";
    std::array<char, 12> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), type, 16);
    const std::string number = "0x" + std::string(digits.data(), end.ptr);
    return level == SOL_SOCKET ? number + " /* SCM_??? */" : number;
}

std::string shutdownName(int value) {
    return nameIn(shutdownWays, value);
}

std::string messageFlagsText(int value) {
    return flagsIn(messageFlags, value);
}

std::string addrinfoFlagsText(int value) {
    return flagsIn(addrinfoFlags, value);
}

std::string errnoName(int error) {
    if (error == 0) return {};
    const char* name = strerrorname_np(error);
    return name != nullptr ? name : "errno " + std::to_string(error);
}

std::string eaiName(int code) {
    return code == 0 ? std::string() : nameIn(eaiNames, code);
}

std::string errnoText(int error) {
    const char* text = strerrordesc_np(error);
    return text != nullptr ? text : "Unknown error " + std::to_string(error);
}

std::string errnoNameAndText(int error) {
    return errnoName(error) + " (" + errnoText(error) + ")";
}

std::string eaiText(int code) {
    return gai_strerror(code);
}

bool isErrorOption(int level, int name) {
    return level == SOL_SOCKET && name == SO_ERROR;
}

std::string optionName(int level, int name) {
    // The headers' name for two that depend on the width of time_t.
    if (level == SOL_SOCKET && name == SO_RCVTIMEO) return "SO_RCVTIMEO_OLD";
    if (level == SOL_SOCKET && name == SO_SNDTIMEO) return "SO_SNDTIMEO_OLD";
    if (const OptionFact* fact = findOption(level, name)) return std::string(fact->symbol);
    return level == SOL_SOCKET ? nameIn(otherSocketOptions, name) : std::to_string(name);
}

}  // namespace sockstage
