// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCoreApplication>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <new>
#include <optional>
#include <system_error>

#include "calltext.h"
#include "commandline.h"
#include "errorlines.h"
#include "jsonlines.h"
#include "outputstream.h"
#include "processlimits.h"
#include "program.h"
#include "readablelines.h"
#include "scenetext.h"
#include "standarderror.h"

namespace {

using namespace sockstage;

constexpr int usageStatus = 2;
constexpr int descriptorsToBegin = 2;  // for Qt and the signals; each session says what it lacks
constexpr qint64 shortestLookMs = 10;
constexpr qint64 longestLookMs = 3600 * 1000;

const char notes[] =
    "Standard input takes one command per line:\n"
    "  step                    make exactly one held call\n"
    "  release STAGE           no longer stop before this stage\n"
    "  hold STAGE              stop before this stage\n"
    "  send TEXT               with the escapes of --send\n"
    "  shutdown                end sending (half-close); receiving goes on\n"
    "  close                   send what is queued, then close\n"
    "  reset                   close at once; a TCP peer gets a reset\n"
    "  options                 tell all socket options: asked for, granted\n"
    "  option NAME VALUE       setsockopt(), for example: option SO_RCVBUF 65536\n"
    "  reachability            tell which local addresses reach a server\n"
    "  quit                    close everything in order and end\n"
    "SESSION or SESSION.CONNECTION may come first: \"2 step\", \"1.3 send hello\\n\".\n"
    "Without it a line is for all sessions. The end of the input is like quit, except\n"
    "with --for or --until-idle, or when not one byte came before it (a service,\n"
    "nohup, </dev/null): then only a signal ends the program.\n"
    "\n"
    "Exit status: 0 all sockets did what was asked; 1 a stage failed, bytes were\n"
    "never sent, the output could not be written, or a scene did not show what it\n"
    "says (standard error says why); 2 wrong usage. A line of standard input that is\n"
    "refused is told and changes no status. SIGINT and SIGTERM close everything in\n"
    "order and end with 0, also when they cut off what was still to be sent; a second\n"
    "one closes at once.\n";

std::vector<CommandOptionGroup> ownGroups() {
    const auto option = [](const char* name, const char* value, const char* help) {
        return CommandOption{QString::fromUtf8(name), QString::fromUtf8(value), QString::fromUtf8(help)};
    };
    QStringList scenes;
    for (const SceneText& scene : sceneTexts())
        scenes << scene.id;
    const QString sceneHelp = QStringLiteral("Play a scene by itself and end; NAME is one of: ") +
                              scenes.join(QStringLiteral(", ")) + QLatin1Char('.');
    return {
        {QStringLiteral("Experiments, instead of sockets"),
         {CommandOption{QStringLiteral("scene"), QStringLiteral("NAME"), sceneHelp},
          option("scenes", "", "List the scenes.")}},
        {QStringLiteral("Output and end"),
         {option("events", "FILE",
                 "Write one JSON object per line to FILE; - is standard output. Without it: "
                 "readable lines on standard output."),
          option("payload", "", "data events carry their bytes as base64; readable lines show all of them."),
          option("kernel", "SECONDS",
                 "Every so many seconds, tell what the kernel knows of each socket: states, queues, buffers, "
                 "TCP_INFO. With --for, also after close() until the kernel has forgotten it."),
          option("for", "SECONDS", "Close in order after so many seconds and end."),
          option("until-idle", "SECONDS",
                 "Close in order once nothing has moved for so many seconds, and end.")}}};
}

/// Returns the exit status.
int print(const QString& text) {
    const std::string bytes = text.toStdString();
    if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size() && std::fflush(stdout) == 0)
        return 0;
    printError(QStringLiteral("cannot write: ") + QString::fromStdString(errnoNameAndText(errno)));
    return 1;
}

int usageError(const QString& what) {
    printError(what);
    return usageStatus;
}

/// Seconds on the command line, milliseconds here. False: not a good number.
bool readSeconds(const CommandLine& commandLine, const QString& option, std::optional<qint64>& milliseconds) {
    if (!commandLine.isSet(option)) return true;
    bool good = false;
    const double seconds = commandLine.value(option).toDouble(&good);
    if (!good || !(seconds > 0 && seconds <= 1e9)) return false;
    milliseconds = static_cast<qint64>(seconds * 1000);
    return true;
}

QString sceneList() {
    QString list;
    for (const SceneText& scene : sceneTexts())
        list += scene.id.leftJustified(30) + scene.title + QLatin1Char('\n');
    return list;
}

/// Why the scene cannot be played; empty when it can, or none was requested.
QString sceneError(const CommandLine& commandLine) {
    if (!commandLine.isSet(QStringLiteral("scene"))) return {};
    if (!commandLine.sockets().empty())
        return QStringLiteral("--scene opens its own sockets; leave the others out");
    if (const QString option = commandLine.socketOption(); !option.isEmpty())
        return QStringLiteral("--scene makes its own sockets; leave out --") + option;
    return sceneText(commandLine.value(QStringLiteral("scene"))) != nullptr
               ? QString()
               : QStringLiteral("--scene: there is no such scene; --scenes lists them");
}

/// Without memory for a slot the program ends in order: an exception must not leave the event loop.
class Application : public QCoreApplication {
public:
    using QCoreApplication::QCoreApplication;
    void onNoMemory(std::function<void()> act) { act_ = std::move(act); }

    bool notify(QObject* receiver, QEvent* event) override {
        try {
            return QCoreApplication::notify(receiver, event);
        } catch (const std::bad_alloc&) {
            endInOrder();
            return false;
        }
    }

private:
    void endInOrder() {
        try {
            if (act_) act_();
        } catch (const std::bad_alloc&) {  // there is nothing left by which the end could go on
            tellStandardError("sockstage-cli: out of memory (ENOMEM): ended at once\n");
            finishStandardError();
            std::_Exit(EXIT_FAILURE);
        }
    }

    std::function<void()> act_;
};

int run(int& argc, char** argv, const CommandLine& commandLine, RunLimits limits, const WriteTarget& target) {
    if (!descriptorsLeft(descriptorsToBegin)) {
        printError(QStringLiteral("there are not enough descriptors to begin (EMFILE): raise ulimit -n"));
        return 1;
    }
    TerminationSignals::block();
    Application application(argc, argv);
    OutputStream output(target);
    const bool payload = commandLine.isSet(QStringLiteral("payload"));
    JsonLines json(output.buffer(), payload);
    ReadableLines readable(output.buffer(), payload);
    const bool asJson = commandLine.isSet(QStringLiteral("events"));
    Program program(commandLine, limits, output, asJson ? static_cast<EventSink&>(json) : readable);
    QObject::connect(&program, &Program::ended, &application, &QCoreApplication::quit, Qt::QueuedConnection);
    if (commandLine.isSet(QStringLiteral("scene"))) program.play(commandLine.value(QStringLiteral("scene")));
    application.onNoMemory([&program] { program.endWithoutMemory(); });
    program.start();
    QCoreApplication::exec();
    if (program.leavesWorkers()) {
        finishStandardError();
        std::_Exit(program.exitStatus());
    }
    return program.exitStatus();
}

}  // namespace

int main(int argc, char** argv) {
    fillStandardDescriptors();
    raiseDescriptorLimit();
    returnLargeBlocks();
    spareAddressSpace();
    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments << QString::fromLocal8Bit(argv[i]);
    CommandLine commandLine(
        QStringLiteral("sockstage-cli"),
        QStringLiteral("Opens real sockets and tells every call they make and every byte they move."),
        ownGroups(), QString::fromUtf8(notes));
    if (!commandLine.parse(arguments)) return usageError(commandLine.error());
    if (commandLine.helpWanted()) return print(commandLine.helpText());
    if (commandLine.versionWanted()) return print(commandLine.versionText());
    if (commandLine.isSet(QStringLiteral("scenes"))) return print(sceneList());
    if (const QString wrong = sceneError(commandLine); !wrong.isEmpty()) return usageError(wrong);
    if (commandLine.sockets().empty() && !commandLine.isSet(QStringLiteral("scene")))
        return usageError(QStringLiteral("no socket is asked for; try --tcp-server :8080, or --help"));
    RunLimits limits;
    if (!readSeconds(commandLine, QStringLiteral("for"), limits.forMs))
        return usageError(QStringLiteral("--for: seconds are a number above 0"));
    if (!readSeconds(commandLine, QStringLiteral("until-idle"), limits.untilIdleMs))
        return usageError(QStringLiteral("--until-idle: seconds are a number above 0"));
    if (!readSeconds(commandLine, QStringLiteral("kernel"), limits.kernelMs) ||
        (limits.kernelMs && (*limits.kernelMs < shortestLookMs || *limits.kernelMs > longestLookMs)))
        return usageError(QStringLiteral("--kernel: seconds are a number from 0.01 to 3600"));
    const auto target = OutputStream::open(commandLine.value(QStringLiteral("events")));
    if (!target)
        return usageError(QStringLiteral("--events: the file cannot be written: ") +
                          QString::fromStdString(errnoNameAndText(errno)));
    try {
        return run(argc, argv, commandLine, limits, *target);
    } catch (const std::system_error& error) {
        printError(QStringLiteral("there is no thread to write the output with: ") +
                   QString::fromStdString(errnoNameAndText(error.code().value())));
        return 1;
    } catch (const std::bad_alloc&) {
        tellStandardError("sockstage-cli: there is not enough memory to begin (ENOMEM)\n");
        return 1;
    }
}
