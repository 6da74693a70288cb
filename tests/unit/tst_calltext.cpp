// SPDX-License-Identifier: GPL-3.0-or-later
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <QtTest>
#include <cerrno>
#include <cstring>

#include "calltext.h"
#include "socketaddress.h"

using namespace sockstage;

// The expected lines are what strace 6.1 printed for the same calls. That the engine's calls agree with
// strace is tested with strace itself, in tests/peers.

namespace {

CallRecord made(Call call, std::int64_t result, std::int32_t error = 0) {
    CallRecord record;
    record.call = call;
    record.fd = 3;
    record.result = result;
    record.error = error;
    return record;
}

std::string text(CallRecord record, std::string_view data, const SocketAddress& address = {},
                 CallNotation notation = CallNotation::Strace) {
    std::string bytes(data);
    bytes.append(reinterpret_cast<const char*>(address.data()), address.length());
    record.bytesLength = static_cast<std::uint32_t>(bytes.size());
    record.addressLength = static_cast<std::uint16_t>(isTransfer(record.call) ? address.length() : 0);
    return callText(record, std::as_bytes(std::span(bytes)), notation);
}

CallRecord sending(std::string_view data) {
    CallRecord record = made(Call::Send, static_cast<std::int64_t>(data.size()));
    record.asked = static_cast<std::uint32_t>(data.size());
    record.args = {MSG_NOSIGNAL, 0, 0};
    return record;
}

}  // namespace

class TestCallText : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void stringsAreEscapedAsStraceDoes_data();
    void stringsAreEscapedAsStraceDoes();
    void longDataIsAbbreviated();
    void sendAndRecvHaveTwoNames();
    void failuresNameTheirErrno();
    void addressesAreShown();
    void optionsAreShown();
    void resolutionsAreShown();
    void truncatedDatagramShowsItsLength();
};

void TestCallText::stringsAreEscapedAsStraceDoes_data() {
    QTest::addColumn<QByteArray>("data");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("controls") << QByteArray("\0\1\2\3\4\5\6\7\10\t\n\v\f\r\16\17", 16)
                              << QByteArray("\\0\\1\\2\\3\\4\\5\\6\\7\\10\\t\\n\\v\\f\\r\\16\\17");
    QTest::newRow("octal before digits") << QByteArray(
                                                "\x01"
                                                "9\x01"
                                                "7\0"
                                                "8\0\x80\xff",
                                                9)
                                         << QByteArray("\\19\\0017\\08\\0\\200\\377");
    QTest::newRow("quotes") << QByteArray("\"\\'~\x7f") << QByteArray("\\\"\\\\'~\\177");
}

void TestCallText::stringsAreEscapedAsStraceDoes() {
    QFETCH(QByteArray, data);
    QFETCH(QByteArray, expected);
    const std::string line = text(sending(data.toStdString()), data.toStdString());
    const std::string size = std::to_string(data.size());
    QCOMPARE(line,
             "sendto(3, \"" + expected.toStdString() + "\", " + size + ", MSG_NOSIGNAL, NULL, 0) = " + size);
}

void TestCallText::longDataIsAbbreviated() {
    const std::string data(33, 'a');
    QVERIFY(text(sending(data), data).starts_with("sendto(3, \"" + std::string(32, 'a') + "\"..., 33, "));
}

void TestCallText::sendAndRecvHaveTwoNames() {
    QCOMPARE(text(sending("x"), "x", {}, CallNotation::Libc),
             std::string("send(3, \"x\", 1, MSG_NOSIGNAL) = 1"));
    CallRecord record = made(Call::Recv, 0);
    record.asked = 10;
    QCOMPARE(text(record, ""), std::string("recvfrom(3, \"\", 10, 0, NULL, NULL) = 0"));
    QCOMPARE(text(record, "", {}, CallNotation::Libc), std::string("recv(3, \"\", 10, 0) = 0"));
}

void TestCallText::failuresNameTheirErrno() {
    CallRecord record = made(Call::Listen, -1, EADDRINUSE);
    record.args = {5, 0, 0};
    QCOMPARE(text(record, ""), std::string("listen(3, 5) = -1 EADDRINUSE (Address already in use)"));
    CallRecord receiving = made(Call::Recv, -1, ECONNRESET);
    receiving.asked = 10;
    const std::uint64_t pointer = 0x7ffe0010;
    const std::string bytes(reinterpret_cast<const char*>(&pointer), sizeof pointer);
    QCOMPARE(
        text(receiving, bytes),
        std::string("recvfrom(3, 0x7ffe0010, 10, 0, NULL, NULL) = -1 ECONNRESET (Connection reset by peer)"));
}

void TestCallText::addressesAreShown() {
    const auto v4 = *SocketAddress::fromNumeric("127.0.0.1", 1);
    QCOMPARE(
        text(made(Call::Connect, -1, EINPROGRESS), "", v4),
        std::string(
            "connect(3, {sa_family=AF_INET, sin_port=htons(1), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = "
            "-1 EINPROGRESS (Operation now in progress)"));
    CallRecord record = made(Call::Accept4, 5);
    record.asked = 128;
    record.args = {SOCK_CLOEXEC | SOCK_NONBLOCK, 0, 0};
    QCOMPARE(text(record, "", *SocketAddress::fromNumeric("::1", 9)),
             std::string("accept4(3, {sa_family=AF_INET6, sin6_port=htons(9), sin6_flowinfo=htonl(0), "
                         "inet_pton(AF_INET6, \"::1\", &sin6_addr), sin6_scope_id=0}, [128 => 28], "
                         "SOCK_CLOEXEC|SOCK_NONBLOCK) = 5"));
}

void TestCallText::optionsAreShown() {
    const int value = 131072;
    CallRecord record = made(Call::Getsockopt, 0);
    record.args = {SOL_SOCKET, SO_RCVBUF, 0};
    record.asked = sizeof value;
    const std::string bytes(reinterpret_cast<const char*>(&value), sizeof value);
    QCOMPARE(text(record, bytes), std::string("getsockopt(3, SOL_SOCKET, SO_RCVBUF, [131072], [4]) = 0"));
    record.call = Call::Setsockopt;
    record.args = {SOL_SOCKET, SO_LINGER, 0};
    record.asked = 8;
    const linger off{1, 0};
    QCOMPARE(text(record, std::string(reinterpret_cast<const char*>(&off), sizeof off)),
             std::string("setsockopt(3, SOL_SOCKET, SO_LINGER, {l_onoff=1, l_linger=0}, 8) = 0"));
}

void TestCallText::resolutionsAreShown() {
    const auto address = *SocketAddress::fromNumeric("127.0.0.1", 80);
    std::string bytes("localhost\0http\0", 15);
    bytes += static_cast<char>(address.length());
    bytes.append(reinterpret_cast<const char*>(address.data()), address.length());
    CallRecord record = made(Call::Getaddrinfo, 0);
    record.args = {0, AF_UNSPEC, SOCK_STREAM};
    QCOMPARE(text(record, bytes),
             std::string("getaddrinfo(\"localhost\", \"http\", {ai_flags=0, ai_family=AF_UNSPEC, "
                         "ai_socktype=SOCK_STREAM}, [127.0.0.1:80]) = 0"));
    record.result = EAI_NONAME;
    QVERIFY(
        text(record, std::string("x\0y\0", 4)).ends_with("[]) = -2 EAI_NONAME (Name or service not known)"));
    QCOMPARE(errorName(record), std::string("EAI_NONAME"));
}

void TestCallText::truncatedDatagramShowsItsLength() {
    CallRecord record = made(Call::Recvfrom, 10);
    record.asked = 3;
    record.args = {MSG_TRUNC, 128, 0};
    const auto peer = *SocketAddress::fromNumeric("127.0.0.1", 9);
    QCOMPARE(text(record, "012", peer),
             std::string("recvfrom(3, \"012\", 3, MSG_TRUNC, {sa_family=AF_INET, sin_port=htons(9), "
                         "sin_addr=inet_addr(\"127.0.0.1\")}, [128 => 16]) = 10"));
    record.bytesLength = 3 + peer.length();
    record.addressLength = static_cast<std::uint16_t>(peer.length());
    QCOMPARE(record.dataLength(), 3U);
    QVERIFY(record.truncated());
}

QTEST_GUILESS_MAIN(TestCallText)
#include "tst_calltext.moc"
