#include <sys/socket.h>
#include <unistd.h>
#include <QtTest>

#include "filedescriptor.h"
#include "localaddresses.h"
#include "portowner.h"

using namespace sockstage;

class TestPortOwner : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aListenerIsNamed_data();
    void aListenerIsNamed();
    void aFreePortHasNoOwner();
    void localAddressesAreNotLoopback();
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

void TestPortOwner::localAddressesAreNotLoopback() {
    for (const std::string& address : localAddresses()) {
        QVERIFY(!address.starts_with("127.") && !address.starts_with("::1 "));
        QVERIFY(address.ends_with(')'));
    }
}

QTEST_GUILESS_MAIN(TestPortOwner)
#include "tst_portowner.moc"
