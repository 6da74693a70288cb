// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "kernelfacts.h"
#include "stage.h"

namespace sockstage {

/// What kind of socket the kernel's facts are about; it decides which of them mean something.
enum class SocketKind : std::uint8_t { Stream, Datagram, Listener };
/// `connection` 0: the session's own socket.
SocketKind socketKind(Role role, std::uint32_t connection);

/// What the kernel does with the socket now, where figures do not tell: after close(), or when it is gone.
QString kernelSentence(const KernelFacts& facts, SocketKind kind);
/// "retransmit in 210 ms", "TIME-WAIT, 43 s left", "none", "—".
QString timerText(const KernelFacts& facts);
/// Why the kernel does not report a figure of this socket; `otherwise` when nothing general explains it.
QString whyAbsent(const KernelFacts& facts, const QString& otherwise = {});
/// Of what unackedBytes counts, the part that has been sent at least once; absent when not known.
std::int64_t inFlightBytes(const KernelFacts& facts);

}  // namespace sockstage
