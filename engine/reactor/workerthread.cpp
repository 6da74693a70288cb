// SPDX-License-Identifier: GPL-3.0-or-later
#include "workerthread.h"

#include <unistd.h>

#include <csignal>
#include <utility>

namespace sockstage {
namespace {

/// A thread inherits the mask of the one that starts it.
class SignalsBlocked {
public:
    SignalsBlocked() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, &before_);
    }
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

private:
    sigset_t before_{};
};

}  // namespace

std::thread startWorkerThread(std::function<void()> run) {
    const SignalsBlocked blocked;
    return std::thread(std::move(run));
}

int ownThreadId() {
    return gettid();
}

}  // namespace sockstage
