// SPDX-License-Identifier: GPL-3.0-or-later
#include <netinet/tcp.h>
#include <sys/time.h>

#include <linux/errqueue.h>  // wants timespec

#include "programtest.h"
#include "socketoptions.h"

using namespace sockstage;

// Which calls an exported program makes, and that both compilers take every kind of it. That these are made
// as they were is tested in tst_callprogram.

namespace {

int occurrences(const std::string& text, std::string_view part) {
    int found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++found;
    return found;
}

bool holds(const std::string& text, std::string_view part) {
    return occurrences(text, part) != 0;
}

/// A capture that is written by hand, for what seldom happens.
class Script {
public:
    void add(Call call, Stage stage, int fd, std::int64_t result, std::array<int, 3> args = {},
             std::span<const std::byte> bytes = {}, int error = 0) {
        CallRecord record;
        record.call = call;
        record.stage = stage;
        record.fd = fd;
        record.result = result;
        record.args = args;
        record.error = error;
        record.asked = static_cast<std::uint32_t>(bytes.size());
        const auto room = capture.reserve(bytes.size());
        std::copy(bytes.begin(), bytes.end(), room.begin());
        capture.commit(record, bytes.size());
    }
    void socket(int fd, int family, int type = SOCK_STREAM) {
        add(Call::Socket, Stage::Socket, fd, fd, {family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0});
    }

    CaptureStore capture{0};
};

}  // namespace

class TestProgramScope : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void aStageHasWhatItsDescriptorNeeds();
    void aConnectionIsWithoutTheOthers();
    void everyScopeCompiles();
    void aUdpPeerHasItsSocket();
    void attemptsBeforeAreClosed();
    void whatIsEvictedIsSaid();
    void tooManyCallsAreSaid();
    void aPartialSendIsCompletedFromTheNext();
    void withoutCallsItIsAProgramToo();
    void everyOptionCompiles();
    void anErrorOfAConnectIsNoDatagrams();

private:
    std::unique_ptr<Session> server_;
};

/// A server that accepted two clients and received and sent with both.
void TestProgramScope::initTestCase() {
    SocketConfig wanted = config(Role::TcpServer);
    wanted.echo = true;
    server_ = listening(wanted);
    for (const char* text : {"to the first", "to the second"}) {
        const Peer peer = Peer::connectedTo(server_->localAddress());
        peer.send(text);
        peer.receiveAll(std::strlen(text));
    }
    QTRY_COMPARE(server_->connections().count(), 2U);
    QTRY_COMPARE(server_->connections().at(2).receiving.load(), DirectionState::Eof);
    QTRY_COMPARE(server_->connections().at(1).receiving.load(), DirectionState::Eof);
    server_->close();
    QTRY_VERIFY(server_->isFinished());
}

void TestProgramScope::aStageHasWhatItsDescriptorNeeds() {
    const CaptureStore& capture = server_->capture();
    const std::string bind = cppProgram(capture, {0, Stage::Bind});
    QVERIFY(holds(bind, " socket(AF_INET") && holds(bind, " bind(sock, ") && holds(bind, "SO_REUSEADDR"));
    QVERIFY(!holds(bind, "listen(") && !holds(bind, "getaddrinfo(") && !holds(bind, "close("));
    const std::string listen = cppProgram(capture, {0, Stage::Listen});
    QVERIFY(holds(listen, " bind(listener, ") && holds(listen, " listen(listener, 128)"));
    QVERIFY(!holds(listen, "accept4("));
    const std::string recv = cppProgram(capture, {0, Stage::Recv});
    QCOMPARE(occurrences(recv, " accept4(listener, "), 2);
    QCOMPARE(occurrences(recv, " recv(client1, "), 2);
    QCOMPARE(occurrences(recv, " recv(client2, "), 2);
    QVERIFY(!holds(recv, " send(") && !holds(recv, "close("));
    const std::string resolve = cppProgram(capture, {0, Stage::Getaddrinfo});
    QVERIFY(holds(resolve, " getaddrinfo(\"127.0.0.1\", \"0\", &hints, &found)") &&
            !holds(resolve, " socket("));
}

void TestProgramScope::aConnectionIsWithoutTheOthers() {
    const CaptureStore& capture = server_->capture();
    const std::string all = cppProgram(capture, {2, {}});
    QVERIFY(holds(all, "getaddrinfo(") && holds(all, " bind(listener, "));
    QCOMPARE(occurrences(all, " accept4(listener, "), 1);
    QVERIFY(holds(all, " recv(client2, ") && holds(all, " send(client2, \"to the second\", 13, "));
    QVERIFY(holds(all, " close(client2)") && holds(all, " close(listener)"));
    QVERIFY(!holds(all, "client1"));
    const std::string send = cppProgram(capture, {2, Stage::Send});
    QCOMPARE(occurrences(send, " accept4(listener, "), 1);
    QVERIFY(holds(send, " send(client2, ") && !holds(send, " recv(") && !holds(send, "client1"));
}

void TestProgramScope::everyScopeCompiles() {
    if (const QString missing = missingProgram(); !missing.isEmpty())
        QSKIP(qPrintable(QStringLiteral("NOT TESTED: %1 is not installed").arg(missing)));
    std::vector<std::string> programs;
    for (const std::uint32_t connection : {0U, 2U}) {
        programs.push_back(cppProgram(server_->capture(), {connection, {}}));
        for (std::size_t i = 0; i < stageCount; ++i)
            programs.push_back(cppProgram(server_->capture(), {connection, static_cast<Stage>(i)}));
    }
    QCOMPARE(complaints(programs), QString());
}

void TestProgramScope::aUdpPeerHasItsSocket() {
    SocketConfig wanted = config(Role::UdpServer);
    wanted.echo = true;
    const auto session = listening(wanted);
    for (const char* text : {"one", "two"}) {
        const Peer peer = Peer::connectedTo(session->localAddress(), SOCK_DGRAM);
        peer.send(text);
        peer.receive();
    }
    session->close();
    QTRY_VERIFY(session->isFinished());
    const std::string second = cppProgram(session->capture(), {2, {}});
    QVERIFY(holds(second, " bind(sock, ") && holds(second, " close(sock)"));
    QCOMPARE(occurrences(second, " recvfrom(sock, "), 1);
    QVERIFY(holds(second, " sendto(sock, \"two\", 3, MSG_NOSIGNAL, peer2.get(), peer2.length)"));
    const std::string close = cppProgram(session->capture(), {2, Stage::Close});
    QVERIFY(holds(close, " bind(sock, ") && holds(close, " close(sock)"));
    const std::string send = cppProgram(session->capture(), {2, Stage::Send});
    QVERIFY(!holds(send, "recvfrom(") && holds(send, "= ipv4(\"127.0.0.1\", "));
    if (missingProgram().isEmpty()) QCOMPARE(complaints({second, close, send}), QString());
}

// ::1 is in use; 127.0.0.1 is not. The first socket is closed before the second is made.
void TestProgramScope::attemptsBeforeAreClosed() {
    Script script;
    const auto v6 = *SocketAddress::fromNumeric("::1", 80);
    const auto v4 = *SocketAddress::fromNumeric("127.0.0.1", 80);
    script.socket(5, AF_INET6);
    script.add(Call::Bind, Stage::Bind, 5, -1, {}, v6.bytes(), EADDRINUSE);
    script.add(Call::Close, Stage::Close, 5, 0);
    script.socket(5, AF_INET);
    script.add(Call::Bind, Stage::Bind, 5, 0, {}, v4.bytes());
    script.add(Call::Listen, Stage::Listen, 5, 0, {7, 0, 0});
    script.add(Call::Close, Stage::Close, 5, 0);
    const std::string bind = cppProgram(script.capture, {0, Stage::Bind});
    QVERIFY(
        holds(bind, "expectError(\"bind(sock)\", bind(sock, address.get(), address.length), EADDRINUSE);"));
    QVERIFY(holds(bind, " close(sock)") && !holds(bind, "close(sock2)"));
    QVERIFY(holds(bind, "check(\"bind(sock2)\", bind(sock2, address2.get(), address2.length));"));
    const std::string listen = cppProgram(script.capture, {0, Stage::Listen});
    QVERIFY(holds(listen, " listen(listener, 7)") && !holds(listen, "AF_INET6,") && !holds(listen, "close("));
    const std::string all = cppProgram(script.capture);
    QVERIFY(holds(all, " close(sock)") && holds(all, " close(listener)"));
    if (missingProgram().isEmpty()) QCOMPARE(complaints({bind, listen, all}), QString());
}

void TestProgramScope::whatIsEvictedIsSaid() {
    SocketConfig wanted = config(Role::TcpServer);
    wanted.captureBytes = 0;  // the smallest
    const auto session = listening(wanted);
    const Peer peer = Peer::connectedTo(session->localAddress());
    const std::string text(5'000'000, 'x');
    for (int i = 0; i < 6; ++i)
        peer.send(text);
    QTRY_COMPARE(session->counters().receivedBytes.get(), 6 * text.size());
    QVERIFY(session->capture().beginRow() != 0);
    const std::string program = cppProgram(session->capture());
    QVERIFY(holds(program, "// The capture's limit had pushed out " +
                               std::to_string(session->capture().beginRow()) + " records before these"));
    QVERIFY(holds(program, " are left out: what made the descriptor is no longer on record.\n"));
    QVERIFY(!holds(program, "recv("));
    if (missingProgram().isEmpty()) QCOMPARE(complaints({program}), QString());
}

void TestProgramScope::tooManyCallsAreSaid() {
    ProgramLimits limits;
    limits.calls = 6;
    limits.literalBytes = 4;
    const std::string program = cppProgram(server_->capture(), {}, limits);
    QVERIFY(holds(program, " after these were made too: they are too many for one program.\n"));
    QVERIFY(!holds(program, "accept4("));
    limits.calls = 1000;
    const std::string zeros = cppProgram(server_->capture(), {}, limits);
    QVERIFY(holds(zeros, "// Zeros instead of these 13 bytes: more than 4 bytes are not written out."));
    QVERIFY(holds(zeros, " send(client2, zeros.data(), 13, "));
    if (missingProgram().isEmpty()) QCOMPARE(complaints({program, zeros}), QString());
}

void TestProgramScope::aPartialSendIsCompletedFromTheNext() {
    Script script;
    const auto sending = [&script](std::string_view taken, std::uint32_t asked) {
        CallRecord record;
        record.call = Call::Send;
        record.stage = Stage::Send;
        record.fd = 5;
        record.asked = asked;
        record.result = static_cast<std::int64_t>(taken.size());
        const auto room = script.capture.reserve(taken.size());
        std::copy_n(reinterpret_cast<const std::byte*>(taken.data()), taken.size(), room.begin());
        script.capture.commit(record, taken.size());
    };
    script.socket(5, AF_INET);
    sending("hello", 11);
    sending(" wor", 6);
    sending("ld", 2);
    sending("x", 5);
    const std::string program = cppProgram(script.capture);
    QVERIFY(holds(program, "send(sock, \"hello world\", 11, 0), 5)"));
    QVERIFY(holds(program, "send(sock, \" world\", 6, 0), 4)"));
    QVERIFY(holds(program, "// Zeros instead of these 5 bytes: only the first 1 are on record."));
    if (missingProgram().isEmpty()) QCOMPARE(complaints({program}), QString());
}

void TestProgramScope::withoutCallsItIsAProgramToo() {
    const Script script;
    const std::string program = cppProgram(script.capture);
    QVERIFY(holds(program, "// None is on record.\n"));
    if (missingProgram().isEmpty()) QCOMPARE(complaints({program}), QString());
}

void TestProgramScope::everyOptionCompiles() {
    Script script;
    script.socket(5, AF_INET6);
    const auto set = [&script](int level, int name, auto value) {
        const auto bytes = std::as_bytes(std::span(&value, 1));
        script.add(Call::Setsockopt, Stage::Socket, 5, 0, {level, name, 0}, bytes);
        script.add(Call::Getsockopt, Stage::Socket, 5, 0, {level, name, 0}, bytes);
    };
    for (const Role role : allRoles)
        for (const OptionFact& fact : optionsOf(role))
            set(fact.level, fact.name, 1);
    set(SOL_SOCKET, SO_LINGER, linger{1, 5});
    set(SOL_SOCKET, SO_RCVTIMEO, timeval{1, 500'000});
    set(SOL_SOCKET, SO_MAX_PACING_RATE, std::uint64_t{1'000'000});
    set(SOL_SOCKET, SO_ERROR, ECONNREFUSED);
    set(12345, 54321, 7);
    set(IPPROTO_TCP, TCP_CONGESTION, std::array{'c', 'u', 'b', 'i', 'c'});
    set(IPPROTO_TCP, TCP_CONGESTION, std::array{'r', 'e', 'n', 'o'});
    const std::string program = cppProgram(script.capture);
    QVERIFY(holds(program, "const linger value{1, 5};"));
    QVERIFY(holds(program, "const timeval value{1, 500000};"));
    QVERIFY(holds(program, "SOL_SOCKET, SO_RCVTIMEO, &value, sizeof value)"));
    QVERIFY(holds(program, "const char* const value = \"reno\";"));
    QVERIFY(holds(program, "IPPROTO_TCP, TCP_CONGESTION, value, 4)"));
    QVERIFY(holds(program, "expectValue(\"getsockopt(sock, SO_ERROR)\", value, ECONNREFUSED);"));
    QVERIFY(holds(program, "setsockopt(sock, 12345, 54321, &value, sizeof value)"));
    if (missingProgram().isEmpty()) QCOMPARE(complaints({program}), QString());
}

// What a router says of a SYN, as the kernel puts it into the error queue.
void TestProgramScope::anErrorOfAConnectIsNoDatagrams() {
    struct {
        std::size_t length = CMSG_LEN(sizeof(sock_extended_err) + sizeof(sockaddr_in));  // a cmsghdr
        int level = IPPROTO_IP, type = IP_RECVERR;
        sock_extended_err error{EHOSTUNREACH, SO_EE_ORIGIN_ICMP, 3, 1, 0, 0, {0}};
        sockaddr_in offender{AF_INET, 0, {0}, {}};
    } const control;
    const auto bytes = std::as_bytes(std::span(&control, 1));
    for (const int type : {SOCK_STREAM, SOCK_DGRAM}) {
        Script script;
        script.socket(5, AF_INET, type);
        script.add(Call::Recvmsg, Stage::Connect, 5, 0, {0, 0, static_cast<int>(bytes.size())}, bytes);
        const std::string program = cppProgram(script.capture, {});
        QCOMPARE(holds(program, "our SYN to"), type == SOCK_STREAM);
    }
}

QTEST_GUILESS_MAIN(TestProgramScope)
#include "tst_programscope.moc"
