// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/socket.h>
#include <unistd.h>
#include <QtTest>
#include <array>
#include <thread>

#include "reactor.h"

using namespace sockstage;

namespace {

struct Pair {
    Pair() {
        std::array<int, 2> ends{};
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) != 0) qFatal("socketpair");
        near = FileDescriptor(ends[0]);
        far = FileDescriptor(ends[1]);
    }
    FileDescriptor near, far;
};

}  // namespace

class TestReactor : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void tasksRunInOrder();
    void mailForAReactorThatHasGoneIsDropped();
    void timersRunInOrderAndCanBeCancelled();
    void readinessReachesItsHandler();
    void aRemovedHandlerIsNotCalledAnyMore();
    void aParkedHangUpDoesNotSpin();
};

void TestReactor::tasksRunInOrder() {
    Reactor reactor;
    std::vector<int> order;
    std::thread poster([&reactor, &order, mailbox = reactor.mailbox()] {
        for (int i = 0; i < 1000; ++i)
            mailbox->post([&order, i] { order.push_back(i); });
        mailbox->post([&reactor] { reactor.stop(); });
    });
    reactor.run();
    poster.join();
    QCOMPARE(order.size(), std::size_t(1000));
    QVERIFY(std::is_sorted(order.begin(), order.end()));
}

void TestReactor::mailForAReactorThatHasGoneIsDropped() {
    std::shared_ptr<Mailbox> mailbox;
    {
        const Reactor reactor;
        mailbox = reactor.mailbox();
    }
    bool ran = false;
    mailbox->post([&ran] { ran = true; });
    QVERIFY(mailbox->take().empty());
    QVERIFY(!ran);
}

void TestReactor::timersRunInOrderAndCanBeCancelled() {
    Reactor reactor;
    std::vector<int> order;
    reactor.after(20, [&] { order.push_back(2); });
    reactor.after(1, [&] { order.push_back(1); });
    const auto cancelled = reactor.after(5, [&] { order.push_back(9); });
    reactor.cancel(cancelled);
    reactor.after(30, [&] { reactor.stop(); });
    reactor.run();
    QCOMPARE(order, (std::vector<int>{1, 2}));
}

void TestReactor::readinessReachesItsHandler() {
    Reactor reactor;
    Pair pair;
    char got = 0;
    reactor.add(pair.near.get(), Reactor::readable, [&](std::uint32_t events) {
        QVERIFY((events & Reactor::readable) != 0);
        QCOMPARE(read(pair.near.get(), &got, 1), ssize_t(1));
        reactor.stop();
    });
    QCOMPARE(write(pair.far.get(), "x", 1), ssize_t(1));
    reactor.run();
    QCOMPARE(got, 'x');
}

void TestReactor::aRemovedHandlerIsNotCalledAnyMore() {
    Reactor reactor;
    Pair first, second;
    int calls = 0;
    std::array<Reactor::Id, 2> ids{};
    // Both are ready in one batch; the handler that runs first removes itself and the other.
    const auto handler = [&](std::uint32_t) {
        ++calls;
        for (const auto id : ids)
            reactor.remove(id);
        reactor.after(1, [&] { reactor.stop(); });
    };
    ids = {reactor.add(first.near.get(), Reactor::readable, handler),
           reactor.add(second.near.get(), Reactor::readable, handler)};
    QCOMPARE(write(first.far.get(), "x", 1) + write(second.far.get(), "x", 1), ssize_t(2));
    reactor.run();
    QCOMPARE(calls, 1);
}

void TestReactor::aParkedHangUpDoesNotSpin() {
    Reactor reactor;
    Pair pair;
    int calls = 0;
    Reactor::Id id = 0;
    id = reactor.add(pair.near.get(), 0, [&](std::uint32_t) {
        ++calls;
        reactor.park(id);
    });
    close(pair.far.release());                               // the hang-up
    reactor.after(20, [&] { reactor.setInterest(id, 0); });  // requested again: reported again, once
    reactor.after(40, [&] { reactor.stop(); });
    reactor.run();
    QCOMPARE(calls, 2);
}

QTEST_GUILESS_MAIN(TestReactor)
#include "tst_reactor.moc"
