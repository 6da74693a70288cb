// SPDX-License-Identifier: GPL-3.0-or-later
#include <netdb.h>
#include <QtTest>
#include <array>
#include <cerrno>

#include "failurecause.h"

// The sentences, from what was measured. That these things are measured right is tested in tests/peers, in
// networks of their own.

using namespace sockstage;

namespace {

constexpr std::int64_t second = 1'000'000'000;

SocketAddress address(const char* host, std::uint16_t port = 80) {
    return *SocketAddress::fromNumeric(host, port);
}

ConnectFailure connecting(int error, const char* host = "192.0.2.1", std::int64_t waitedNs = 3 * second) {
    ConnectFailure failure;
    failure.error = error;
    failure.target = address(host);
    failure.waitedNs = waitedNs;
    return failure;
}

ToldByIcmp told(const char* by, int code, bool fromHere = false) {
    ToldByIcmp message;
    message.error.origin = QueuedError::Origin::Icmp;
    message.error.type = 3;
    message.error.code = code;
    message.error.offender = address(by, 0);
    message.fromHere = fromHere;
    return message;
}

PortHolder holder(TcpState state) {
    PortHolder made;
    made.local = address("127.0.0.1", 8080);
    made.state = state;
    made.uid = 1000;
    return made;
}

bool has(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

class TestFailureCause : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void durations_data();
    void durations();
    void refusedByAReset();
    void refusedByIcmp();
    void nothingCameBack();
    void noPacketLeft();
    void whoForbids_data();
    void whoForbids();
    void oneAndMany();
    void linkLocalAddresses();
    void nobodyOnTheLink();
    void aPortThatIsTaken();
    void manyHolders();
    void acrossTheFamilies();
    void addressesAndPrivileges();
    void names();
    void zones();
    void transfers();
    void ticks();
    void holdersInWords();
    void whetherReuseHelps_data();
    void whetherReuseHelps();
};

void TestFailureCause::durations_data() {
    QTest::addColumn<qint64>("ns");
    QTest::addColumn<QString>("words");
    QTest::newRow("little") << qint64{90'000} << QStringLiteral("0.09 ms");
    QTest::newRow("tens") << qint64{12'340'000} << QStringLiteral("12.3 ms");
    QTest::newRow("seconds") << qint64{3 * second} << QStringLiteral("3.00 s");
    QTest::newRow("minutes") << qint64{127 * second} << QStringLiteral("127 s");
}

void TestFailureCause::durations() {
    QFETCH(qint64, ns);
    QTEST(QString::fromStdString(durationWords(ns)), "words");
}

void TestFailureCause::refusedByAReset() {
    ConnectFailure failure = connecting(ECONNREFUSED, "127.0.0.1", 90'000);
    failure.trace.segmentsIn = 1;
    QCOMPARE(connectCause(failure),
             std::string("A reset (RST) came back after 0.09 ms: nothing listens on 127.0.0.1:80."));
    failure.target = address("192.0.2.1");
    QVERIFY(has(connectCause(failure), "the machine is there"));
    failure.targetHere = true;
    QVERIFY2(connectCause(failure).ends_with("nothing listens on 192.0.2.1:80."), "it is this machine");
    failure.holders = {holder(TcpState::Listen)};
    QVERIFY(has(connectCause(failure), "though a socket listens there (127.0.0.1:8080 LISTEN"));
    failure = connecting(ECONNREFUSED, "0.0.0.0");
    failure.trace.segmentsIn = 1;
    QVERIFY(connectCause(failure).ends_with("0.0.0.0:80 (as a target, the address of this machine)."));
}

/// The sender of the ICMP message is named; for TCP a refusal by ICMP is a firewall's.
void TestFailureCause::refusedByIcmp() {
    ConnectFailure failure = connecting(ECONNREFUSED, "192.0.2.1", 2'000'000);
    failure.told = {told("192.0.2.1", 3)};
    QVERIFY(connectCause(failure).starts_with("192.0.2.1 itself says port unreachable (ICMP type 3 code 3)"));
    QVERIFY(has(connectCause(failure), "probably a firewall"));
    failure.told = {told("198.51.100.7", 1)};
    failure.error = EHOSTUNREACH;
    QVERIFY(connectCause(failure).starts_with("198.51.100.7 (on the way) says host unreachable"));
}

void TestFailureCause::nothingCameBack() {
    ConnectFailure failure = connecting(ETIMEDOUT, "192.0.2.1", 127 * second);
    failure.trace.retransmitted = 6;
    QCOMPARE(
        connectCause(failure),
        std::string("Nothing came back: 7 SYNs in 127 s, none answered. Possibly a firewall drops them, the "
                    "server's accept queue is full, or nobody has the address 192.0.2.1."));
    failure.trace.segmentsIn = 1;
    QVERIFY(connectCause(failure).starts_with("1 segment came back in 127 s, but none"));
    failure.trace = {};
    QVERIFY(connectCause(failure).starts_with("Nothing came back in 127 s."));
}

void TestFailureCause::noPacketLeft() {
    ConnectFailure failure = connecting(ENETUNREACH, "192.0.2.1", 50'000);
    failure.atOnce = true;
    QVERIFY2(has(connectCause(failure), "possibly had no route"), "the routing was not asked");
    failure.route = RouteAnswer{ENETUNREACH, false};
    QCOMPARE(connectCause(failure),
             std::string("This machine has no route to 192.0.2.1, at once (0.05 ms): no "
                         "packet left this machine."));
    failure.error = EADDRNOTAVAIL;
    QVERIFY(has(connectCause(failure), "no local address, or no free port"));
    failure.local = address("127.0.0.1", 5000);
    QVERIFY(has(connectCause(failure), "possibly the same connection was there already"));
    failure.samePair = {holder(TcpState::TimeWait)};
    QVERIFY(has(connectCause(failure), "This pair of addresses is taken (127.0.0.1:8080 TIME-WAIT)"));
}

/// Each errno has several reasons; only what the routing answered to a query is said for certain.
void TestFailureCause::whoForbids_data() {
    QTest::addColumn<int>("error");
    QTest::addColumn<QByteArray>("asked");
    QTest::addColumn<QByteArray>("otherwise");
    QTest::newRow("blackhole") << EINVAL << QByteArray("type blackhole") << QByteArray("does not accept");
    QTest::newRow("prohibit") << EACCES << QByteArray("type prohibit")
                              << QByteArray("possibly a rule for this protocol");
    QTest::newRow("policy") << EPERM << QByteArray("type prohibit")
                            << QByteArray("possibly a rule for this protocol or port");
    QTest::newRow("unreachable") << EHOSTUNREACH << QByteArray("routing table says")
                                 << QByteArray("The kernel says");
}

void TestFailureCause::whoForbids() {
    QFETCH(int, error);
    QFETCH(QByteArray, asked);
    QFETCH(QByteArray, otherwise);
    ConnectFailure failure = connecting(error, "192.0.2.1", 50'000);
    failure.atOnce = true;
    for (const bool says : {true, false}) {
        failure.route = RouteAnswer{says ? error : 0, false};
        const std::string cause = connectCause(failure);
        QCOMPARE(has(cause, asked.constData()), says);
        QCOMPARE(has(cause, otherwise.constData()), !says);
    }
    // A rule for the address that the socket is bound to.
    failure.local = address("10.9.0.5");
    failure.routeFrom = RouteAnswer{error, false};
    QVERIFY(has(connectCause(failure), "to which the socket is bound"));
    QVERIFY(!has(connectCause(failure), otherwise.constData()));
}

void TestFailureCause::oneAndMany() {
    ConnectFailure failure = connecting(ENETUNREACH, "239.1.1.1");
    failure.atOnce = true;
    failure.route = RouteAnswer{0, false};
    QVERIFY(has(connectCause(failure), "239.1.1.1 is a multicast group"));
    failure.target = address("192.0.2.255");
    failure.route = RouteAnswer{0, true};
    QVERIFY(has(connectCause(failure), "192.0.2.255 is a broadcast address"));
    failure.tcp = false;
    failure.error = EACCES;
    QVERIFY(has(connectCause(failure), "needs SO_BROADCAST"));
}

void TestFailureCause::linkLocalAddresses() {
    ConnectFailure failure = connecting(EINVAL, "fe80::1");
    failure.atOnce = true;
    failure.upInterfaces = {"wlan0", "e\x1b[31m"};
    QCOMPARE(connectCause(failure),
             std::string("A link-local address needs its interface, as in fe80::1%wlan0. Interfaces that are "
                         "up: wlan0, e\\x1b[31m."));
    failure.upInterfaces.clear();
    QVERIFY(has(connectCause(failure), "No interface is up here but the loopback."));
    for (const char* group : {"ff01::1", "ff02::1"}) {
        failure.target = address(group);
        QVERIFY(has(connectCause(failure), "A link-local address needs its interface"));
    }
    failure.target = address("ff05::1");
    QVERIFY(!has(connectCause(failure), "needs its interface"));
}

void TestFailureCause::nobodyOnTheLink() {
    ConnectFailure failure = connecting(EHOSTUNREACH);
    failure.told = {told("192.0.2.9", 1, true)};
    QVERIFY(connectCause(failure).starts_with("Probably no packet"));
    failure.neighbour = Neighbour::Silent;
    QVERIFY(connectCause(failure).starts_with("No packet"));
    QVERIFY(has(connectCause(failure), "nobody answered this machine's ARP"));
    failure.target = address("fd00::1");
    QVERIFY(has(connectCause(failure), "neighbour discovery"));
    failure.waitedNs = second / 10;  // sooner than three questions take
    QVERIFY(has(connectCause(failure), "(this machine) says"));
}

void TestFailureCause::aPortThatIsTaken() {
    BindFailure failure;
    failure.error = EADDRINUSE;
    failure.wanted = address("127.0.0.1", 8080);
    QVERIFY2(!has(bindCause(failure), "6.8"), "the kernel tells of all");
    QVERIFY(has(bindCause(failure), "No socket was found"));
    failure.toldOfBound = false;
    QVERIFY(has(bindCause(failure), "Linux 6.8"));
    failure.wanted = address("127.0.0.1", 0);
    QVERIFY2(!has(bindCause(failure), "6.8"), "nobody has a port that was not named");
    failure.portRange = "32768 to 60999";
    QVERIFY(has(bindCause(failure), "found none from 32768 to 60999"));
    failure.wanted = address("127.0.0.1", 8080);
    PortHolder waiting = holder(TcpState::TimeWait);
    waiting.remote = address("127.0.0.1", 40000);
    waiting.timeWaitMs = 41'200;
    failure.holders.first = {waiting};
    QCOMPARE(
        bindCause(failure),
        std::string("The port is held by 127.0.0.1:8080 to 127.0.0.1:40000 TIME-WAIT, 42 s left. "
                    "SO_REUSEADDR lets bind() have the port if the ended connections' program had set it "
                    "too, as servers usually do."));
}

void TestFailureCause::manyHolders() {
    BindFailure failure;
    failure.error = EADDRINUSE;
    failure.holders.first.assign(5, holder(TcpState::Listen));
    QVERIFY(has(bindCause(failure), "; and 2 more like these. SO_REUSEADDR does not help"));
    failure.holders.first.assign(1, holder(TcpState::Listen));
    failure.holders.first.resize(100, holder(TcpState::Established));
    failure.holders.rest = {{TcpState::Established, 300}, {TcpState::TimeWait, 105}};
    const auto lines = portHolderLines(failure.holders);
    QCOMPARE(lines.size(), std::size_t{2});
    QCOMPARE(lines[1], std::string("and 504 connections (399 ESTABLISHED, 105 TIME-WAIT)"));
}

/// [::] has IPv4 too; the cure is an option of that socket.
void TestFailureCause::acrossTheFamilies() {
    PortHolders holders;
    holders.wanted = address("0.0.0.0", 8080);
    holders.first = {holder(TcpState::Listen)};
    QVERIFY(!has(portAdvice(holders, true), "IPV6_V6ONLY"));
    holders.first[0].local = address("::", 8080);
    QVERIFY(has(portAdvice(holders, true), "IPV6_V6ONLY"));
    holders.wanted = address("::", 8080);
    QVERIFY(!has(portAdvice(holders, true), "IPV6_V6ONLY"));
    holders.first[0].local = address("127.0.0.1", 8080);
    QVERIFY(has(portAdvice(holders, true), "IPV6_V6ONLY"));
    holders.wanted = address("::ffff:127.0.0.1", 8080);
    QVERIFY2(!has(portAdvice(holders, true), "IPV6_V6ONLY"), "that one is an IPv4 address");
}

void TestFailureCause::addressesAndPrivileges() {
    BindFailure failure;
    failure.error = EADDRNOTAVAIL;
    failure.wanted = address("192.0.2.1", 80);
    failure.place = BindFailure::Place::Nowhere;
    QCOMPARE(bindCause(failure), std::string("No interface of this machine has the address 192.0.2.1."));
    failure.interface = "eth0";
    failure.place = BindFailure::Place::Here;
    QVERIFY(!has(bindCause(failure), "tentative"));
    failure.place = BindFailure::Place::Tentative;
    QVERIFY(has(bindCause(failure), "The interface eth0 has 192.0.2.1, but the address is tentative"));
    failure.place = BindFailure::Place::InterfaceDown;
    QVERIFY(has(bindCause(failure), "it is down"));
    failure.error = EACCES;
    failure.uid = 1000;
    QVERIFY(has(bindCause(failure), "Port 80 is below net.ipv4.ip_unprivileged_port_start (1024)"));
    failure.mayBindLowPorts = true;
    QVERIFY2(has(bindCause(failure), "possibly not where this network belongs to"), "of a container's users");
    failure.wanted = address("192.0.2.1", 8080);
    QVERIFY(has(bindCause(failure), "not because of the port"));
    failure.error = EINVAL;
    QVERIFY(bindCause(failure).empty());
    for (const char* linkLocal : {"fe80::1", "ff02::1"}) {
        failure.wanted = address(linkLocal, 80);
        QVERIFY(has(bindCause(failure), "needs its interface"));
    }
    failure.wanted = address("::ffff:192.0.2.1", 80);
    failure.v6Only = true;
    QVERIFY(has(bindCause(failure), "IPV6_V6ONLY is on"));
}

void TestFailureCause::names() {
    ResolveFailure failure;
    failure.code = EAI_NONAME;
    failure.waitedNs = second;
    failure.host = "no.such\n";
    failure.nameServers = {"192.0.2.53", "192.0.2.54"};
    QCOMPARE(
        resolveCause(failure),
        std::string("getaddrinfo() knew after 1.00 s: there is no address for the name \"no.such\\n\". Name "
                    "servers that may have been asked (/etc/resolv.conf): 192.0.2.53, 192.0.2.54."));
    failure.nameServers.clear();
    failure.code = EAI_AGAIN;
    QVERIFY(has(resolveCause(failure), "names no name server"));
}

/// What follows % is no name that could be looked up.
void TestFailureCause::zones() {
    ResolveFailure failure;
    failure.code = EAI_NONAME;
    failure.nameServers = {"192.0.2.53"};
    failure.interfaces = {"lo", "eth0"};
    failure.upInterfaces = {"eth0"};
    failure.host = "fe80::1%no\x1bsuch";
    QCOMPARE(resolveCause(failure), std::string("No interface of this machine is called \"no\\x1bsuch\". "
                                                "Interfaces that are up: eth0."));
    failure.host = "fe80::1%25eth0";
    QVERIFY(has(resolveCause(failure), "%25 stands for % in a URL; here it is fe80::1%eth0. "));
    failure.host = "2001:db8::1%eth0";
    QVERIFY(has(resolveCause(failure), "Only a link-local address"));
    failure.host = "a%b";
    QVERIFY(has(resolveCause(failure), "192.0.2.53"));
}

void TestFailureCause::transfers() {
    TransferFailure failure;
    failure.error = ECONNRESET;
    failure.livedNs = 5 * second;
    failure.trace.receivedBytes = 1;
    failure.trace.sinceReceivedMs = 2000;
    failure.trace.tickMs = 4;
    failure.trace.unacknowledged = 10;
    QVERIFY(transferCause(failure).starts_with(
        "A reset (RST) came from the peer's address. recv() reported it 5.00 s after the connection began, "
        "about 2.00 s after the last of 1 byte had come. 10 bytes of ours were not acknowledged."));
    failure.error = ETIMEDOUT;
    failure.trace.sinceAcknowledgedMs = 15'000;
    failure.trace.timeouts = 4;
    QCOMPARE(
        transferCause(failure),
        std::string("The kernel gave the connection up: nothing was acknowledged for about 15.0 s, though "
                    "the oldest bytes were sent again 4 times; 10 bytes of ours were not "
                    "acknowledged."));
    failure.error = EPIPE;
    QVERIFY(has(transferCause(failure), "nobody reads there any more"));
}

/// The kernel counts in ticks, and a connection may be younger than one of them.
void TestFailureCause::ticks() {
    QCOMPARE(tickedWords(0, 4), std::string("less than 4 ms"));
    QCOMPARE(tickedWords(4, 4), std::string("less than 8 ms"));
    QCOMPARE(tickedWords(8, 4), std::string("4 to 12 ms"));
    QCOMPARE(tickedWords(3000, 10), std::string("about 3.00 s"));
    TransferFailure failure;
    failure.error = ECONNRESET;
    failure.livedNs = 3'200'000;
    failure.trace.receivedBytes = 2;
    failure.trace.sinceReceivedMs = 4;
    failure.trace.tickMs = 4;
    QVERIFY(has(transferCause(failure), "3.20 ms after the connection began, after 2 bytes had come."));
    failure.livedNs = 20'000'000;
    QVERIFY(has(transferCause(failure), "less than 8 ms after the last of 2 bytes had come."));
    failure.accepted = true;  // its bytes may have come before accept()
    failure.trace.sinceReceivedMs = 5000;
    QVERIFY(has(transferCause(failure),
                "20.0 ms after accept() took the connection, about 5.00 s after the last of 2 bytes"));
}

void TestFailureCause::holdersInWords() {
    PortHolder listener = holder(TcpState::Listen);
    listener.pid = 812;
    listener.process = "python3\x1b";
    QCOMPARE(portHolderText(listener),
             std::string("127.0.0.1:8080 LISTEN, python3\\x1b, process 812, user 1000"));
    QCOMPARE(portHolderText(holder(TcpState::Closed)),
             std::string("127.0.0.1:8080 bound, not listening, user 1000"));
    PortHolder udp = holder(TcpState::Unknown);
    udp.tcp = false;
    QCOMPARE(portHolderText(udp), std::string("127.0.0.1:8080 UDP, user 1000"));
}

void TestFailureCause::whetherReuseHelps_data() {
    QTest::addColumn<int>("state");
    QTest::addColumn<bool>("wasOn");
    QTest::addColumn<QByteArray>("advice");
    const auto row = [](const char* name, TcpState state, bool wasOn, const char* advice) {
        QTest::newRow(name) << static_cast<int>(state) << wasOn << QByteArray(advice);
    };
    row("listener", TcpState::Listen, true, "does not help");
    row("set already", TcpState::TimeWait, true, "was on here and did not help");
    row("bound", TcpState::Closed, false, "as long as neither listens");
    row("waiting", TcpState::TimeWait, false, "the ended connections' program");
    row("connected", TcpState::Established, false, "the connections' program");
}

void TestFailureCause::whetherReuseHelps() {
    QFETCH(int, state);
    QFETCH(bool, wasOn);
    QFETCH(QByteArray, advice);
    const std::array holders{holder(static_cast<TcpState>(state))};
    QVERIFY(has(reuseAdvice(holders, wasOn), advice.constData()));
    QVERIFY(reuseAdvice({}, wasOn).empty());
}

QTEST_GUILESS_MAIN(TestFailureCause)
#include "tst_failurecause.moc"
