#include <QtTest>
#include <array>
#include <map>

#include "reachability.h"

using namespace sockstage;

namespace {

SocketAddress address(const char* host) {
    return *SocketAddress::fromNumeric(host, 0);
}

/// A machine with loopback, a card with an address of each family, and a card that is off.
const std::array machine{
    LocalAddress{address("127.0.0.1"), "lo", true}, LocalAddress{address("::1"), "lo", true},
    LocalAddress{address("192.0.2.5"), "eth0", true}, LocalAddress{address("fd00::5"), "eth0", true},
    LocalAddress{address("198.51.100.5"), "eth1", false}};

std::map<std::string, Reachability> reach(const BoundSocket& socket) {
    std::map<std::string, Reachability> all;
    for (const Reachability& each : reachabilityOf(socket, machine))
        all[each.address] = each;
    return all;
}

BoundSocket bound(const char* host, bool v6Only = false, const char* interface = "") {
    return {address(host), v6Only, interface};
}

}  // namespace

class TestReachability : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void eachWayToBind_data();
    void eachWayToBind();
    void whyNot();
    void whatIsBoundAndNotListed();
    void beforeBind();
};

void TestReachability::eachWayToBind_data() {
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<bool>("v6Only");
    QTest::addColumn<QByteArray>("interface");
    QTest::addColumn<QStringList>("reachable");
    const QString v4 = QStringLiteral("192.0.2.5"), v6 = QStringLiteral("fd00::5");
    const QString lo4 = QStringLiteral("127.0.0.1"), lo6 = QStringLiteral("::1");
    const auto row = [](const char* host, bool v6Only, const char* interface, const QStringList& reachable) {
        QTest::addRow("%s%s%s", host, v6Only ? " only" : "", interface)
            << QByteArray(host) << v6Only << QByteArray(interface) << reachable;
    };
    row("0.0.0.0", false, "", {lo4, v4});
    row("::", false, "", {lo4, lo6, v4, v6});
    row("::", true, "", {lo6, v6});
    row("::", false, "eth0", {v4, v6});
    row("127.0.0.1", false, "", {lo4});
    row("::1", false, "", {lo6});
    row("192.0.2.5", false, "", {v4});
    row("::ffff:192.0.2.5", false, "", {v4});
    row("::ffff:0.0.0.0", false, "", {lo4, v4});
}

void TestReachability::eachWayToBind() {
    QFETCH(QByteArray, host);
    QFETCH(bool, v6Only);
    QFETCH(QByteArray, interface);
    QFETCH(QStringList, reachable);
    QStringList found;
    for (const auto& [name, each] : reach(bound(host.constData(), v6Only, interface.constData()))) {
        QVERIFY(!each.why.empty());
        if (each.reachable) found << QString::fromStdString(name);
    }
    found.sort();
    reachable.sort();
    QCOMPARE(found, reachable);
}

void TestReachability::whyNot() {
    const auto why = [](const BoundSocket& socket, const char* of) { return reach(socket).at(of).why; };
    QCOMPARE(why(bound("127.0.0.1"), "192.0.2.5"),
             std::string("Bound to 127.0.0.1 only: other machines cannot reach it."));
    QCOMPARE(why(bound("0.0.0.0"), "198.51.100.5"), std::string("The interface eth1 is down."));
    QCOMPARE(why(bound("0.0.0.0"), "fd00::5"), std::string("The socket is an IPv4 socket."));
    QCOMPARE(why(bound("::", true), "192.0.2.5"),
             std::string("The socket is for IPv6 only (IPV6_V6ONLY is on)."));
    QCOMPARE(why(bound("0.0.0.0", false, "lo"), "192.0.2.5"),
             std::string("Bound to the interface lo only (SO_BINDTODEVICE)."));
    QCOMPARE(why(bound("0.0.0.0"), "127.0.0.1"), std::string("Programs on this machine only."));
}

/// All of 127.0.0.0/8 is here; any other address that no interface has is not.
void TestReachability::whatIsBoundAndNotListed() {
    const auto loopback = reach(bound("127.0.0.2"));
    QVERIFY(loopback.at("127.0.0.2").reachable);
    QVERIFY(!loopback.at("127.0.0.1").reachable);
    const auto elsewhere = reach(bound("203.0.113.1"));
    QVERIFY(!elsewhere.at("203.0.113.1").reachable);
    QCOMPARE(elsewhere.at("203.0.113.1").why, std::string("No interface of this machine has this address."));
}

void TestReachability::beforeBind() {
    QVERIFY(reachabilityOf({}, machine).empty());
}

QTEST_GUILESS_MAIN(TestReachability)
#include "tst_reachability.moc"
