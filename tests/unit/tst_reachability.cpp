// SPDX-License-Identifier: GPL-3.0-or-later
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
    BoundSocket socket;
    socket.local = address(host);
    socket.v6Only = v6Only;
    socket.interface = interface;
    return socket;
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
    void beforeListen();
    void inOneSentence_data();
    void inOneSentence();
    void groups();
    void namesAreEscaped();
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

/// Until listen() a stream refuses everybody, whatever its address is.
void TestReachability::beforeListen() {
    BoundSocket socket = bound("0.0.0.0");
    socket.listening = false;
    for (const auto& [name, each] : reach(socket))
        QVERIFY2(!each.reachable, name.c_str());
    QCOMPARE(reach(socket).at("127.0.0.1").why,
             std::string("Not before listen(). Then: Programs on this machine only."));
    QCOMPARE(reachAnswer(bound("127.0.0.1"), machine, {}).sentence,
             std::string("Only this machine can reach it."));
    socket.local = address("127.0.0.1");
    QCOMPARE(reachAnswer(socket, machine, {}).sentence,
             std::string("Nobody can connect before listen(); then only this machine can reach it."));
    socket.stream = false;
    QCOMPARE(reachAnswer(socket, machine, {}).sentence, std::string("Only this machine can reach it."));
}

void TestReachability::inOneSentence_data() {
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<QByteArray>("sentence");
    QTest::addColumn<bool>("open");
    const QByteArray firewall(" can reach it, unless a firewall forbids it.");
    QTest::newRow("one") << QByteArray("192.0.2.5")
                         << QByteArray("Every machine that has a way to 192.0.2.5 (eth0)") + firewall << true;
    QTest::newRow("all") << QByteArray("::")
                         << QByteArray("Every machine that has a way to 192.0.2.5 (eth0), fd00::5 (eth0)") +
                                firewall
                         << true;
    QTest::newRow("down") << QByteArray("198.51.100.5")
                          << QByteArray("Nobody can reach it: the interface eth1 is down.") << false;
    QTest::newRow("gone") << QByteArray("203.0.113.1")
                          << QByteArray("Nobody can reach it: no interface of this machine has this address.")
                          << false;
    QTest::newRow("loopback") << QByteArray("127.0.0.7") << QByteArray("Only this machine can reach it.")
                              << false;
}

/// The sentence and the list never contradict each other: they are made of the same.
void TestReachability::inOneSentence() {
    QFETCH(QByteArray, host);
    const ReachAnswer answer = reachAnswer(bound(host.constData()), machine, {});
    QTEST(QByteArray::fromStdString(answer.sentence), "sentence");
    QTEST(answer.openToOthers, "open");
    const bool any = std::any_of(answer.addresses.begin(), answer.addresses.end(),
                                 [](const Reachability& each) { return each.reachable; });
    QCOMPARE(!answer.sentence.starts_with("Nobody"), any);
}

void TestReachability::groups() {
    const std::array shared{LocalAddress{address("239.1.2.3"), "eth0", true},
                            LocalAddress{address("192.0.2.255"), "eth0", true}};
    BoundSocket socket = bound("239.1.2.3");
    socket.stream = false;
    QCOMPARE(reachAnswer(socket, machine, shared).sentence,
             std::string("Whoever sends to 239.1.2.3 by eth0 can reach it, unless a firewall forbids it."));
    QCOMPARE(reachAnswer(socket, machine, {}).sentence,
             std::string("Nobody can reach it: no interface of this machine has joined this group."));
    QVERIFY(!reachAnswer(socket, machine, {}).openToOthers);
    socket.local = address("192.0.2.255");
    QVERIFY(reachAnswer(socket, machine, shared)
                .sentence.starts_with("Whoever broadcasts on the network of eth0"));
    socket.stream = true;
    QCOMPARE(reachAnswer(socket, machine, shared).sentence,
             std::string("Nobody can reach it: nobody can connect to a broadcast address."));
}

/// An interface may be called almost anything.
void TestReachability::namesAreEscaped() {
    const std::array odd{LocalAddress{address("192.0.2.5"), "e\x1b[2J", true},
                         LocalAddress{address("192.0.2.6"), "e\x1b[2J", false}};
    for (const auto& socket : {bound("0.0.0.0"), bound("192.0.2.6"), bound("0.0.0.0", false, "x\x1b")}) {
        const ReachAnswer answer = reachAnswer(socket, odd, {});
        QVERIFY(answer.sentence.find('\x1b') == std::string::npos);
        for (const Reachability& each : answer.addresses)
            QVERIFY(each.why.find('\x1b') == std::string::npos);
    }
}

QTEST_GUILESS_MAIN(TestReachability)
#include "tst_reachability.moc"
