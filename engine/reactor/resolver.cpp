#include "resolver.h"

#include <system_error>
#include <thread>
#include <utility>

namespace sockstage {

int Resolver::ask(const Resolution& question, Answer answer) {
    const std::uint64_t generation = ++*current_;
    auto run = [mailbox = reactor_.mailbox(), current = current_, generation, question,
                answer = std::move(answer)]() mutable {
        Resolution resolution = Syscalls::getaddrinfo(question.node, question.service, question.flags,
                                                      question.family, question.socketType);
        mailbox->post([current = std::move(current), generation, answer = std::move(answer),
                       resolution = std::move(resolution)]() mutable {
            if (*current == generation) answer(std::move(resolution));
        });
    };
    try {
        std::thread(std::move(run)).detach();
    } catch (const std::system_error& failure) {
        return failure.code().value();
    }
    return 0;
}

}  // namespace sockstage
