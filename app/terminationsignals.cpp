// SPDX-License-Identifier: GPL-3.0-or-later
#include "terminationsignals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>

namespace sockstage {
namespace {

sigset_t endingSignals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    // nohup and daemons ignore SIGHUP on purpose.
    struct sigaction hangup {};
    if (sigaction(SIGHUP, nullptr, &hangup) == 0 && hangup.sa_handler != SIG_IGN) sigaddset(&set, SIGHUP);
    return set;
}

}  // namespace

int TerminationSignals::signalFd_ = -1;

void TerminationSignals::block() {
    const sigset_t set = endingSignals();
    signalFd_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signalFd_ >= 0) sigprocmask(SIG_BLOCK, &set, nullptr);
    // What they say, write() says as well: EPIPE, and EFBIG at the limit of a file's size.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
}

TerminationSignals::TerminationSignals(QObject* parent) : QObject(parent) {
    if (signalFd_ < 0) return;
    notifier_ = std::make_unique<QSocketNotifier>(signalFd_, QSocketNotifier::Read);
    connect(notifier_.get(), &QSocketNotifier::activated, this, &TerminationSignals::read);
}

TerminationSignals::~TerminationSignals() {
    notifier_.reset();
}

void TerminationSignals::read() {
    signalfd_siginfo info{};
    while (::read(signalFd_, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
        const char* name = sigabbrev_np(static_cast<int>(info.ssi_signo));
        Q_EMIT received(QStringLiteral("SIG") + QString::fromLatin1(name != nullptr ? name : "?"));
    }
}

}  // namespace sockstage
