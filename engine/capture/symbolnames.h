// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace sockstage {

// Numbers of the socket interface as the names that people and strace know them by; a number without a
// name stays a number.

/// "ECONNREFUSED" for an errno, "EAI_NONAME" for getaddrinfo's codes; empty for 0.
std::string errnoName(int error);
std::string eaiName(int code);
/// The system's words: "Connection refused".
std::string errnoText(int error);
/// "EAGAIN (Resource temporarily unavailable)".
std::string errnoNameAndText(int error);
std::string eaiText(int code);

std::string familyName(int value);        ///< AF_INET
std::string socketTypeName(int value);    ///< SOCK_STREAM, without its flags
std::string socketFlagsText(int value);   ///< SOCK_CLOEXEC|SOCK_NONBLOCK
std::string typeAndFlagsText(int value);  ///< SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK
std::string protocolName(int value);      ///< IPPROTO_TCP
std::string optionLevelName(int value);   ///< SOL_SOCKET
/// SO_REUSEADDR and the like, for a recorded setsockopt or getsockopt.
std::string optionName(int level, int name);
/// SO_ERROR: the error that waits on the socket, which a getsockopt() takes away.
bool isErrorOption(int level, int name);
/// A control message's type, as strace 6.1 names it: IP_RECVERR, but 0x19 for IPV6_RECVERR.
std::string controlTypeName(int level, int type);
std::string shutdownName(int value);       ///< SHUT_WR
std::string messageFlagsText(int value);   ///< MSG_NOSIGNAL
std::string addrinfoFlagsText(int value);  ///< AI_PASSIVE

}  // namespace sockstage
