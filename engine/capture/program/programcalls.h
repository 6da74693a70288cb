// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "programparts.h"
#include "programsteps.h"

namespace sockstage {

/// Writes the steps as C++ statements, one call each, and notes what these use.
class ProgramCalls {
public:
    ProgramCalls(const ProgramSteps& steps, const ProgramLimits& limits);

    const std::string& text() const { return text_; }
    const ProgramNeeds& needs() const { return needs_; }

private:
    void write(std::size_t index);
    void heading(const ProgramStep& step);
    void waiting(const ProgramStep& step);
    void writeCall(std::size_t index);

    void getaddrinfo(const ProgramStep& step);
    void socket(const ProgramStep& step);
    void setsockopt(const ProgramStep& step);
    void getsockopt(const ProgramStep& step);
    void namedAddress(const ProgramStep& step);
    void filledAddress(const ProgramStep& step);
    void accept4(const ProgramStep& step);
    void receive(const ProgramStep& step);
    void send(std::size_t index);
    void recvmsg(const ProgramStep& step);
    void recvmsgDatagram(const ProgramStep& step);
    void message(const ProgramStep& step, const std::string& address);

    void line(std::string_view text) { text_.append(indent_, ' ').append(text) += '\n'; }
    /// `expression` inside the check that suits its recorded result.
    void statement(const ProgramStep& step, const std::string& label, const std::string& expression,
                   const std::string& declares = {});
    void descriptorStatement(const ProgramStep& step, const std::string& base, const std::string& expression);
    void beginBlock();
    void endBlock();

    std::string unique(const std::string& base);
    const std::string& nameOf(std::size_t descriptor) const { return names_[descriptor]; }
    std::string label(const ProgramStep& step) const;
    bool isStream(const ProgramStep& step) const;
    std::string ownName(const ProgramStep& step) const;
    std::string addressLiteral(const std::vector<std::byte>& address);
    std::string addressRoom(const std::string& base);
    std::string peerRoom(const ProgramStep& step);
    std::string sentData(std::size_t index);
    std::vector<std::byte> askedBytes(std::size_t index) const;
    std::string zeros(std::size_t length, const std::string& why);
    std::string optionArguments(const ProgramStep& step);
    std::string optionLabel(const ProgramStep& step) const;

    const ProgramSteps& steps_;
    const ProgramLimits limits_;
    std::string text_;
    std::size_t indent_ = 4;
    ProgramNeeds needs_;
    std::size_t literalBytes_ = 0;
    std::string heading_;
    std::vector<std::string> names_;                           // of the descriptors
    std::set<std::string> taken_;                              // all names in main()
    std::map<std::vector<std::byte>, std::string> addresses_;  // variables that hold them
    std::map<std::vector<std::byte>, std::string> peers_;      // those that recvfrom fills in
};

/// An errno as the name that a program uses for it, or its number.
std::string errorConstant(int error);

}  // namespace sockstage
