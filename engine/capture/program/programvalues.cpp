// SPDX-License-Identifier: GPL-3.0-or-later
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cstring>

#include "calltext.h"
#include "cppliteral.h"
#include "programcalls.h"
#include "socketaddress.h"
#include "socketoptions.h"
#include "symbolnames.h"

// The values that the calls are given: addresses, options, data. The other half of programcalls.cpp.

namespace sockstage {
namespace {

constexpr std::size_t longestInline = 60;

bool isNumber(std::string_view text) {
    return text.find_first_not_of("-0123456789") == std::string_view::npos;
}

std::string levelConstant(int level) {
    const std::string name = optionLevelName(level);
    return name.starts_with("SOL_") && level != SOL_SOCKET ? "IPPROTO_" + name.substr(4) : name;
}

/// As the headers call it; strace has another name for two of them.
std::string optionConstant(int level, int name) {
    if (isNumber(optionLevelName(level))) return std::to_string(name);
    std::string symbol = optionName(level, name);
    if (symbol.ends_with("_OLD")) symbol.resize(symbol.size() - 4);
    return symbol;
}

bool isSocketError(const CallRecord& record) {
    return record.args[0] == SOL_SOCKET && record.args[1] == SO_ERROR;
}

template <typename T>
T valueOf(const std::vector<std::byte>& bytes) {
    T value{};
    std::memcpy(&value, bytes.data(), std::min(sizeof value, bytes.size()));
    return value;
}

/// The declaration of `value` with what setsockopt() was given.
std::string givenValue(const ProgramStep& step) {
    const auto [level, name, unused] = step.record.args;
    const std::size_t size = step.data.size();
    const bool socketLevel = level == SOL_SOCKET;
    if (socketLevel && name == SO_LINGER && size == sizeof(linger)) {
        const auto value = valueOf<linger>(step.data);
        return "const linger value{" + std::to_string(value.l_onoff) + ", " + std::to_string(value.l_linger) +
               "};";
    }
    if (socketLevel && (name == SO_RCVTIMEO || name == SO_SNDTIMEO) && size == sizeof(timeval)) {
        const auto value = valueOf<timeval>(step.data);
        return "const timeval value{" + std::to_string(value.tv_sec) + ", " + std::to_string(value.tv_usec) +
               "};";
    }
    const OptionFact* fact = findOption(level, name);
    const bool isText = fact != nullptr && fact->kind == OptionKind::Text;
    if (size == sizeof(int) && !isText)
        return "const int value = " + std::to_string(valueOf<int>(step.data)) + ";";
    return "const char* const value = " + cppLiteralLine(step.data) + ";";
}

}  // namespace

// Addresses --------------------------------------------------------------------------------------

/// The variable with this address, which is declared where it is first used.
std::string ProgramCalls::addressLiteral(const std::vector<std::byte>& address) {
    const auto [known, isNew] = addresses_.try_emplace(address);
    if (!isNew) return known->second;
    known->second = unique("address");
    needs_.address = true;
    const auto value = SocketAddress::fromBytes(address);
    const std::string host = value.hostText();
    const std::string hostAndPort =
        '"' + host.substr(0, host.find('%')) + "\", " + std::to_string(value.port());
    if (value.family() == AF_INET) {
        needs_.ipv4 = true;
        line("const Address " + known->second + " = ipv4(" + hostAndPort + ");");
    } else {
        const auto v6 = valueOf<sockaddr_in6>(address);
        needs_.ipv6 = true;
        line("const Address " + known->second + " = ipv6(" + hostAndPort + ", " +
             std::to_string(v6.sin6_scope_id) + ", " + std::to_string(ntohl(v6.sin6_flowinfo)) + ");");
    }
    return known->second;
}

std::string ProgramCalls::addressRoom(const std::string& base) {
    needs_.address = needs_.addressRoom = true;
    std::string name = unique(base);
    line("Address " + name + ";");
    return name;
}

/// One variable for each sender. An answer then goes to who sends now, not to the port of long ago.
std::string ProgramCalls::peerRoom(const ProgramStep& step) {
    if (step.address.empty()) return addressRoom("from");
    const auto [known, isNew] = peers_.try_emplace(step.address);
    if (!isNew) return known->second;
    const std::uint32_t number = step.record.connection;
    known->second = addressRoom(number == 0 ? "peer" : "peer" + std::to_string(number));
    addresses_.try_emplace(step.address, known->second);
    return known->second;
}

// Options ----------------------------------------------------------------------------------------

std::string ProgramCalls::optionArguments(const ProgramStep& step) {
    const auto& args = step.record.args;
    needs_.tcpOptions = needs_.tcpOptions || args[0] == IPPROTO_TCP;
    needs_.udpOptions = needs_.udpOptions || args[0] == IPPROTO_UDP;
    const std::string name = optionConstant(args[0], args[1]);
    if (!isNumber(name)) needs_.options.emplace(name, args[1]);
    return nameOf(step.descriptor) + ", " + levelConstant(args[0]) + ", " + name;
}

std::string ProgramCalls::optionLabel(const ProgramStep& step) const {
    const auto& args = step.record.args;
    return std::string(callName(step.record.call)) + '(' + nameOf(step.descriptor) + ", " +
           optionConstant(args[0], args[1]) + ')';
}

void ProgramCalls::setsockopt(const ProgramStep& step) {
    const std::string value = givenValue(step);
    const bool isText = value.starts_with("const char*");
    beginBlock();
    line(value);
    statement(step, optionLabel(step),
              "setsockopt(" + optionArguments(step) + ", " +
                  (isText ? "value, " + std::to_string(step.record.asked) : "&value, sizeof value") + ")");
    endBlock();
}

void ProgramCalls::getsockopt(const ProgramStep& step) {
    const bool isInt = step.record.asked == sizeof(int);
    beginBlock();
    const std::string size = std::to_string(std::max(step.record.asked, 1U));
    line(isInt ? "int value = 0;" : "char value[" + size + "] = {};");
    line("socklen_t length = " + (isInt ? "sizeof value" : std::to_string(step.record.asked)) + ";");
    statement(step, optionLabel(step),
              "getsockopt(" + optionArguments(step) + (isInt ? ", &value, &length)" : ", value, &length)"));
    if (isInt && !step.record.failed()) {
        const int recorded = optionValue(step.data);
        needs_.expectValue = needs_.differences = true;
        line("expectValue(\"" + optionLabel(step) + "\", value, " +
             (isSocketError(step.record) && recorded != 0 ? errorConstant(recorded)
                                                          : std::to_string(recorded)) +
             ");");
    }
    endBlock();
}

// Data -------------------------------------------------------------------------------------------

/// What the program gives to send(): a literal, the name of one, or zeros.
std::string ProgramCalls::sentData(std::size_t index) {
    const std::size_t asked = steps_.steps[index].record.asked;
    if (asked > limits_.literalBytes)
        return zeros(asked,
                     "more than " + std::to_string(limits_.literalBytes) + " bytes are not written out");
    if (literalBytes_ + asked > limits_.allLiteralBytes)
        return zeros(asked, "the data before it fills this program");
    const auto bytes = askedBytes(index);
    if (bytes.size() < asked)
        return zeros(asked, "only the first " + std::to_string(bytes.size()) + " are on record");
    literalBytes_ += asked;
    const auto pieces = cppLiteral(bytes);
    if (pieces.size() == 1 && pieces[0].size() <= longestInline) return pieces[0];
    std::string name = unique("data");
    line("const char* const " + name + " =");
    for (const std::string& piece : pieces)
        line("    " + piece + (&piece == &pieces.back() ? ";" : ""));
    return name;
}

/// The bytes that a send() was given. What the kernel did not take of a stream is in the sends that followed.
std::vector<std::byte> ProgramCalls::askedBytes(std::size_t index) const {
    const ProgramStep& step = steps_.steps[index];
    std::vector<std::byte> bytes = step.data;
    if (step.record.call != Call::Send || step.record.failed()) return bytes;
    for (std::size_t i = index + 1; i < steps_.steps.size() && bytes.size() < step.record.asked; ++i) {
        const ProgramStep& next = steps_.steps[i];
        if (next.descriptor != step.descriptor || next.record.call != Call::Send) continue;
        if (next.record.failed()) break;
        const std::size_t wanted = std::min(next.data.size(), step.record.asked - bytes.size());
        bytes.insert(bytes.end(), next.data.begin(), next.data.begin() + static_cast<std::ptrdiff_t>(wanted));
        if (next.data.size() < next.record.dataLength()) break;  // only its beginning was copied
    }
    return bytes;
}

std::string ProgramCalls::zeros(std::size_t length, const std::string& why) {
    needs_.zeros = std::max(needs_.zeros, length);
    line("// Zeros instead of these " + std::to_string(length) + " bytes: " + why + ".");
    return "zeros.data()";
}

}  // namespace sockstage
