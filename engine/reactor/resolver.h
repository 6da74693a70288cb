// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "reactor.h"
#include "syscalls.h"

namespace sockstage {

/// getaddrinfo() cannot be interrupted, so each question runs on a thread of its own that is thrown
/// away; the answer comes by mail and is dropped when it is not awaited any more. Worker thread only.
class Resolver {
public:
    explicit Resolver(Reactor& reactor) : reactor_(reactor), current_(std::make_shared<std::uint64_t>(0)) {}
    ~Resolver() { cancel(); }

    using Answer = std::function<void(const Resolution&)>;
    /// `question`: getaddrinfo()'s arguments. Returns 0, or the errno with which no thread could be made.
    int ask(const Resolution& question, Answer answer);
    void cancel() { ++*current_; }

private:
    Reactor& reactor_;
    std::shared_ptr<std::uint64_t> current_;  // generation; the worker alone reads and writes it
};

}  // namespace sockstage
