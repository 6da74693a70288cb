#include "resolver.h"

#include <system_error>
#include <thread>
#include <utility>

namespace sockstage {

int Resolver::ask(std::string node, std::string service, int flags, int family, int socketType,
                  Answer answer) {
    const std::uint64_t generation = ++*current_;
    auto run = [mailbox = reactor_.mailbox(), current = current_, generation, node = std::move(node),
                service = std::move(service), flags, family, socketType,
                answer = std::move(answer)]() mutable {
        Resolution resolution =
            Syscalls::getaddrinfo(std::move(node), std::move(service), flags, family, socketType);
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
