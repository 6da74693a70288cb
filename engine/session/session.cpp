// SPDX-License-Identifier: GPL-3.0-or-later
#include "session.h"

#include <QStringList>
#include <algorithm>
#include <utility>

#include "localaddresses.h"
#include "optionlook.h"
#include "plannedcall.h"
#include "reachlook.h"
#include "sessionworker.h"
#include "sharedaddresses.h"
#include "statewords.h"

namespace sockstage {

Session::Session(SocketConfig config, QObject* parent)
    : QObject(parent), worker_(std::make_shared<Worker>(std::move(config), this)) {
    worker_->makeReactor();
}

Session::~Session() {
    worker_->leave();
}

void Session::open() {
    worker_->open();
}

// Reading ----------------------------------------------------------------------------------------

const SocketConfig& Session::config() const {
    return worker_->record.config;
}

const CaptureStore& Session::capture() const {
    return worker_->record.capture;
}

const ConnectionTable& Session::connections() const {
    return worker_->record.connections;
}

const StageTable& Session::stages() const {
    return worker_->record.stages;
}

const SessionCounters& Session::counters() const {
    return worker_->record.counters;
}

SocketAddress Session::localAddress() const {
    return worker_->record.local.get();
}

SocketAddress Session::remoteAddress() const {
    return worker_->record.remote.get();
}

int Session::descriptor() const {
    return worker_->record.fd.load(std::memory_order_relaxed);
}

int Session::madeDescriptor() const {
    return worker_->record.madeFd.load(std::memory_order_relaxed);
}

int Session::addressesFound() const {
    return static_cast<int>(worker_->record.addresses.load(std::memory_order_relaxed));
}

qint64 Session::openedNs() const {
    return worker_->record.openedNs.load(std::memory_order_relaxed);
}

int Session::workerThreadId() const {
    return worker_->record.workerThreadId.load(std::memory_order_relaxed);
}

bool Session::isFinished() const {
    return worker_->record.finished.load(std::memory_order_acquire);
}

bool Session::isForgotten() const {
    return worker_->record.forgotten.load(std::memory_order_acquire);
}

QString Session::failure() const {
    const std::string failure = worker_->record.failure.get();
    if (failure.empty() && worker_->record.machineryFailed.load(std::memory_order_relaxed))
        return QString::fromUtf8(memoryRanOut.data(), static_cast<int>(memoryRanOut.size()));
    return QString::fromStdString(failure);
}

QString Session::trouble() const {
    return QString::fromStdString(worker_->record.trouble.get());
}

QString Session::portOwner() const {
    return QString::fromStdString(worker_->record.portOwner.get());
}

PortHolders Session::portHolders() const {
    return worker_->record.portHolders.get();
}

QString Session::failureCause() const {
    return failureCause(0);
}

QString Session::failureCause(std::uint32_t connection) const {
    return QString::fromStdString(worker_->record.causes.get(connection));
}

std::vector<Reachability> Session::reachability() const {
    return lookAtReach(worker_->record).addresses;
}

ReachAnswer Session::lastReach() const {
    return descriptor() < 0 ? ReachAnswer() : worker_->record.reach.get();
}

std::vector<OptionValue> Session::optionValues(std::uint32_t connection) const {
    return worker_->record.options.values(connection);
}

quint64 Session::optionReadings(std::uint32_t connection) const {
    return worker_->record.options.count(connection);
}

QString Session::stateWord() const {
    return sockstage::stateWord(worker_->record);
}

QString Session::plannedCall(Stage stage, std::uint32_t connection) const {
    return QString::fromStdString(sockstage::plannedCall(worker_->record, stage, connection).call);
}

QStringList Session::plannedOptions(Stage stage, std::uint32_t connection) const {
    QStringList texts;
    for (const std::string& text : sockstage::plannedCall(worker_->record, stage, connection).options)
        texts << QString::fromStdString(text);
    return texts;
}

std::size_t Session::readBytes() const {
    return worker_->record.readBytes.load(std::memory_order_relaxed);
}

std::shared_ptr<const KernelHistory> Session::kernelHistory(std::uint32_t connection) const {
    return worker_->record.kernelHistories.find(connection);
}

std::vector<TcpState> Session::tcpStateHistory(std::uint32_t connection) const {
    const TcpStateHistory* history = worker_->record.tcpStateHistory(connection);
    return history == nullptr ? std::vector<TcpState>() : history->states();
}

// Verbs ------------------------------------------------------------------------------------------

void Session::send(const ConnectionNumbers& targets, const QByteArray& bytes) {
    const auto owner = std::make_shared<const QByteArray>(bytes);
    const Payload payload{
        owner, std::as_bytes(std::span(owner->constData(), static_cast<std::size_t>(owner->size())))};
    worker_->post([targets, payload](SessionSockets& life) { life.send(targets, payload); });
}

void Session::sendFile(const ConnectionNumbers& targets, const QString& path) {
    const std::string file = path.toLocal8Bit().toStdString();
    worker_->post([targets, file](SessionSockets& life) { life.sendFile(targets, file); });
}

void Session::sendTo(const SocketAddress& peer, const QByteArray& bytes) {
    const auto owner = std::make_shared<const QByteArray>(bytes);
    const Payload payload{
        owner, std::as_bytes(std::span(owner->constData(), static_cast<std::size_t>(owner->size())))};
    worker_->post([peer, payload](SessionSockets& life) { life.sendTo(peer, payload); });
}

void Session::cancelSends(const ConnectionNumbers& targets) {
    worker_->post([targets](SessionSockets& life) { life.cancelSends(targets); });
}

void Session::hold(Stage stage, const ConnectionNumbers& targets) {
    worker_->post([stage, targets](SessionSockets& life) { life.hold(stage, targets); });
}

void Session::release(Stage stage, const ConnectionNumbers& targets) {
    worker_->post([stage, targets](SessionSockets& life) { life.release(stage, targets); });
}

void Session::holdAll() {
    worker_->post([](SessionSockets& life) { life.holdAll(); });
}

void Session::releaseAll() {
    worker_->post([](SessionSockets& life) { life.releaseAll(); });
}

void Session::step(std::uint32_t connection) {
    worker_->post([connection](SessionSockets& life) { life.step(connection); });
}

void Session::step(Stage stage, std::uint32_t connection) {
    worker_->post([stage, connection](SessionSockets& life) { life.step(stage, connection); });
}

void Session::setReadBytes(std::size_t bytes) {
    worker_->record.readBytes.store(std::clamp(bytes, smallestRead, largestRead), std::memory_order_relaxed);
}

void Session::shutdownSending(const ConnectionNumbers& targets) {
    worker_->post([targets](SessionSockets& life) { life.shutdownSending(targets); });
}

void Session::shutdownReceiving(const ConnectionNumbers& targets) {
    worker_->post([targets](SessionSockets& life) { life.shutdownReceiving(targets); });
}

void Session::close(int graceMs) {
    worker_->post([graceMs](SessionSockets& life) { life.close(graceMs); });
}

void Session::closeConnections(const ConnectionNumbers& targets, int graceMs) {
    worker_->post([targets, graceMs](SessionSockets& life) { life.closeConnections(targets, graceMs); });
}

void Session::reset(const ConnectionNumbers& targets) {
    worker_->post([targets](SessionSockets& life) { life.reset(targets); });
}

void Session::readOptions(std::uint32_t connection, quint64 requestId) {
    worker_->post([=](SessionSockets& life) { life.readOptions(connection, requestId); });
}

bool Session::setOption(std::uint32_t connection, int level, int name, std::int64_t value,
                        quint64 requestId) {
    const OptionFact* fact = findOption(level, name);
    if (fact == nullptr) return false;
    const auto bytes = optionBytes(*fact, value);
    if (bytes.empty()) return false;
    if (fact->kind == OptionKind::Linger && value > 0) worker_->mayLinger = true;
    worker_->post([=](SessionSockets& life) { life.setOption(connection, *fact, bytes, requestId); });
    return true;
}

bool Session::setOption(std::uint32_t connection, int level, int name, const QString& value,
                        quint64 requestId) {
    const OptionFact* fact = findOption(level, name);
    if (fact == nullptr || fact->kind != OptionKind::Text) return false;
    const auto bytes = optionBytes(value.toStdString());
    worker_->post([=](SessionSockets& life) { life.setOption(connection, *fact, bytes, requestId); });
    return true;
}

void Session::takeOptionAnswers(std::deque<OptionAnswer>& into) {
    worker_->record.optionAnswers.take(into);
}

void Session::watch(const ConnectionNumbers& visible, bool sweep) {
    worker_->postLook([visible, sweep](SessionSockets& life) { life.watch(visible, sweep); });
}

void Session::askReach() {
    constexpr qint64 pauseNs = 1'000'000'000;
    const StageTable& all = stages();
    std::uint32_t done = 0;
    for (const Stage stage : {Stage::Bind, Stage::Listen})
        done += all.at(stage).state.load(std::memory_order_relaxed) == StageState::Done ? 1 : 0;
    const qint64 now = CaptureStore::nowNs();
    const bool further = std::exchange(reachAskedAt_, done) != done;
    const bool nothing = descriptor() < 0 || !isServer(config().role);
    if (nothing || (!further && reachAskedNs_ != 0 && now - reachAskedNs_ < pauseNs)) return;
    reachAskedNs_ = now;
    worker_->postLook([](SessionSockets& life) { life.lookAtReach(); });
}

void Session::observe(std::optional<std::uint32_t> connection, int intervalMs) {
    std::shared_ptr<KernelHistory> history;
    if (connection) history = worker_->record.kernelHistories.ensure(*connection);
    worker_->postLook([history, intervalMs](SessionSockets& life) { life.observe(history, intervalMs); });
}

void Session::logKernel(int intervalMs) {
    worker_->postLook([intervalMs](SessionSockets& life) { life.logKernel(intervalMs); });
}

std::uint64_t Session::takeKernelLog(std::deque<KernelLog::Entry>& into) {
    return worker_->record.kernelLog.take(into);
}

ReachPreview::ReachPreview() : own_(interfaceAddresses()), shared_(sharedAddresses()) {}

ReachAnswer ReachPreview::of(const SocketAddress& local, bool stream) const {
    BoundSocket socket;
    socket.local = local;
    socket.stream = stream;
    return reachAnswer(socket, own_, shared_);
}

}  // namespace sockstage
