// SPDX-License-Identifier: GPL-3.0-or-later
#include "resolver.h"

#include <cerrno>
#include <chrono>
#include <memory>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

namespace sockstage {

namespace {

/// The session waits for an answer, and only this thread can bring it.
template <typename Task>
auto untilThereIsMemory(Task task) {
    constexpr std::chrono::milliseconds pause{10};
    for (;;) {
        try {
            return task();
        } catch (const std::bad_alloc&) {
            std::this_thread::sleep_for(pause);
        }
    }
}

}  // namespace

int Resolver::ask(const Resolution& question, Answer answer) {
    const std::uint64_t generation = ++*current_;
    auto run = [mailbox = reactor_.mailbox(), current = current_, generation, question,
                answer = std::move(answer)] {
        const auto resolution = untilThereIsMemory([&question] {
            return std::make_shared<const Resolution>(Syscalls::getaddrinfo(
                question.node, question.service, question.flags, question.family, question.socketType));
        });
        untilThereIsMemory([&] {
            mailbox->post([current, generation, answer, resolution] {
                if (*current == generation) answer(*resolution);
            });
        });
    };
    try {
        std::thread(std::move(run)).detach();
    } catch (const std::system_error& failure) {
        return failure.code().value();
    } catch (const std::bad_alloc&) {
        return ENOMEM;
    }
    return 0;
}

}  // namespace sockstage
