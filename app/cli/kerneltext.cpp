// SPDX-License-Identifier: GPL-3.0-or-later
#include "kerneltext.h"

#include <array>
#include <cstdio>

namespace sockstage {
namespace {

constexpr double msPerSecond = 1000;
constexpr double usPerMs = 1000;

bool isKnown(std::int64_t value) {
    return value != KernelFacts::absent;
}

std::string decimal(double value) {
    std::array<char, 32> text{};
    return {text.data(), static_cast<std::size_t>(std::snprintf(text.data(), text.size(), "%.3g", value))};
}

/// Parts with commas between them; what is not known is left out.
class Parts {
public:
    void add(const std::string& part) { text_ += (text_.empty() ? "" : ", ") + part; }
    void count(std::int64_t value, const char* what) {
        if (isKnown(value)) add(std::to_string(value) + ' ' + what);
    }
    void countIfAny(std::int64_t value, const char* what) {
        if (value > 0) count(value, what);
    }
    const std::string& text() const { return text_; }

private:
    std::string text_;
};

void addUnread(const KernelFacts& facts, Parts& parts) {
    if (!isKnown(facts.unreadBytes)) return;
    std::string unread = "unread " + std::to_string(facts.unreadBytes);
    if (isKnown(facts.receiveBufferBytes)) unread += " of " + std::to_string(facts.receiveBufferBytes);
    parts.add(unread);
}

/// Of what waits on a UDP socket the kernel reports the first length and the memory that all of it takes.
void addDatagrams(const KernelFacts& facts, Parts& parts) {
    if (facts.unreadBytes > 0) parts.add("next datagram " + std::to_string(facts.unreadBytes));
    if (!isKnown(facts.receiveChargedBytes)) return;
    std::string charged = "receive buffer " + std::to_string(facts.receiveChargedBytes);
    if (isKnown(facts.receiveBufferBytes)) charged += " of " + std::to_string(facts.receiveBufferBytes);
    parts.add(charged + " charged");
}

void addBuffers(const KernelFacts& facts, Parts& parts) {
    parts.countIfAny(facts.queuedBytes, "queued by us");
    if (isKnown(facts.unackedBytes)) {
        std::string sending = "send buffer " + std::to_string(facts.unackedBytes);
        if (isKnown(facts.sendBufferBytes)) sending += " of " + std::to_string(facts.sendBufferBytes);
        if (facts.notSentBytes > 0) sending += " (" + std::to_string(facts.notSentBytes) + " not yet sent)";
        parts.add(sending);
    }
    facts.state == TcpState::Unknown ? addDatagrams(facts, parts) : addUnread(facts, parts);
    parts.countIfAny(facts.drops, "dropped");
}

void addPath(const KernelFacts& facts, Parts& parts) {
    if (isKnown(facts.peerWindowBytes)) parts.add("peer's window " + std::to_string(facts.peerWindowBytes));
    if (isKnown(facts.rttUs)) parts.add("rtt " + decimal(static_cast<double>(facts.rttUs) / usPerMs) + " ms");
    if (isKnown(facts.congestionWindow)) parts.add("cwnd " + std::to_string(facts.congestionWindow));
    parts.count(facts.totalRetransmits, "retransmits");
}

void addAcceptQueue(const KernelFacts& facts, Parts& parts) {
    std::string queue = "accept queue " + std::to_string(facts.acceptQueue);
    if (isKnown(facts.acceptQueueLimit)) queue += " of " + std::to_string(facts.acceptQueueLimit);
    parts.add(queue);
    parts.count(facts.listenOverflows, "overflows");
    parts.count(facts.listenDrops, "drops");
}

/// A timer that ends something; the retransmit timer runs whenever anything is in flight.
void addTimer(const KernelFacts& facts, Parts& parts) {
    if (!isKnown(facts.timerMs)) return;
    const std::string left = decimal(static_cast<double>(facts.timerMs) / msPerSecond) + " s";
    if (facts.timer == KernelTimer::TimeWait) parts.add(left + " remain");
    if (facts.timer == KernelTimer::ZeroWindowProbe) parts.add("next window probe in " + left);
    if (facts.timer == KernelTimer::Retransmit && facts.backoff > 0) parts.add("next retransmit in " + left);
}

}  // namespace

std::string kernelText(const KernelFacts& facts) {
    if (facts.source == FactsSource::Gone) return "kernel: gone";
    if (facts.source == FactsSource::None) return "kernel: cannot be asked";
    Parts parts;
    if (facts.state == TcpState::Listen)
        addAcceptQueue(facts, parts);
    else if (facts.state != TcpState::TimeWait)
        addBuffers(facts, parts);
    addPath(facts, parts);
    addTimer(facts, parts);
    const std::string state =
        facts.state == TcpState::Unknown ? std::string() : ' ' + std::string(tcpStateName(facts.state));
    return "kernel" + state + (parts.text().empty() ? "" : ": ") + parts.text();
}

}  // namespace sockstage
