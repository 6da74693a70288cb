// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QSettings>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <new>

#include "calltext.h"
#include "commandline.h"
#include "mainwindow.h"
#include "memoryreserve.h"
#include "processlimits.h"
#include "scene.h"
#include "settings.h"
#include "standarderror.h"
#include "terminationsignals.h"
#include "theme.h"

namespace {

using namespace sockstage;

constexpr int failureStatus = 1;
constexpr int usageStatus = 2;

std::vector<CommandOptionGroup> ownGroups() {
    return {{QStringLiteral("The window"),
             {{QStringLiteral("demo"),
               {},
               QStringLiteral("Start the loopback demo: a TCP server with three clients and a UDP pair.")},
              {QStringLiteral("scene"), QStringLiteral("NAME"),
               QStringLiteral("Start an experiment; NAME is one of: ") +
                   Scene::ids().join(QStringLiteral(", ")) + QLatin1Char('.')},
              {QStringLiteral("theme"), QStringLiteral("light|dark|system"),
               QStringLiteral("Colours. Default: as in the View menu, else the system's.")}}}};
}

/// For the display, themes, fonts and icons. With fewer Qt aborts, or its window hears no signal.
constexpr int descriptorsToBegin = 32;
/// Address space, more than a window with a few sockets and their threads takes.
constexpr std::size_t memoryToBegin = std::size_t{256} << 20;

bool print(const QString& text) {
    const std::string bytes = text.toStdString();
    return std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size() && std::fflush(stdout) == 0;
}

int printError(const QString& what, int status) {
    tellStandardError(("sockstage: " + what.toStdString()) + '\n');
    return status;
}

/// On standard output; returns the exit status.
int tell(const QString& text) {
    if (print(text)) return 0;
    return printError(QStringLiteral("cannot write: ") + QString::fromStdString(errnoNameAndText(errno)),
                      failureStatus);
}

/// What Qt itself understands is taken out: QApplication reads it from argv.
QStringList ownArguments(int argc, char** argv) {
    static const QStringList qtOptions{QStringLiteral("platform"),      QStringLiteral("display"),
                                       QStringLiteral("style"),         QStringLiteral("geometry"),
                                       QStringLiteral("platformtheme"), QStringLiteral("fontengine")};
    QStringList own{QString::fromLocal8Bit(argv[0])};
    for (int i = 1; i < argc; ++i) {
        const QString argument = QString::fromLocal8Bit(argv[i]);
        const QString name = argument.mid(argument.startsWith(QLatin1String("--")) ? 2 : 1);
        if (argument.startsWith(QLatin1Char('-')) && qtOptions.contains(name))
            ++i;
        else
            own << argument;
    }
    return own;
}

/// Without this question Qt ends a program that has no display by abort().
bool hasDisplay(int argc, char** argv) {
    for (int i = 1; i < argc; ++i)
        if (const QByteArray argument(argv[i]);
            argument == "-platform" || argument == "--platform" || argument == "-display")
            return true;
    return !qEnvironmentVariableIsEmpty("DISPLAY") || !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY") ||
           !qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM");
}

const QString noDisplay = QStringLiteral("sockstage-cli does the same in a terminal");

/// A display that is named and does not answer: Qt would tell it in five lines and abort().
void onMessageBeforeTheDisplay(QtMsgType type, const QMessageLogContext& context, const QString& text) {
    if (type == QtFatalMsg) {
        printError(QStringLiteral("the display cannot be opened; ") + noDisplay, failureStatus);
        finishStandardError();
        std::_Exit(failureStatus);
    }
    if (!QByteArray(context.category).startsWith("qt.qpa")) tellStandardError(text.toStdString() + '\n');
}

/// What Qt has to say must not hold up the window where standard error is not read.
void onMessage(QtMsgType type, const QMessageLogContext& context, const QString& text) {
    tellStandardError(qFormatLogMessage(type, context, text).toStdString() + '\n');
    if (type != QtFatalMsg) return;
    finishStandardError();
    std::abort();
}

/// Where Qt itself finds no memory it throws: an exception must not leave the event loop.
class Application : public QApplication {
public:
    Application(int& argc, char** argv, MemoryReserve& reserve)
        : QApplication(argc, argv), reserve_(reserve) {}

    bool notify(QObject* receiver, QEvent* event) override {
        try {
            return QApplication::notify(receiver, event);
        } catch (const std::bad_alloc&) {
            reserve_.release();
            return false;
        }
    }

private:
    MemoryReserve& reserve_;
};

void openSockets(MainWindow& window, const CommandLine& commandLine) {
    Session* first = nullptr;
    for (const SocketConfig& config : commandLine.sockets()) {
        Session* session = window.openSocket(config);
        if (first == nullptr) first = session;
        if (isServer(config.role)) continue;
        for (const SendRequest& request : commandLine.sends()) {
            if (request.file.isEmpty())
                session->send({}, request.bytes);
            else
                session->sendFile({}, request.file);
        }
    }
    if (first != nullptr) window.select(first);
    if (commandLine.isSet(QStringLiteral("demo"))) window.startDemo();
    window.startScene(commandLine.value(QStringLiteral("scene")));
}

int run(int& argc, char** argv, const CommandLine& commandLine) {
    if (!descriptorsLeft(descriptorsToBegin))
        return printError(
            QStringLiteral("there are not enough descriptors to open a window (EMFILE): raise ulimit -n"),
            failureStatus);
    TerminationSignals::block();
    qInstallMessageHandler(onMessageBeforeTheDisplay);
    MemoryReserve reserve(memoryToBegin);
    Application application(argc, argv, reserve);
    qInstallMessageHandler(onMessage);
    QApplication::setOrganizationName(QStringLiteral("Sockstage"));
    QApplication::setApplicationName(QStringLiteral("Sockstage"));
    QApplication::setApplicationVersion(QStringLiteral(SOCKSTAGE_VERSION));
    QGuiApplication::setDesktopFileName(QStringLiteral("org.sockstage.Sockstage"));
    // The last window closes at once; the sockets behind it are given their time.
    QApplication::setQuitOnLastWindowClosed(false);
    const QString theme = commandLine.isSet(QStringLiteral("theme"))
                              ? commandLine.value(QStringLiteral("theme"))
                              : QSettings().value(settingsKey("theme")).toString();
    applyTheme(application, themeFromName(theme));
    MainWindow window(themeFromName(theme));
    const TerminationSignals signalsOfTheSystem;
    QObject::connect(&signalsOfTheSystem, &TerminationSignals::received, &window, [&window] {
        // The second one is from a user who does not want to wait.
        if (!window.isVisible()) return QApplication::quit();
        window.close();
    });
    QObject::connect(&window, &MainWindow::everythingClosed, &application, &QApplication::quit,
                     Qt::QueuedConnection);
    reserve.onRelease([&window] {
        printError(QStringLiteral("out of memory (ENOMEM): the window closes its sockets in order"),
                   failureStatus);
        QMetaObject::invokeMethod(&window, &QWidget::close, Qt::QueuedConnection);
    });
    window.show();
    openSockets(window, commandLine);
    const int status = QApplication::exec();
    return reserve.isReleased() ? failureStatus : status;
}

}  // namespace

int main(int argc, char** argv) {
    fillStandardDescriptors();
    raiseDescriptorLimit();
    returnLargeBlocks();
    spareAddressSpace();
    CommandLine commandLine(QStringLiteral("sockstage"), QStringLiteral("Shows what a socket really does."),
                            ownGroups());
    if (!commandLine.parse(ownArguments(argc, argv))) return printError(commandLine.error(), usageStatus);
    if (commandLine.helpWanted()) return tell(commandLine.helpText());
    if (commandLine.versionWanted()) return tell(commandLine.versionText());
    const QString theme = commandLine.value(QStringLiteral("theme"));
    if (commandLine.isSet(QStringLiteral("theme")) && themeFromName(theme) == Theme::System &&
        theme != QLatin1String("system"))
        return printError(QStringLiteral("--theme is light, dark or system"), usageStatus);
    if (const QString scene = commandLine.value(QStringLiteral("scene"));
        commandLine.isSet(QStringLiteral("scene")) && !Scene::ids().contains(scene))
        return printError(QStringLiteral("--scene: there is no such scene; --help names them"), usageStatus);
    if (!hasDisplay(argc, argv))
        return printError(QStringLiteral("there is no display to open a window on; ") + noDisplay,
                          failureStatus);
    try {
        return run(argc, argv, commandLine);
    } catch (const std::bad_alloc&) {
        tellStandardError("sockstage: there is not enough memory to open the window (ENOMEM)\n");
        return failureStatus;
    }
}
