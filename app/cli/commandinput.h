// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <functional>
#include <string>
#include <vector>

#include "inputcommand.h"
#include "inputlines.h"

namespace sockstage {

class Session;
class SessionEvents;

/// A session that lines are for, and who waits for its answers. Not owned.
struct InputTarget {
    Session& session;
    SessionEvents& events;
};

/// Carries out the lines of standard input. A line that cannot be understood is one line on standard
/// error and changes nothing. Main thread.
class CommandInput : public QObject {
    Q_OBJECT

public:
    /// `targets` in the order of their numbers. While `isFull` is true, no line is taken.
    CommandInput(std::vector<InputTarget> targets, std::function<bool()> isFull, QObject* parent = nullptr);
    void start() { lines_.start(); }
    /// Takes further lines, unless it is still full.
    void goOn();

Q_SIGNALS:
    void quitWanted();
    /// `close` for a whole session, by its number; `reset` ends it too.
    void closeWanted(int session, const QString& reason);
    void reachabilityWanted(int session);
    /// `anything`: there was at least one byte before the end.
    void ended(bool anything);

private:
    void onLine(const QByteArray& line);
    void printLineError(const QString& what);
    std::string targetError(const InputCommand& command) const;
    void apply(const InputCommand& command);
    void applyTo(const InputTarget& target, int number, const InputCommand& command);
    void askOptions(const InputTarget& target, const InputCommand& command);
    bool isFull() const;

    const std::vector<InputTarget> targets_;
    const std::function<bool()> outputIsFull_;
    InputLines lines_;
    qint64 lineNumber_ = 0;
};

}  // namespace sockstage
