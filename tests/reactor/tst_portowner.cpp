// SPDX-License-Identifier: GPL-3.0-or-later
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <QtTest>

#include "filedescriptor.h"
#include "portowner.h"

using namespace sockstage;

class TestPortOwner : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aListenerIsNamed_data();
    void aListenerIsNamed();
    void aFreePortHasNoOwner();
    void bothFamiliesAreLookedAt();
};

void TestPortOwner::aListenerIsNamed_data() {
    QTest::addColumn<bool>("tcp");
    QTest::addColumn<QByteArray>("host");
    QTest::newRow("tcp") << true << QByteArray("127.0.0.1");
    QTest::newRow("tcp6") << true << QByteArray("::1");
    QTest::newRow("udp") << false << QByteArray("127.0.0.1");
}

void TestPortOwner::aListenerIsNamed() {
    QFETCH(bool, tcp);
    QFETCH(QByteArray, host);
    const auto wanted = *SocketAddress::fromNumeric(host.toStdString(), 0);
    const FileDescriptor fd(socket(wanted.family(), tcp ? SOCK_STREAM : SOCK_DGRAM, 0));
    if (bind(fd.get(), wanted.data(), wanted.length()) != 0) QSKIP("no such address here");
    if (tcp) QCOMPARE(listen(fd.get(), 1), 0);
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    QCOMPARE(getsockname(fd.get(), reinterpret_cast<sockaddr*>(&storage), &length), 0);
    const SocketAddress bound(reinterpret_cast<sockaddr*>(&storage), length);
    QVERIFY(portOwner(portHolders(bound, tcp).first).ends_with("process " + std::to_string(getpid())));
}

void TestPortOwner::aFreePortHasNoOwner() {
    QVERIFY(portHolders(*SocketAddress::fromNumeric("127.0.0.1", 1), true).first.empty());
    QVERIFY(portOwner({}).empty());
}

/// Both families are looked at, and one's own socket and one that leaves IPv4 alone are no obstacle.
void TestPortOwner::bothFamiliesAreLookedAt() {
    const auto boundTo = [](const char* host, std::uint16_t port, bool v6Only) {
        const SocketAddress address = *SocketAddress::fromNumeric(host, port);
        const int fd = ::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
        const int only = v6Only ? 1 : 0;
        if (!address.isIpv4()) ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
        if (::bind(fd, address.data(), address.length()) != 0 || ::listen(fd, 1) != 0) qFatal("no listener");
        return fd;
    };
    const auto portOf = [](int fd) {
        sockaddr_storage storage{};
        socklen_t length = sizeof storage;
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &length);
        return SocketAddress(reinterpret_cast<const sockaddr*>(&storage), length).port();
    };
    const auto count = [](const char* host, std::uint16_t port, bool v6Only) {
        return portHolders(*SocketAddress::fromNumeric(host, port), true, 0, v6Only).first.size();
    };
    const int both = boundTo("::", 0, false);
    QCOMPARE(count("0.0.0.0", portOf(both), false), std::size_t{1});
    QCOMPARE(count("127.0.0.1", portOf(both), false), std::size_t{1});
    struct stat status {};
    QCOMPARE(::fstat(both, &status), 0);
    QVERIFY2(portHolders(*SocketAddress::fromNumeric("::", portOf(both)), true,
                         static_cast<std::uint32_t>(status.st_ino))
                 .first.empty(),
             "it is our own");
    ::close(both);
    const int v6 = boundTo("::", 0, true);
    QCOMPARE(count("0.0.0.0", portOf(v6), false), std::size_t{0});
    QCOMPARE(count("::", portOf(v6), true), std::size_t{1});
    const int v4 = boundTo("0.0.0.0", portOf(v6), false);
    QCOMPARE(count("::", portOf(v4), false), std::size_t{2});
    QCOMPARE(count("::", portOf(v4), true), std::size_t{1});
    ::close(v6);
    ::close(v4);
}

QTEST_GUILESS_MAIN(TestPortOwner)
#include "tst_portowner.moc"
