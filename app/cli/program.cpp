// SPDX-License-Identifier: GPL-3.0-or-later
#include "program.h"

#include <algorithm>
#include <utility>

#include "errorlines.h"
#include "outputstream.h"
#include "payloadtext.h"
#include "programrunning.h"
#include "standarderror.h"

namespace sockstage {
namespace {

constexpr int shortestTickMs = 5;
constexpr int longestTickMs = 40;
constexpr qint64 longestWaitForServersMs = 1000;

qint64 nowEpochNs(const Session& session) {
    return session.capture().toEpochNs(CaptureStore::nowNs());
}

/// It got as far as waiting for clients or bytes.
bool isSetUp(const Session& session) {
    const Stage first = session.config().role == Role::TcpServer ? Stage::Accept : Stage::Recv;
    return session.stages().at(first).state.load() != StageState::NotYet;
}

/// Clients may connect: the server listens or is bound, or it will not without help.
bool isReady(const Session& session) {
    const StageTable& stages = session.stages();
    const Stage last = session.config().role == Role::TcpServer ? Stage::Listen : Stage::Bind;
    if (session.isFinished() || stages.at(last).state.load() == StageState::Done) return true;
    const auto order = setupOrder(session.config().role);
    return std::any_of(order.begin(), order.end(), [&](Stage stage) {
        const StageState state = stages.at(stage).state.load();
        return state == StageState::Held || state == StageState::Failed;
    });
}

}  // namespace

Program::Program(const CommandLine& commandLine, RunLimits limits, OutputStream& output, EventSink& sink,
                 QObject* parent)
    : QObject(parent),
      commandLine_(commandLine),
      limits_(limits),
      output_(output),
      sink_(sink),
      pump_(output) {
    timer_.setSingleShot(true);
    timer_.setTimerType(Qt::PreciseTimer);
    connect(&timer_, &QTimer::timeout, this, &Program::tick);
    connect(&output_, &OutputStream::drained, this, [this] {
        if (closing_ || pump_.more()) schedule(0);
    });
    connect(&output_, &OutputStream::broken, this, [this] { schedule(0); });
    connect(&signals_, &TerminationSignals::received, this, &Program::onSignal);
    makeSessions();
    makeInput();
}

Program::Running& Program::add(const SocketConfig& config) {
    const int number = static_cast<int>(sessions_.size()) + 1;
    Running& running = *sessions_.emplace_back(std::make_unique<Running>(config, number, sink_));
    pump_.add(&running.events);
    connect(&running.session, &Session::stageChanged, this, [this] { schedule(0); });
    connect(&running.session, &Session::finished, this, [this] { schedule(0); });
    return running;
}

void Program::makeSessions() {
    for (const SocketConfig& config : commandLine_.sockets())
        add(config);
}

void Program::play(const QString& scene) {
    const auto openSocket = [this](const SocketConfig& config) {
        Running& running = add(config);
        open(running);
        return &running.session;
    };
    scene_ = std::make_unique<ScenePlayer>(scene, openSocket, sink_, [this] { pump_.run(); });
    connect(scene_.get(), &ScenePlayer::over, this, &Program::sceneOver);
}

void Program::sceneOver() {
    if (!closing_) closeAll(QStringLiteral("the scene is over"));
}

void Program::makeInput() {
    std::vector<InputTarget> targets;
    for (const auto& running : sessions_)
        targets.push_back({running->session, running->events});
    input_ = std::make_unique<CommandInput>(std::move(targets), [this] { return output_.isFull(); });
    connect(input_.get(), &CommandInput::quitWanted, this, [this] { closeAll(QStringLiteral("quit")); });
    connect(input_.get(), &CommandInput::ended, this, &Program::onInputEnd);
    connect(input_.get(), &CommandInput::reachabilityWanted, this, [this](int number) {
        const Session& session = sessions_[static_cast<std::size_t>(number) - 1]->session;
        for (const Reachability& reach : session.reachability())
            sink_.reachability({nowEpochNs(session), number, 0}, reach);
    });
    connect(input_.get(), &CommandInput::closeWanted, this, [this](int number, const QString& reason) {
        close(*sessions_[static_cast<std::size_t>(number) - 1], reason);
    });
}

Program::~Program() = default;

void Program::start() {
    sinceStart_.start();
    sinceActivity_.start();
    for (const auto& running : sessions_)
        if (isServer(running->session.config().role)) open(*running);
    if (scene_) {
        allOpened_ = true;
        scene_->start();
    }
    tick();
}

void Program::open(Running& running) {
    running.opened = true;
    const SocketConfig& config = running.session.config();
    sink_.open({nowEpochNs(running.session), running.number, 0}, config.role, config.addressText(),
               config.name);
    if (limits_.kernelMs) running.session.logKernel(static_cast<int>(*limits_.kernelMs));
    running.session.open();
    if (isServer(config.role)) return;
    for (const SendRequest& request : commandLine_.sends()) {
        if (request.file.isEmpty())
            running.session.send({}, request.bytes);
        else
            running.session.sendFile({}, request.file);
    }
}

bool Program::serversReady() const {
    return sinceStart_.hasExpired(longestWaitForServersMs) ||
           std::all_of(sessions_.begin(), sessions_.end(),
                       [](const auto& running) { return !running->opened || isReady(running->session); });
}

/// A client of the same command line would be refused by a server that does not listen yet.
void Program::openWaiting() {
    if (allOpened_ || !serversReady()) return;
    allOpened_ = true;
    for (const auto& running : sessions_)
        if (!running->opened && !running->ended) open(*running);
    if (!closing_) input_->start();
}

void Program::schedule(int milliseconds) {
    if (!done_ && (!timer_.isActive() || timer_.remainingTime() > milliseconds)) timer_.start(milliseconds);
}

void Program::tick() {
    pump_.run();
    openWaiting();
    for (const auto& running : sessions_)
        settle(*running);
    output_.flush();
    flushStandardError();
    input_->goOn();
    checkLimits();
    finishWhenDone();
    intervalMs_ = pump_.idle() ? std::clamp(intervalMs_ * 2, shortestTickMs, longestTickMs) : shortestTickMs;
    schedule(pump_.more() && !output_.isFull() ? 0 : intervalMs_);
}

/// Reports a failure, and writes the last lines of a session that is over.
void Program::settle(Running& running) {
    if (running.ended || !running.opened) return;
    const bool finished = running.session.isFinished();  // before isDrained(): no row comes after it
    reportFailure(running);
    tellFailure(running);
    if (!finished || !(running.events.isDrained() || output_.isBroken())) return;
    running.ended = true;
    reportNeverSent(running);
    if (!output_.isBroken()) running.events.giveUpAnswers();
    if (running.reason.isEmpty())
        running.reason = running.reported ? running.session.failure() : QStringLiteral("ended");
    const EventPlace place{nowEpochNs(running.session), running.number, 0};
    sink_.totals(place, running.session.counters());
    sink_.close(place, printableText(running.reason.toStdString()));
}

void Program::reportFailure(Running& running) {
    if (running.reported) return;
    const QString failure = running.session.failure();
    if (failure.isEmpty()) return;
    running.reported = true;
    if (scene_) return;  // what fails in a scene is meant to; the failure event reports it
    failed_ = failed_ || !signalled_;
    printError(QStringLiteral("session %1: %2").arg(running.number).arg(failureLine(running.session)));
    // What is under way goes on: bytes may still wait behind an error, and a UDP socket outlives one.
    if (!isSetUp(running.session)) close(running, failure);
}

/// One rule for all roles: bytes that should have been sent and never were are a failure, whether the socket
/// failed, the peer went away or there was no peer.
void Program::reportNeverSent(const Running& running) {
    const std::uint64_t bytes = running.session.counters().discardedBytes.get();
    if (bytes == 0 || scene_ || signalled_) return;
    failed_ = true;
    if (!running.reported)
        printError(QStringLiteral("session %1: %2 bytes were never sent").arg(running.number).arg(bytes));
}

/// Once, behind the calls that it is about.
void Program::tellFailure(Running& running) {
    if (!running.reported || running.failureTold || !running.events.isDrained()) return;
    running.failureTold = true;
    sink_.failure({nowEpochNs(running.session), running.number, 0}, running.session.failure().toStdString(),
                  running.session.failureCause().toStdString(), running.session.portHolders());
}

void Program::checkLimits() {
    if (output_.isBroken() && !closing_) {
        if (!output_.error().isEmpty()) printError(QStringLiteral("cannot write: ") + output_.error());
        failed_ = failed_ || !output_.error().isEmpty();
        closeAll(QStringLiteral("output closed"));
    }
    std::uint64_t activity = 0;
    for (const auto& running : sessions_)
        activity += running->session.capture().endRow();
    if (activity != activity_) sinceActivity_.restart();
    activity_ = activity;
    if (closing_) return;
    if (limits_.forMs && sinceStart_.hasExpired(*limits_.forMs)) closeAll(QStringLiteral("time is over"));
    if (limits_.untilIdleMs && sinceActivity_.hasExpired(*limits_.untilIdleMs))
        closeAll(QStringLiteral("idle"));
}

}  // namespace sockstage
