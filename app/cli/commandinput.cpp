#include "commandinput.h"

#include "complaint.h"
#include "session.h"

namespace sockstage {

CommandInput::CommandInput(std::vector<Session*> sessions, QObject* parent)
    : QObject(parent), sessions_(std::move(sessions)) {
    connect(&lines_, &InputLines::line, this, &CommandInput::onLine);
    connect(&lines_, &InputLines::ended, this, &CommandInput::ended);
    connect(&lines_, &InputLines::lineTooLong, this, [this] {
        ++lineNumber_;
        complainAboutLine(QStringLiteral("it is longer than 64 MiB"));
    });
}

void CommandInput::complainAboutLine(const QString& what) {
    complain(QStringLiteral("input line %1: %2").arg(lineNumber_).arg(what));
}

void CommandInput::onLine(const QByteArray& line) {
    ++lineNumber_;
    const ParsedInputCommand parsed =
        parseInputCommand(std::string_view(line.constData(), static_cast<std::size_t>(line.size())));
    const std::string error = parsed.error.empty() ? targetError(parsed.command) : parsed.error;
    if (!error.empty()) return complainAboutLine(QString::fromStdString(error));
    apply(parsed.command);
}

std::string CommandInput::targetError(const InputCommand& command) const {
    if (!command.session) return {};
    const auto number = static_cast<std::size_t>(*command.session);
    if (number > sessions_.size()) return "there is no session " + std::to_string(number);
    if (command.connection > sessions_[number - 1]->connections().count())
        return "session " + std::to_string(number) + " has no connection " +
               std::to_string(command.connection);
    return {};
}

void CommandInput::apply(const InputCommand& command) {
    if (command.verb == InputCommand::Verb::Nothing) return;
    if (command.verb == InputCommand::Verb::Quit) {
        Q_EMIT quitWanted();
        return;
    }
    for (std::size_t i = 0; i < sessions_.size(); ++i) {
        const int number = static_cast<int>(i) + 1;
        if (!command.session || *command.session == number) applyTo(*sessions_[i], number, command);
    }
}

void CommandInput::applyTo(Session& session, int number, const InputCommand& command) {
    using Verb = InputCommand::Verb;
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
            Q_EMIT optionsWanted(number, command.connection, command.option);
            if (command.option->kind == OptionKind::Text)
                return session.setOption(command.connection, command.option->level, command.option->name,
                                         QString::fromStdString(command.text));
            return session.setOption(command.connection, command.option->level, command.option->name,
                                     command.number);
        case Verb::Options:
            Q_EMIT optionsWanted(number, command.connection, nullptr);
            return session.readOptions(command.connection);
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
