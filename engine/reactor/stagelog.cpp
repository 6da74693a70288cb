// SPDX-License-Identifier: GPL-3.0-or-later
#include "stagelog.h"

#include "calltext.h"

namespace sockstage {

void StageLog::enter(Stage stage, StageState state, std::string_view sentence, int error,
                     std::uint32_t connection) {
    StageStatus& status = record_.stages.at(stage);
    status.error.store(error, std::memory_order_relaxed);
    status.sinceNs.store(CaptureStore::nowNs(), std::memory_order_relaxed);
    status.state.store(state, std::memory_order_release);  // who sees it finds its error and time
    calls_.mark({stage, connection}, state, error, sentence);
    changed_();
}

void StageLog::called(Stage stage, const CallResult& result) {
    if (result.wouldBlock()) return;
    StageStatus& status = record_.stages.at(stage);
    status.lastRow.store(result.row, std::memory_order_relaxed);
    if (status.firstRow.load(std::memory_order_relaxed) == StageStatus::noRow)
        status.firstRow.store(result.row, std::memory_order_relaxed);
    status.durationNs.store(result.durationNs, std::memory_order_relaxed);
    status.calledNs.store(CaptureStore::nowNs(), std::memory_order_relaxed);
    if (result.ok()) status.count.fetch_add(1, std::memory_order_relaxed);
}

void StageLog::note(CallSite site, std::string_view sentence) {
    calls_.mark(site, state(site.stage), 0, sentence);
}

void StageLog::beginAttempt(Stage stage, std::uint32_t attempt) {
    StageStatus& status = record_.stages.at(stage);
    status.attempt.store(attempt, std::memory_order_relaxed);
    status.error.store(0, std::memory_order_relaxed);
    status.durationNs.store(-1, std::memory_order_relaxed);
    status.calledNs.store(0, std::memory_order_relaxed);
    status.count.store(0, std::memory_order_relaxed);
    status.lastRow.store(StageStatus::noRow, std::memory_order_relaxed);
    status.firstRow.store(record_.capture.endRow(), std::memory_order_relaxed);
}

void StageLog::fail(std::string reason, const std::string& earlier) {
    if (lasting_.empty() || lasting_ == earlier) lasting_ = reason;
    keepFirst(std::move(reason), earlier);
    showTrouble();
}

void StageLog::failFile(const std::string& reason) {
    if (record_.failure.get().empty())
        record_.causes.set(0, "The file failed; the socket had no part in it.");
    fail("send: " + reason);
}

void StageLog::failAt(Stage stage, std::string reason) {
    passing_[static_cast<std::size_t>(stage)] = reason;
    keepFirst(std::move(reason), {});
    showTrouble();
}

void StageLog::recovered(Stage stage) {
    passing_[static_cast<std::size_t>(stage)].clear();
    showTrouble();
}

void StageLog::keepFirst(std::string reason, const std::string& earlier) {
    const std::string known = record_.failure.get();
    if (known.empty() || known == earlier) record_.failure.set(std::move(reason));
}

void StageLog::showTrouble() {
    std::string trouble = lasting_;
    for (const std::string& each : passing_)
        if (trouble.empty()) trouble = each;
    record_.trouble.set(std::move(trouble));
    changed_();
}

std::string failureText(std::string_view what, const std::string& address, const std::string& errorName,
                        const std::string& errorText) {
    return std::string(what) + (address.empty() ? "" : " " + address) + ": " + errorName + " (" + errorText +
           ")";
}

std::string failureText(std::string_view what, const SocketAddress& address, int error) {
    return failureText(what, address.text(), errnoName(error), errnoText(error));
}

std::string starvedText(int error) {
    return "the kernel has no epoll watch left: " + errnoNameAndText(error);
}

void noteIfStarved(const Environment& env, CallSite site) {
    if (const int error = env.reactor.starvedBy(); error != 0)
        env.log.note(site, starvedText(error) +
                               "; nothing is received here until it has: tried again ten times a second");
}

}  // namespace sockstage
