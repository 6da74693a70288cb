// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "socketaddress.h"
#include "socketconfig.h"

using namespace sockstage;

class TestSocketAddress : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void numericAddressesAreReadAndShown_data();
    void numericAddressesAreReadAndShown();
    void namesAreNotNumeric();
    void kindsAreTold();
    void endpointsAreRead_data();
    void endpointsAreRead();
    void badEndpointsSayWhy_data();
    void badEndpointsSayWhy();
};

void TestSocketAddress::numericAddressesAreReadAndShown_data() {
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("v4") << QByteArray("127.0.0.1") << QByteArray("127.0.0.1:80");
    QTest::newRow("v6") << QByteArray("::1") << QByteArray("[::1]:80");
    QTest::newRow("mapped") << QByteArray("::ffff:127.0.0.1") << QByteArray("[::ffff:127.0.0.1]:80");
    QTest::newRow("scope") << QByteArray("fe80::1%7") << QByteArray("[fe80::1%7]:80");
}

void TestSocketAddress::numericAddressesAreReadAndShown() {
    QFETCH(QByteArray, host);
    QFETCH(QByteArray, text);
    const auto address = SocketAddress::fromNumeric(host.toStdString(), 80);
    QVERIFY(address);
    QCOMPARE(QByteArray::fromStdString(address->text()), text);
    QCOMPARE(address->port(), std::uint16_t(80));
    QVERIFY(SocketAddress::fromBytes(address->bytes()) == *address);
}

void TestSocketAddress::namesAreNotNumeric() {
    for (const char* host : {"localhost", "", "1.2.3", "256.1.1.1", "fe80::1%", "::g"})
        QVERIFY2(!SocketAddress::fromNumeric(host, 1), host);
    QVERIFY(SocketAddress().text().empty());
}

void TestSocketAddress::kindsAreTold() {
    const auto at = [](const char* host) { return *SocketAddress::fromNumeric(host, 1); };
    QVERIFY(at("127.9.9.9").isLoopback() && at("::1").isLoopback() && at("::ffff:127.0.0.1").isLoopback());
    QVERIFY(!at("10.0.0.1").isLoopback() && !at("::").isLoopback());
    QVERIFY(at("0.0.0.0").isWildcard() && at("::").isWildcard() && !at("::1").isWildcard());
    QVERIFY(!(at("127.0.0.1") == at("127.0.0.2")));
}

void TestSocketAddress::endpointsAreRead_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<QByteArray>("service");
    QTest::newRow("v4") << QByteArray("127.0.0.1:8080") << QByteArray("127.0.0.1") << QByteArray("8080");
    QTest::newRow("name") << QByteArray("localhost:http") << QByteArray("localhost") << QByteArray("http");
    QTest::newRow("v6") << QByteArray("[::1]:65535") << QByteArray("::1") << QByteArray("65535");
    QTest::newRow("loopback") << QByteArray(":0") << QByteArray("") << QByteArray("0");
}

void TestSocketAddress::endpointsAreRead() {
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, host);
    QFETCH(QByteArray, service);
    const auto parsed = parseEndpoint(text.toStdString(), true);
    QCOMPARE(parsed.error, std::string());
    QCOMPARE(QByteArray::fromStdString(parsed.endpoint.host), host);
    QCOMPARE(QByteArray::fromStdString(parsed.endpoint.service), service);
    QCOMPARE(QByteArray::fromStdString(parsed.endpoint.text()), text);
}

void TestSocketAddress::badEndpointsSayWhy_data() {
    QTest::addColumn<QByteArray>("text");
    for (const char* text :
         {"", "8080", "localhost", "localhost:", "h:65536", "h:-1", "h:+1", "h:99999999999", "::1:80",
          "[::1]", "[::1]80", "[::1:80", "a b:1", "h:1 2", "h:0"})
        QTest::newRow(text) << QByteArray(text);
}

void TestSocketAddress::badEndpointsSayWhy() {
    QFETCH(QByteArray, text);
    const auto parsed = parseEndpoint(text.toStdString(), false);
    QVERIFY(!parsed.error.empty());
    QVERIFY(parsed.error.ends_with('.'));
}

QTEST_GUILESS_MAIN(TestSocketAddress)
#include "tst_socketaddress.moc"
