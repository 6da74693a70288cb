#pragma once

#include <QObject>
#include <string>
#include <vector>

#include "inputcommand.h"
#include "inputlines.h"

namespace sockstage {

class Session;

/// Carries out the lines of standard input. A line that cannot be understood is one line on standard
/// error and changes nothing. Main thread.
class CommandInput : public QObject {
    Q_OBJECT

public:
    /// In the order of their numbers. Not owned.
    explicit CommandInput(std::vector<Session*> sessions, QObject* parent = nullptr);
    void start() { lines_.start(); }

Q_SIGNALS:
    void quitWanted();
    /// `close` for a whole session, by its number; `reset` ends it too.
    void closeWanted(int session, const QString& reason);
    /// The next reading of these options is to be told; `only`: of this one.
    void optionsWanted(int session, quint32 connection, const sockstage::OptionFact* only);
    void reachabilityWanted(int session);
    /// `anything`: there was at least one byte before the end.
    void ended(bool anything);

private:
    void onLine(const QByteArray& line);
    void complainAboutLine(const QString& what);
    std::string targetError(const InputCommand& command) const;
    void apply(const InputCommand& command);
    void applyTo(Session& session, int number, const InputCommand& command);

    const std::vector<Session*> sessions_;
    InputLines lines_;
    qint64 lineNumber_ = 0;
};

}  // namespace sockstage
