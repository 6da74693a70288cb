// SPDX-License-Identifier: GPL-3.0-or-later
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <QProcess>
#include <QtTest>
#include <algorithm>

#include "kernellook.h"
#include "sockdiag.h"

using namespace sockstage;

namespace {

SocketAddress nameOf(int fd, bool peer = false) {
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    auto* const address = reinterpret_cast<sockaddr*>(&storage);
    const int result = peer ? getpeername(fd, address, &length) : getsockname(fd, address, &length);
    return result == 0 ? SocketAddress(address, length) : SocketAddress();
}

/// Two ends of one connection over loopback, and the socket they came from.
struct Pair {
    explicit Pair(const char* host) {
        const SocketAddress any = *SocketAddress::fromNumeric(host, 0);
        listener = ::socket(any.family(), SOCK_STREAM, 0);
        if (::bind(listener, any.data(), any.length()) != 0 || ::listen(listener, 7) != 0) qFatal("listen");
        const SocketAddress bound = nameOf(listener);
        client = ::socket(any.family(), SOCK_STREAM, 0);
        if (::connect(client, bound.data(), bound.length()) != 0) qFatal("connect");
        server = ::accept(listener, nullptr, nullptr);
    }
    Pair(const Pair&) = delete;
    ~Pair() {
        for (int* each : {&listener, &client, &server})
            close(*each);
    }
    static void close(int& fd) {
        if (fd >= 0) ::close(std::exchange(fd, -1));
    }
    int listener = -1, client = -1, server = -1;
};

SocketIdentity identityOf(int fd, bool tcp = true) {
    return {tcp, nameOf(fd), nameOf(fd, true), socketCookie(fd), boundInterface(fd)};
}

QByteArray ss(const QStringList& arguments) {
    QProcess process;
    process.start(QStringLiteral("ss"), arguments);
    if (!process.waitForFinished()) qFatal("ss does not run");
    return process.readAllStandardOutput();
}

}  // namespace

class TestSockDiag : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsOpenSockets_data() {
        QTest::addColumn<QString>("host");
        QTest::newRow("IPv4") << "127.0.0.1";
        QTest::newRow("IPv6") << "::1";
    }
    void findsOpenSockets() {
        QFETCH(QString, host);
        const Pair pair(qPrintable(host));
        SockDiag diag;
        KernelFacts facts;
        QCOMPARE(diag.find(identityOf(pair.client), facts), SockDiag::Answer::Found);
        QCOMPARE(facts.source, FactsSource::SockDiag);
        QCOMPARE(facts.state, TcpState::Established);
        QVERIFY(facts.rttUs > 0);
        QVERIFY(facts.sendBufferBytes > 0);
        QVERIFY(facts.congestionControl[0] != '\0');
        QCOMPARE(diag.find(identityOf(pair.listener), facts), SockDiag::Answer::Found);
        QCOMPARE(facts.state, TcpState::Listen);
        QCOMPARE(facts.acceptQueueLimit, 7);
    }
    void followsAnEndToItsTimeWait() {
        Pair pair("127.0.0.1");
        const SocketIdentity client = identityOf(pair.client);
        SockDiag diag;
        KernelFacts facts;
        Pair::close(pair.client);
        // The peer acknowledges the FIN when it likes.
        QTRY_VERIFY(diag.find(client, facts) == SockDiag::Answer::Found && facts.state == TcpState::FinWait2);
        Pair::close(pair.server);
        QTRY_VERIFY(diag.find(client, facts) == SockDiag::Answer::Found && facts.state == TcpState::TimeWait);
        QCOMPARE(facts.timer, KernelTimer::TimeWait);
        QVERIFY(facts.timerMs > 50'000 && facts.timerMs <= 60'000);
    }
    void findsASocketWhoseLocalAddressNobodyAskedFor() {
        Pair pair("::1");
        SocketIdentity client = identityOf(pair.client);
        client.local = {};
        SockDiag diag;
        KernelFacts facts;
        QCOMPARE(diag.find(client, facts), SockDiag::Answer::Found);
        QCOMPARE(facts.state, TcpState::Established);
        ++client.cookie;
        QCOMPARE(diag.find(client, facts), SockDiag::Answer::Gone);
    }
    void aSocketWithoutANameIsNotGuessed() {
        const Pair pair("127.0.0.1");
        SocketIdentity client = identityOf(pair.client);
        client.cookie = 0;
        SockDiag diag;
        KernelFacts facts;
        QCOMPARE(diag.find(client, facts), SockDiag::Answer::Unavailable);
    }
    void tellsAGoneSocketFromTheListenerOfItsPort() {
        Pair pair("127.0.0.1");
        const SocketIdentity server = identityOf(pair.server);
        const SocketIdentity client = identityOf(pair.client);
        const linger now{1, 0};
        setsockopt(pair.server, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        Pair::close(pair.server);
        SockDiag diag;
        KernelFacts facts;
        QTRY_COMPARE(diag.find(server, facts), SockDiag::Answer::Gone);
        Pair::close(pair.listener);
        QCOMPARE(diag.find(server, facts), SockDiag::Answer::Gone);
        Pair::close(pair.client);
        QCOMPARE(diag.find(client, facts), SockDiag::Answer::Gone);
    }
    void aNewSocketWithTheSameAddressesIsAnother() {
        const int first = ::socket(AF_INET, SOCK_DGRAM, 0);
        const SocketAddress any = *SocketAddress::fromNumeric("127.0.0.1", 0);
        QCOMPARE(::bind(first, any.data(), any.length()), 0);
        const SocketIdentity was = identityOf(first, false);
        SockDiag diag;
        KernelFacts facts;
        QCOMPARE(diag.find(was, facts), SockDiag::Answer::Found);
        QVERIFY(facts.receiveBufferBytes > 0);
        ::close(first);
        QCOMPARE(diag.find(was, facts), SockDiag::Answer::Gone);
        const int second = ::socket(AF_INET, SOCK_DGRAM, 0);
        QCOMPARE(::bind(second, was.local.data(), was.local.length()), 0);
        QCOMPARE(diag.find(was, facts), SockDiag::Answer::Gone);
        QCOMPARE(diag.find(identityOf(second, false), facts), SockDiag::Answer::Found);
        ::close(second);
    }
    void listsAllOnAPortAsSsDoes() {
        Pair pair("127.0.0.1");
        Pair::close(pair.server);
        Pair::close(pair.client);  // the server's end is now in TIME-WAIT
        const std::uint16_t port = nameOf(pair.listener).port();
        SockDiag diag;
        const auto found = diag.socketsOnPort(true, AF_INET, port);
        QVERIFY(found);
        QStringList states;
        for (const DiagSocket& socket : *found) {
            states << QString::fromUtf8(tcpStateName(socket.state).data());
            QCOMPARE(socket.local.port(), port);
            QCOMPARE(socket.inode != 0, socket.state == TcpState::Listen);
        }
        states.sort();
        QCOMPARE(states, QStringList({QStringLiteral("LISTEN"), QStringLiteral("TIME-WAIT")}));
        const QByteArray seen = ss({QStringLiteral("-tanH"), QStringLiteral("sport"), QStringLiteral("="),
                                    QStringLiteral(":%1").arg(port)});
        QCOMPARE(seen.count('\n'), 2);
    }
    void listsASocketThatIsOnlyBound() {
        const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
        const SocketAddress any = *SocketAddress::fromNumeric("127.0.0.1", 0);
        QCOMPARE(::bind(fd, any.data(), any.length()), 0);
        SockDiag diag;
        const auto found = diag.socketsOnPort(true, AF_INET, nameOf(fd).port());
        QVERIFY(found);
        if (found->empty()) {
            ::close(fd);
            QSKIP("before Linux 6.8 sock_diag does not tell of bound sockets");
        }
        QCOMPARE(found->front().state, TcpState::Closed);
        QCOMPARE(found->front().local, nameOf(fd));
        QCOMPARE(found->front().cookie, socketCookie(fd));
        ::close(fd);
    }
};

QTEST_APPLESS_MAIN(TestSockDiag)
#include "tst_sockdiag.moc"
