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
    void nobodyOnTheLink();
    void aPortThatIsTaken();
    void manyHolders();
    void addressesAndPrivileges();
    void names();
    void transfers();
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
}

/// Whoever says so is named; for TCP a refusal by ICMP is a firewall's.
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
        std::string("Nothing came back: 7 SYNs in 127 s, none answered. Probably a firewall drops them, or "
                    "nobody has the address 192.0.2.1."));
    failure.trace.segmentsIn = 1;
    QVERIFY(connectCause(failure).starts_with("1 segment came back in 127 s, but none"));
    failure.trace = {};
    QVERIFY(connectCause(failure).starts_with("Nothing came back in 127 s."));
}

void TestFailureCause::noPacketLeft() {
    ConnectFailure failure = connecting(ENETUNREACH, "192.0.2.1", 50'000);
    failure.atOnce = true;
    QCOMPARE(connectCause(failure),
             std::string("This machine has no route to 192.0.2.1, at once (0.05 ms): no "
                         "packet left this machine."));
    failure.error = EADDRNOTAVAIL;
    QVERIFY(has(connectCause(failure), "no local address and free port"));
    failure.local = address("127.0.0.1", 5000);
    QVERIFY(has(connectCause(failure), "127.0.0.1:5000 to 192.0.2.1:80 exists already"));
}

void TestFailureCause::nobodyOnTheLink() {
    ConnectFailure failure = connecting(EHOSTUNREACH);
    failure.told = {told("192.0.2.9", 1, true)};
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
    QVERIFY(has(bindCause(failure), "does not tell who has the port"));
    PortHolder waiting = holder(TcpState::TimeWait);
    waiting.remote = address("127.0.0.1", 40000);
    waiting.timeWaitMs = 41'200;
    failure.holders = {waiting};
    QCOMPARE(
        bindCause(failure),
        std::string("The port is held by 127.0.0.1:8080 to 127.0.0.1:40000 TIME-WAIT, 42 s left. "
                    "SO_REUSEADDR lets bind() have the port if the ended connections' program had set it "
                    "too, as servers usually do."));
}

void TestFailureCause::manyHolders() {
    BindFailure failure;
    failure.error = EADDRINUSE;
    failure.holders.assign(5, holder(TcpState::Listen));
    QVERIFY(has(bindCause(failure), "; and 2 more. SO_REUSEADDR does not help"));
}

void TestFailureCause::addressesAndPrivileges() {
    BindFailure failure;
    failure.error = EADDRNOTAVAIL;
    failure.wanted = address("192.0.2.1", 80);
    failure.addressHere = false;
    QCOMPARE(bindCause(failure), std::string("No interface of this machine has the address 192.0.2.1."));
    failure.addressHere = true;
    QVERIFY(has(bindCause(failure), "tentative"));
    failure.error = EACCES;
    failure.uid = 1000;
    QVERIFY(has(bindCause(failure), "Port 80 is below net.ipv4.ip_unprivileged_port_start (1024)"));
    failure.mayBindLowPorts = true;
    QVERIFY(has(bindCause(failure), "not because of the port"));
    failure.error = EINVAL;
    QVERIFY(bindCause(failure).empty());
    failure.wanted = address("fe80::1", 80);
    QVERIFY(has(bindCause(failure), "needs its interface"));
}

void TestFailureCause::names() {
    ResolveFailure failure;
    failure.code = EAI_NONAME;
    failure.waitedNs = second;
    failure.host = "no.such\n";
    failure.nameServers = {"192.0.2.53", "192.0.2.54"};
    QCOMPARE(resolveCause(failure),
             std::string(
                 "The answer after 1.00 s: there is no address for the name \"no.such\\n\". Name servers in "
                 "/etc/resolv.conf: 192.0.2.53, 192.0.2.54."));
    failure.nameServers.clear();
    failure.code = EAI_AGAIN;
    QVERIFY(has(resolveCause(failure), "names no name server"));
}

void TestFailureCause::transfers() {
    TransferFailure failure;
    failure.error = ECONNRESET;
    failure.livedNs = 5 * second;
    failure.trace.receivedBytes = 1;
    failure.trace.sinceReceivedMs = 2000;
    failure.trace.unacknowledged = 10;
    QVERIFY(transferCause(failure).starts_with(
        "The peer sent a reset (RST). recv() reported it 5.00 s after the connection began, 2.00 s after the "
        "last of 1 byte had come. 10 bytes of ours were not acknowledged."));
    failure.error = ETIMEDOUT;
    failure.trace.sinceAcknowledgedMs = 15'000;
    failure.trace.timeouts = 4;
    QCOMPARE(transferCause(failure),
             std::string("The peer stopped answering: nothing was acknowledged for 15.0 s, though the oldest "
                         "bytes were sent again 4 times; 10 bytes of ours never arrived for certain."));
    failure.error = EPIPE;
    QVERIFY(has(transferCause(failure), "nobody reads there any more"));
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
