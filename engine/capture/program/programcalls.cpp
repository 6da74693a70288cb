// SPDX-License-Identifier: GPL-3.0-or-later
#include "programcalls.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "calltext.h"
#include "cppliteral.h"
#include "resultcomment.h"
#include "symbolnames.h"

namespace sockstage {
namespace {

constexpr std::size_t longestLine = 100;

/// "MSG_TRUNC|MSG_DONTWAIT" as a person writes it.
std::string spaced(std::string flags) {
    for (std::size_t at = flags.find('|'); at != std::string::npos; at = flags.find('|', at + 3))
        flags.replace(at, 1, " | ");
    return flags;
}

/// Errors that come from outside, some time after the call that caused them.
bool arrivesLater(int error) {
    return error == ECONNREFUSED || error == ECONNRESET || error == EPIPE || error == ETIMEDOUT ||
           error == EHOSTUNREACH;
}

std::string typeText(int type) {
    constexpr int flags = SOCK_CLOEXEC | SOCK_NONBLOCK;
    std::string text = socketTypeName(type & ~flags);
    if ((type & flags) != 0) text += '|' + socketFlagsText(type & flags);
    return spaced(text);
}

}  // namespace

std::string errorConstant(int error) {
    const std::string name = errnoName(error);
    return name.starts_with('E') ? name : std::to_string(error);
}

ProgramCalls::ProgramCalls(const ProgramSteps& steps, const ProgramLimits& limits)
    : steps_(steps), limits_(limits), names_(steps.descriptors.size()), taken_{"buffer", "zeros",
                                                                               "hints",  "found",
                                                                               "code",   "value",
                                                                               "length", "differences"} {
    for (const ProgramStep& step : steps.steps)
        if (isReceive(step.record.call) || step.record.call == Call::Recvmsg)
            needs_.buffer = std::max<std::size_t>(needs_.buffer, step.record.asked);
    for (std::size_t i = 0; i < steps.steps.size(); ++i)
        write(i);
}

void ProgramCalls::write(std::size_t index) {
    const ProgramStep& step = steps_.steps[index];
    text_ += '\n';
    heading(step);
    waiting(step);
    writeCall(index);
}

/// Where the stage or the descriptor changes, a line says so.
void ProgramCalls::heading(const ProgramStep& step) {
    std::string text(stageName(step.record.stage));
    const bool accepted =
        step.descriptor != noDescriptor && steps_.descriptors[step.descriptor].listener != noDescriptor;
    if (accepted) text += ", " + nameOf(step.descriptor);
    if (text != heading_) line("// --- " + text + " ---");
    heading_ = std::move(text);
}

void ProgramCalls::waiting(const ProgramStep& step) {
    const CallRecord& record = step.record;
    const bool pending =
        record.call == Call::Getsockopt && record.args[0] == SOL_SOCKET && record.args[1] == SO_ERROR;
    const bool queued = record.call == Call::Recvmsg;
    if (!isTransfer(record.call) && record.call != Call::Accept4 && !pending && !queued) return;
    std::string events = isReceive(record.call) || record.call == Call::Accept4 ? "POLLIN" : "POLLOUT";
    if (isTransfer(record.call) && record.failed() && arrivesLater(record.error)) events = "0";
    if (queued || (pending && record.stage != Stage::Connect)) events = "0";
    const std::string name = nameOf(step.descriptor);
    const std::string patience = record.call == Call::Accept4 ? ", -1" : "";
    needs_.waits = true;
    line("waitFor(\"" + label(step) + "\", " + name + ", " + events + patience + ");");
}

void ProgramCalls::writeCall(std::size_t index) {
    const ProgramStep& step = steps_.steps[index];
    const CallRecord& record = step.record;
    switch (record.call) {
        case Call::Getaddrinfo:
            return getaddrinfo(step);
        case Call::Socket:
            return socket(step);
        case Call::Setsockopt:
            return setsockopt(step);
        case Call::Getsockopt:
            return getsockopt(step);
        case Call::Bind:
        case Call::Connect:
            return namedAddress(step);
        case Call::Getsockname:
        case Call::Getpeername:
            return filledAddress(step);
        case Call::Listen:
            return statement(step, label(step),
                             "listen(" + ownName(step) + ", " + std::to_string(record.args[0]) + ")");
        case Call::Accept4:
            return accept4(step);
        case Call::Recv:
        case Call::Recvfrom:
            return receive(step);
        case Call::Send:
        case Call::Sendto:
            return send(index);
        case Call::Shutdown:
            return statement(step, label(step),
                             "shutdown(" + ownName(step) + ", " + shutdownName(record.args[0]) + ")");
        case Call::Close:
            needs_.close = true;
            return statement(step, label(step), "close(" + ownName(step) + ")");
        case Call::Recvmsg:
            return recvmsg(step);
        case Call::RecvmsgDatagram:
            return recvmsgDatagram(step);
        case Call::Mark:
            return;
    }
}

// Names ------------------------------------------------------------------------------------------

std::string ProgramCalls::unique(const std::string& base) {
    std::string name = base;
    for (int number = 2; !taken_.insert(name).second; ++number)
        name = base + (base.back() >= '0' && base.back() <= '9' ? "_" : "") + std::to_string(number);
    return name;
}

std::string ProgramCalls::ownName(const ProgramStep& step) const {
    return nameOf(step.descriptor);
}

/// "recv(client1)": what a message of the program says.
std::string ProgramCalls::label(const ProgramStep& step) const {
    const std::string call(callName(step.record.call));
    return step.descriptor == noDescriptor ? call : call + '(' + nameOf(step.descriptor) + ')';
}

bool ProgramCalls::isStream(const ProgramStep& step) const {
    return std::any_of(steps_.steps.begin(), steps_.steps.end(), [&](const ProgramStep& each) {
        const bool maker = each.record.call == Call::Socket && each.made != noDescriptor;
        return maker && each.made == step.descriptor &&
               (each.record.args[1] & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) == SOCK_STREAM;
    });
}

// Statements -------------------------------------------------------------------------------------

void ProgramCalls::statement(const ProgramStep& step, const std::string& text, const std::string& expression,
                             const std::string& declares) {
    const CallRecord& record = step.record;
    line("// " + resultComment(step, isStream(step)));
    const auto put = [&](const std::string& function, const std::string& expected) {
        const std::string head = declares + function + "(\"" + text + "\",";
        const std::string tail = expression + (expected.empty() ? "" : ", " + expected) + ");";
        if (indent_ + head.size() + tail.size() < longestLine) return line(head + ' ' + tail);
        line(head);
        line(std::string(declares.size() + function.size() + 1, ' ') + tail);
    };
    if (record.failed()) {
        needs_.expectError = needs_.differences = true;
        put("expectError", errorConstant(record.error));
    } else if (isTransfer(record.call) || record.call == Call::Recvmsg) {
        needs_.moved = needs_.differences = true;
        put("moved", std::to_string(record.result));
    } else {
        needs_.check = true;
        put("check", "");
    }
}

void ProgramCalls::beginBlock() {
    line("{");
    indent_ += 4;
}

void ProgramCalls::endBlock() {
    indent_ -= 4;
    line("}");
}

/// A descriptor that nothing is done with gets no name: the compiler would call it unused.
void ProgramCalls::descriptorStatement(const ProgramStep& step, const std::string& base,
                                       const std::string& expression) {
    const std::string text = label(step);
    const bool used = step.made != noDescriptor && steps_.descriptors[step.made].uses != 0;
    if (step.made != noDescriptor) names_[step.made] = unique(base);
    statement(step, text, expression, used ? "const int " + names_[step.made] + " = " : "");
}

void ProgramCalls::getaddrinfo(const ProgramStep& step) {
    const CallRecord& record = step.record;
    const std::string_view text(reinterpret_cast<const char*>(step.data.data()), step.data.size());
    const std::size_t first = text.find('\0');
    const std::size_t second = text.find('\0', first + 1);
    const auto literal = [](std::string_view s) { return cppLiteralLine(std::as_bytes(std::span(s))); };
    const std::string code = record.result == 0 ? "0" : eaiName(static_cast<int>(record.result));
    needs_.resolved = true;
    beginBlock();
    line("addrinfo hints{};");
    if (record.args[0] != 0) line("hints.ai_flags = " + spaced(addrinfoFlagsText(record.args[0])) + ";");
    line("hints.ai_family = " + familyName(record.args[1]) + ";");
    line("hints.ai_socktype = " + socketTypeName(record.args[2]) + ";");
    line("addrinfo* found = nullptr;");
    line("// " + resultComment(step, isStream(step)));
    line("const int code = getaddrinfo(" + literal(text.substr(0, first)) + ", " +
         literal(text.substr(first + 1, second - first - 1)) + ", &hints, &found);");
    line("resolved(\"getaddrinfo\", code, " + code + ");");
    line("if (code == 0) freeaddrinfo(found);  // the addresses are written out below, as they were found");
    endBlock();
}

void ProgramCalls::socket(const ProgramStep& step) {
    const auto& args = step.record.args;
    // A descriptor that is listened on is a listener from its birth.
    const bool listens = std::any_of(steps_.steps.begin(), steps_.steps.end(), [&](const ProgramStep& other) {
        return other.record.call == Call::Listen && other.descriptor == step.made &&
               step.made != noDescriptor;
    });
    descriptorStatement(
        step, listens ? "listener" : "sock",
        "socket(" + familyName(args[0]) + ", " + typeText(args[1]) + ", " + protocolName(args[2]) + ")");
}

void ProgramCalls::namedAddress(const ProgramStep& step) {
    const std::string address = addressLiteral(step.address);
    statement(step, label(step),
              std::string(callName(step.record.call)) + '(' + ownName(step) + ", " + address + ".get(), " +
                  address + ".length)");
}

void ProgramCalls::filledAddress(const ProgramStep& step) {
    const bool peer = step.record.call == Call::Getpeername;
    const std::string address = addressRoom(ownName(step) + (peer ? "Peer" : "Address"));
    statement(step, label(step),
              std::string(callName(step.record.call)) + '(' + ownName(step) + ", " + address + ".get(), " +
                  address + ".room())");
    if (step.record.failed()) return;
    needs_.show = true;
    line("show(\"" + ownName(step) + "\", " + address + ");");
}

void ProgramCalls::accept4(const ProgramStep& step) {
    const std::string number = std::to_string(step.record.connection);
    const std::string client = step.record.connection == 0 ? "client" : "client" + number;
    const std::string peer = addressRoom(client + "Peer");
    descriptorStatement(step, client,
                        "accept4(" + ownName(step) + ", " + peer + ".get(), " + peer + ".room(), " +
                            spaced(socketFlagsText(step.record.args[0])) + ")");
}

void ProgramCalls::receive(const ProgramStep& step) {
    const CallRecord& record = step.record;
    const std::string size = record.asked == needs_.buffer ? "buffer.size()" : std::to_string(record.asked);
    const std::string flags = spaced(messageFlagsText(record.args[0]));
    std::string from;
    if (record.call == Call::Recvfrom) {
        const std::string peer = peerRoom(step);
        from = ", " + peer + ".get(), " + peer + ".room()";
    }
    statement(step, label(step),
              std::string(callName(record.call)) + '(' + ownName(step) + ", buffer.data(), " + size + ", " +
                  flags + from + ")");
}

void ProgramCalls::send(std::size_t index) {
    const ProgramStep& step = steps_.steps[index];
    const CallRecord& record = step.record;
    const std::string data = sentData(index);
    std::string to;
    if (record.call == Call::Sendto) {
        const auto known = addresses_.find(step.address);
        const std::string address = known != addresses_.end() ? known->second : addressLiteral(step.address);
        to = ", " + address + ".get(), " + address + ".length";
    }
    statement(step, label(step),
              std::string(callName(record.call)) + '(' + ownName(step) + ", " + data + ", " +
                  std::to_string(record.asked) + ", " + spaced(messageFlagsText(record.args[0])) + to + ")");
}

/// Of the error queue.
void ProgramCalls::recvmsg(const ProgramStep& step) {
    beginBlock();
    message(step, addressRoom("destination"));
    endBlock();
}

/// The sender's address outlives the block: an answer goes there.
void ProgramCalls::recvmsgDatagram(const ProgramStep& step) {
    const std::string peer = peerRoom(step);
    beginBlock();
    message(step, peer);
    if (!step.record.failed()) line(peer + ".length = message.msg_namelen;");
    endBlock();
}

void ProgramCalls::message(const ProgramStep& step, const std::string& address) {
    line("alignas(cmsghdr) char control[512] = {};");
    line("iovec part{buffer.data(), " + std::to_string(step.record.asked) + "};");
    line("msghdr message{};");
    line("message.msg_name = " + address + ".get();");
    line("message.msg_namelen = sizeof " + address + ".storage;");
    line("message.msg_iov = &part;");
    line("message.msg_iovlen = 1;");
    line("message.msg_control = control;");
    line("message.msg_controllen = sizeof control;");
    statement(
        step, label(step),
        "recvmsg(" + ownName(step) + ", &message, " + spaced(messageFlagsText(step.record.args[0])) + ")");
}

}  // namespace sockstage
