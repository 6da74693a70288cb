// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDeadlineTimer>
#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "commandinput.h"
#include "commandline.h"
#include "eventpump.h"
#include "sceneplayer.h"
#include "session.h"
#include "terminationsignals.h"

namespace sockstage {

class OutputStream;

/// How long the program runs, and how often it looks at the kernel meanwhile.
struct RunLimits {
    std::optional<qint64> forMs;
    std::optional<qint64> untilIdleMs;
    std::optional<qint64> kernelMs;
};

/// The terminal program: opens the sessions, carries out standard input, writes what happens and
/// ends in order. Main thread; everything with sockets happens on the sessions' workers.
class Program : public QObject {
    Q_OBJECT

public:
    Program(const CommandLine& commandLine, RunLimits limits, OutputStream& output, EventSink& sink,
            QObject* parent = nullptr);
    ~Program() override;
    /// Plays this scene instead of the command line's sockets, and ends with it. Before start().
    void play(const QString& scene);
    void start();
    /// Memory has run out on this thread: closes everything in order, the first time it happens.
    void endWithoutMemory();
    /// Once `ended` was emitted.
    int exitStatus() const { return failed_ ? 1 : 0; }
    /// A worker hangs in close(): the destructor waits for it.
    bool leavesWorkers() const { return leavesWorkers_; }

Q_SIGNALS:
    void ended();

private:
    struct Running;

    Running& add(const SocketConfig& config);
    void makeSessions();
    void sceneOver();
    void settleScene(const QString& reason);
    void makeInput();
    void openWaiting();
    void open(Running& running);
    bool serversReady() const;
    void tick();
    void settle(Running& running);
    void reportFailure(Running& running);
    void reportNeverSent(const Running& running);
    void tellFailure(Running& running);
    void checkLimits();
    void finishWhenDone();
    bool isStuckWithoutMemory();
    void endWithoutOutput();
    void endNow();
    void leaveWorkers();
    QString unwrittenText() const;
    bool allEnded() const;
    void schedule(int milliseconds);
    void closeAll(const QString& reason);
    void close(Running& running, const QString& reason);

    void onSignal(const QString& name);
    void onInputEnd(bool anything);

    const CommandLine& commandLine_;
    const RunLimits limits_;
    OutputStream& output_;
    EventSink& sink_;
    std::vector<std::unique_ptr<Running>> sessions_;
    EventPump pump_;
    TerminationSignals signals_;
    std::unique_ptr<CommandInput> input_;
    std::unique_ptr<ScenePlayer> scene_;
    QTimer timer_;
    int intervalMs_ = 0;
    std::uint64_t activity_ = 0;
    QElapsedTimer sinceStart_, sinceActivity_, sinceSecondEnd_;
    bool allOpened_ = false, closing_ = false, signalled_ = false, failed_ = false, done_ = false;
    bool noMemory_ = false, closedWithoutMemory_ = false;
    bool leavesWorkers_ = false;
    QElapsedTimer sinceOutputMoved_, sinceMemoryHelped_;
    std::size_t outputLeft_ = 0;
    std::pair<std::uint64_t, std::size_t> doneWithoutMemory_;  // rows written, bytes that wait
};

}  // namespace sockstage
