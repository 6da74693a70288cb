// SPDX-License-Identifier: GPL-3.0-or-later
#include <ctime>  // linux/errqueue.h does not include what it needs

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <QtTest>
#include <cerrno>
#include <cstring>

#include "calltext.h"
#include "controlmessages.h"
#include "queuederror.h"

// What is read from the bytes of a recorded recvmsg(). That the kernel fills them in so is tested in
// tests/peers, with strace.

using namespace sockstage;

namespace {

/// A recvmsg() and its bytes, as the capture has them: the data, the control messages, the sockaddr.
struct Message {
    CallRecord record;
    std::string bytes;

    Message(Call call, std::string_view data, std::int64_t result, std::uint32_t asked) : bytes(data) {
        record.call = call;
        record.fd = 3;
        record.result = result;
        record.asked = asked;
        record.args = {call == Call::Recvmsg ? MSG_ERRQUEUE : MSG_TRUNC, 0, 0};
    }
    Message& control(int level, int type, std::string_view data) {
        std::string room(CMSG_SPACE(data.size()), '\0');
        const cmsghdr head{CMSG_LEN(data.size()), level, type};
        std::memcpy(room.data(), &head, sizeof head);
        std::memcpy(room.data() + CMSG_LEN(0), data.data(), data.size());
        bytes += room;
        record.args[2] += static_cast<std::int32_t>(room.size());
        return *this;
    }
    Message& from(const char* host, std::uint16_t port) {
        const auto address = *SocketAddress::fromNumeric(host, port);
        bytes.append(reinterpret_cast<const char*>(address.data()), address.length());
        record.addressLength = static_cast<std::uint16_t>(address.length());
        record.bytesLength = static_cast<std::uint32_t>(bytes.size());
        return *this;
    }
    std::span<const std::byte> all() const { return std::as_bytes(std::span(bytes)); }
    std::string text(CallNotation notation = CallNotation::Strace) const {
        return callText(record, all(), notation);
    }
};

std::string errorBytes(const sock_extended_err& error, const char* offender) {
    std::string data(reinterpret_cast<const char*>(&error), sizeof error);
    sockaddr_in nobody{};
    if (offender == nullptr) return data.append(reinterpret_cast<const char*>(&nobody), sizeof nobody);
    const auto address = *SocketAddress::fromNumeric(offender, 0);
    return data.append(reinterpret_cast<const char*>(address.data()), address.length());
}

std::string dropBytes(std::uint32_t drops) {
    return {reinterpret_cast<const char*>(&drops), sizeof drops};
}

sock_extended_err reported(int error, int origin, int type, int code, std::uint32_t info = 0) {
    sock_extended_err made{};
    made.ee_errno = static_cast<std::uint32_t>(error);
    made.ee_origin = static_cast<std::uint8_t>(origin);
    made.ee_type = static_cast<std::uint8_t>(type);
    made.ee_code = static_cast<std::uint8_t>(code);
    made.ee_info = info;
    return made;
}

/// Of a datagram "ping" to port 9.
Message refusal() {
    Message message(Call::Recvmsg, "ping", 4, 2048);
    message.control(IPPROTO_IP, IP_RECVERR,
                    errorBytes(reported(ECONNREFUSED, SO_EE_ORIGIN_ICMP, 3, 3), "127.0.0.1"));
    return message.from("127.0.0.1", 9);
}

}  // namespace

class TestQueuedError : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyFieldIsRead();
    void whoSaysWhat_data();
    void whoSaysWhat();
    void theKernelsOwn();
    void onlyOfTheErrorQueue();
    void whatIsCutShortIsNoError();
    void asStracePrintsIt();
    void dropsAreCounted();
    void aDatagramThatIsCut();
};

void TestQueuedError::everyFieldIsRead() {
    const Message message = refusal();
    const auto error = queuedError(message.record, message.all());
    QVERIFY(error);
    QCOMPARE(error->error, ECONNREFUSED);
    QVERIFY(error->origin == QueuedError::Origin::Icmp);
    QCOMPARE(error->type, 3);
    QCOMPARE(error->code, 3);
    QCOMPARE(error->mtu, 0U);
    QCOMPARE(error->offender.hostText(), std::string("127.0.0.1"));
    QCOMPARE(error->destination.text(), std::string("127.0.0.1:9"));
    QCOMPARE(error->quoted.size(), std::size_t{4});
    QCOMPARE(
        queuedErrorText(*error, false),
        std::string("127.0.0.1 says port unreachable (ICMP type 3 code 3) for the datagram \"ping\" sent to "
                    "127.0.0.1:9"));
    QVERIFY(queuedErrorText(*error, true).ends_with("for our SYN to 127.0.0.1:9"));
}

void TestQueuedError::whoSaysWhat_data() {
    QTest::addColumn<bool>("v6");
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("words");
    QTest::newRow("net") << false << 3 << 0 << QStringLiteral("network unreachable (ICMP type 3 code 0)");
    QTest::newRow("beyond") << false << 3 << 16
                            << QStringLiteral("destination unreachable (ICMP type 3 code 16)");
    QTest::newRow("ttl") << false << 11 << 0 << QStringLiteral("time to live exceeded (ICMP type 11 code 0)");
    QTest::newRow("unknown") << false << 99 << 0 << QStringLiteral("an error (ICMP type 99 code 0)");
    QTest::newRow("port6") << true << 1 << 4 << QStringLiteral("port unreachable (ICMPv6 type 1 code 4)");
    QTest::newRow("big6") << true << 2 << 0 << QStringLiteral("packet too big (ICMPv6 type 2 code 0)");
}

void TestQueuedError::whoSaysWhat() {
    QFETCH(bool, v6);
    QFETCH(int, type);
    QFETCH(int, code);
    QueuedError error;
    error.error = EHOSTUNREACH;
    error.origin = v6 ? QueuedError::Origin::Icmp6 : QueuedError::Origin::Icmp;
    error.type = type;
    error.code = code;
    QTEST(QString::fromStdString(queuedErrorReason(error)), "words");
}

/// A local error: it has no sender, and the MTU is what it is about.
void TestQueuedError::theKernelsOwn() {
    Message message(Call::Recvmsg, "", 0, 2048);
    message.control(IPPROTO_IP, IP_RECVERR,
                    errorBytes(reported(EMSGSIZE, SO_EE_ORIGIN_LOCAL, 0, 0, 1300), nullptr));
    message.from("192.0.2.1", 0);
    const auto error = queuedError(message.record, message.all());
    QVERIFY(error);
    QVERIFY(!error->offender.isValid());
    QCOMPARE(error->mtu, 1300U);
    QCOMPARE(queuedErrorText(*error, false),
             std::string("the kernel here says longer than the path allows (MTU 1300) for a datagram sent to "
                         "192.0.2.1"));
}

void TestQueuedError::onlyOfTheErrorQueue() {
    Message message = refusal();
    message.record.call = Call::Recvfrom;
    QVERIFY(!queuedError(message.record, message.all()));
    message.record.call = Call::Recvmsg;
    message.record.result = -1;
    QVERIFY(!queuedError(message.record, message.all()));
}

void TestQueuedError::whatIsCutShortIsNoError() {
    Message message(Call::Recvmsg, "x", 1, 2048);
    message.control(IPPROTO_IP, IP_RECVERR, "too short").from("127.0.0.1", 9);
    QVERIFY(!queuedError(message.record, message.all()));
}

void TestQueuedError::asStracePrintsIt() {
    QCOMPARE(
        refusal().text(),
        std::string(
            "recvmsg(3, {msg_name={sa_family=AF_INET, sin_port=htons(9), "
            "sin_addr=inet_addr(\"127.0.0.1\")}, msg_namelen=128 => 16, msg_iov=[{iov_base=\"ping\", "
            "iov_len=2048}], msg_iovlen=1, msg_control=[{cmsg_len=48, cmsg_level=SOL_IP, "
            "cmsg_type=IP_RECVERR, cmsg_data={ee_errno=111, ee_origin=2, ee_type=3, ee_code=3, "
            "ee_info=0, ee_data=0, offender={sa_family=AF_INET, sin_port=htons(0), "
            "sin_addr=inet_addr(\"127.0.0.1\")}}}], msg_controllen=48, msg_flags=0}, MSG_ERRQUEUE) = 4"));
    Message failed(Call::Recvmsg, "", -1, 2048);
    failed.record.error = EBADF;
    QCOMPARE(failed.text(),
             std::string("recvmsg(3, {msg_namelen=128}, MSG_ERRQUEUE) = -1 EBADF (Bad file descriptor)"));
    QCOMPARE(failed.text(CallNotation::Planned), std::string("recvmsg(3, {…}, MSG_ERRQUEUE)"));
}

void TestQueuedError::dropsAreCounted() {
    Message message(Call::RecvmsgDatagram, "data", 4, 100);
    message.control(SOL_SOCKET, SO_RXQ_OVFL, dropBytes(34)).from("127.0.0.1", 9);
    QCOMPARE(dropsBefore(message.record, message.all()).value_or(0), 34U);
    QCOMPARE(message.record.dataLength(), 4U);
    QVERIFY(message.text().find("msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=0x28 /* SCM_??? "
                                "*/}], msg_controllen=24") != std::string::npos);
    QVERIFY(message.text(CallNotation::Libc).find("cmsg_type=SO_RXQ_OVFL, cmsg_data=[34]}]") !=
            std::string::npos);
    Message without(Call::RecvmsgDatagram, "data", 4, 100);
    without.from("127.0.0.1", 9);
    QVERIFY(!dropsBefore(without.record, without.all()));
    QVERIFY(without.text().find("msg_iovlen=1, msg_controllen=0") != std::string::npos);
}

void TestQueuedError::aDatagramThatIsCut() {
    Message message(Call::RecvmsgDatagram, "012", 10, 3);
    message.control(SOL_SOCKET, SO_RXQ_OVFL, dropBytes(1)).from("127.0.0.1", 9);
    QVERIFY(message.record.truncated());
    QCOMPARE(message.record.dataLength(), 3U);
    QVERIFY(message.text().find("iov_base=\"012\", iov_len=3") != std::string::npos);
    QCOMPARE(addressText(message.record, message.all()), std::string("127.0.0.1:9"));
}

QTEST_GUILESS_MAIN(TestQueuedError)
#include "tst_queuederror.moc"
