// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <atomic>

#include "sessiontest.h"

// Sessions for which the kernel has no epoll watch left: this program's epoll_ctl() stands before the C
// library's.

namespace {

std::atomic<int> allowed{-1};  // watches that can still be had; -1: any number
std::atomic<int> refused{0};
std::atomic<int> errorOf{ENOSPC};
std::atomic<bool> deleteFails{false};
std::atomic<int> waitError{0};
std::atomic<int> waits{0};

}  // namespace

extern "C" int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) noexcept {
    if (operation == EPOLL_CTL_DEL && deleteFails) {
        errno = ENOMEM;
        return -1;
    }
    if (operation == EPOLL_CTL_ADD && allowed >= 0) {
        if (allowed == 0) {
            ++refused;
            errno = errorOf;
            return -1;
        }
        --allowed;
    }
    return static_cast<int>(syscall(SYS_epoll_ctl, epoll, operation, fd, event));
}

extern "C" int epoll_wait(int epoll, epoll_event* events, int room, int timeout) {
    ++waits;
    if (const int error = waitError; error != 0) {
        errno = error;
        return -1;
    }
    return epoll_pwait(epoll, events, room, timeout, nullptr);
}

using namespace sockstage;

class TestWatches : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup() {
        allowed = -1;
        deleteFails = false;
        waitError = 0;
    }
    void whoCannotBeWatchedWaits_data();
    void whoCannotBeWatchedWaits();
    void aClientWithoutAWatchConnectsLater();
    void aWatchThatCannotBeTakenAwayHarmsNobody();
    void withoutEpollTheSessionEndsAndDoesNotSpin();
};

void TestWatches::whoCannotBeWatchedWaits_data() {
    QTest::addColumn<int>("error");
    QTest::addColumn<int>("watches");
    QTest::newRow("for its listener") << ENOMEM << 0;
    QTest::newRow("for its first client") << ENOSPC << 1;
    QTest::newRow("for its third client") << ENOSPC << 3;
}

/// No client is dropped, the server says why it pauses, and goes on by itself.
void TestWatches::whoCannotBeWatchedWaits() {
    QFETCH(int, error);
    QFETCH(int, watches);
    Session session(config(Role::TcpServer));
    errorOf = error;
    refused = 0;
    allowed = watches;
    session.open();
    QVERIFY(QTest::qWaitFor([&] { return session.localAddress().isValid(); }));
    QVERIFY(awaitState(session, Stage::Listen, StageState::Done));
    std::vector<Peer> peers;
    for (int i = 0; i < 6; ++i) {
        peers.push_back(Peer::connectedTo(session.localAddress()));
        peers.back().send("x");
    }
    QTRY_VERIFY(refused > 0);
    QTRY_VERIFY(count(marks(session), "no epoll watch left: ") > 0);
    const auto served = static_cast<quint64>(std::max(0, watches - 1));
    QTRY_COMPARE(session.counters().receivedBytes.get(), served);
    QVERIFY(!session.isFinished());
    allowed = -1;
    QTRY_COMPARE(session.counters().receivedBytes.get(), 6U);
    QCOMPARE(session.failure(), QString());
    QCOMPARE(session.counters().openConnections.get(), 6U);
}

void TestWatches::aClientWithoutAWatchConnectsLater() {
    const Peer server = Peer::boundTo("127.0.0.1");
    Session session(clientOf(server));
    allowed = 0;
    session.open();
    const Peer accepted = server.accept();
    accepted.send("hello");
    QTRY_VERIFY(refused > 0);
    allowed = -1;
    QTRY_COMPARE(session.counters().receivedBytes.get(), 5U);
    session.close();
    QTRY_VERIFY(session.isFinished());
    QCOMPARE(session.failure(), QString());
}

void TestWatches::aWatchThatCannotBeTakenAwayHarmsNobody() {
    const auto server = listening(config(Role::TcpServer));
    deleteFails = true;
    for (int i = 0; i < 5; ++i) {
        Peer peer = Peer::connectedTo(server->localAddress());
        peer.send("x");
        QTRY_COMPARE(server->counters().receivedBytes.get(), quint64(i) + 1);
        if (i % 2 == 0) peer.reset();
        if (i == 1) server->hold(Stage::Accept);
        if (i == 1) server->release(Stage::Accept);
    }
    server->close(0);
    QTRY_VERIFY(server->isFinished());
}

void TestWatches::withoutEpollTheSessionEndsAndDoesNotSpin() {
    const auto server = listening(config(Role::TcpServer));
    const Peer peer = Peer::connectedTo(server->localAddress());
    QTRY_COMPARE(server->counters().openConnections.get(), 1U);
    waits = 0;
    waitError = EBADF;
    peer.send("x");
    QTRY_VERIFY(server->isFinished());
    QVERIFY(waits < 10);
    QVERIFY2(server->failure().contains(QStringLiteral("epoll_wait")), qPrintable(server->failure()));
    QCOMPARE(server->counters().openConnections.get(), 0U);
}

QTEST_GUILESS_MAIN(TestWatches)
#include "tst_watches.moc"
