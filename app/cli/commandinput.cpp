// SPDX-License-Identifier: GPL-3.0-or-later
#include "commandinput.h"

#include <algorithm>

#include "calltext.h"
#include "errorlines.h"
#include "session.h"
#include "sessionevents.h"

namespace sockstage {
namespace {

/// Lines about the options of one session that have no answer yet.
constexpr std::size_t mostAwaited = 256;

}  // namespace

CommandInput::CommandInput(std::vector<InputTarget> targets, std::function<bool()> isFull, QObject* parent)
    : QObject(parent), targets_(std::move(targets)), outputIsFull_(std::move(isFull)) {
    connect(&lines_, &InputLines::line, this, &CommandInput::onLine);
    connect(&lines_, &InputLines::ended, this, &CommandInput::ended);
    connect(&lines_, &InputLines::lineTooLong, this, [this] {
        ++lineNumber_;
        printLineError(QStringLiteral("it is longer than 64 MB"));
    });
    connect(&lines_, &InputLines::lineCut, this, [this] {
        ++lineNumber_;
        printLineError(
            QStringLiteral("a terminal passes on no more than %1 bytes of a line and throws the rest "
                           "away, so nothing of it was done; use --send-file, or a pipe")
                .arg(InputLines::longestTerminalLine));
    });
    connect(&lines_, &InputLines::unreadable, this, [](int error) {
        printError(QStringLiteral(
                       "standard input is not read, everything else goes on: no thread can be had for it, ") +
                   QString::fromStdString(errnoNameAndText(error)));
    });
}

void CommandInput::printLineError(const QString& what) {
    printError(QStringLiteral("input line %1: %2").arg(lineNumber_).arg(what));
}

void CommandInput::onLine(const QByteArray& line) {
    ++lineNumber_;
    const ParsedInputCommand parsed =
        parseInputCommand(std::string_view(line.constData(), static_cast<std::size_t>(line.size())));
    const std::string error = parsed.error.empty() ? targetError(parsed.command) : parsed.error;
    if (error.empty())
        apply(parsed.command);
    else
        printLineError(QString::fromStdString(error));
    if (isFull()) lines_.pause();
}

/// Answers are larger than their lines: a reader that takes nothing, or a worker that is busy, holds them up.
bool CommandInput::isFull() const {
    return outputIsFull_() || std::any_of(targets_.begin(), targets_.end(), [](const InputTarget& target) {
               return target.events.awaitedAnswers() >= mostAwaited && target.session.descriptor() >= 0;
           });
}

void CommandInput::goOn() {
    if (!isFull()) lines_.resume();
}

std::string CommandInput::targetError(const InputCommand& command) const {
    if (!command.session) return {};
    const auto number = static_cast<std::size_t>(*command.session);
    const std::string name = "session " + std::to_string(number);
    if (number > targets_.size()) return "there is no " + name;
    const Session& session = targets_[number - 1].session;
    if (command.connection > session.connections().count())
        return name + " has no connection " + std::to_string(command.connection);
    return session.isFinished() ? name + " is closed" : std::string();
}

void CommandInput::apply(const InputCommand& command) {
    if (command.verb == InputCommand::Verb::Nothing) return;
    if (command.verb == InputCommand::Verb::Quit) {
        Q_EMIT quitWanted();
        return;
    }
    for (std::size_t i = 0; i < targets_.size(); ++i) {
        const int number = static_cast<int>(i) + 1;
        if (!command.session || *command.session == number) applyTo(targets_[i], number, command);
    }
}

/// The line's number is the request's. What waits for a socket that is held has a limit, too.
void CommandInput::askOptions(const InputTarget& target, const InputCommand& command) {
    if (target.session.isFinished()) return;
    if (target.events.awaitedAnswers() >= mostAwaited)
        return printLineError(
            QStringLiteral("%1 lines about options wait for a socket already").arg(mostAwaited));
    const auto requestId = static_cast<quint64>(lineNumber_);
    const OptionFact* option = command.option;
    bool fits = true;
    if (option == nullptr)
        target.session.readOptions(command.connection, requestId);
    else if (option->kind == OptionKind::Text)
        fits = target.session.setOption(command.connection, option->level, option->name,
                                        QString::fromStdString(command.text), requestId);
    else
        fits = target.session.setOption(command.connection, option->level, option->name, command.number,
                                        requestId);
    if (!fits) return printLineError(QStringLiteral("the value does not fit the option"));
    target.events.awaitAnswer(requestId);
}

void CommandInput::applyTo(const InputTarget& target, int number, const InputCommand& command) {
    using Verb = InputCommand::Verb;
    Session& session = target.session;
    ConnectionNumbers targets;
    if (command.connection != 0) targets.push_back(command.connection);
    switch (command.verb) {
        case Verb::Nothing:
        case Verb::Quit:
            return;
        case Verb::Step:
            return session.step(command.connection);
        case Verb::Release:
            return session.release(command.stage, targets);
        case Verb::Hold:
            return session.hold(command.stage, targets);
        case Verb::Send:
            return session.send(targets, QByteArray(reinterpret_cast<const char*>(command.bytes.data()),
                                                    static_cast<qsizetype>(command.bytes.size())));
        case Verb::Shutdown:
            return session.shutdownSending(targets);
        case Verb::Option:
        case Verb::Options:
            return askOptions(target, command);
        case Verb::Reachability:
            Q_EMIT reachabilityWanted(number);
            return;
        case Verb::Close:
            if (!targets.empty()) return session.closeConnections(targets);
            Q_EMIT closeWanted(number, QStringLiteral("close"));
            return;
        case Verb::Reset:
            session.reset(targets);
            if (targets.empty()) Q_EMIT closeWanted(number, QStringLiteral("reset"));
            return;
    }
}

}  // namespace sockstage
