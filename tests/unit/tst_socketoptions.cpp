// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/socket.h>
#include <QtTest>
#include <set>

#include "socketoptions.h"

using namespace sockstage;

namespace {

const OptionFact& option(const char* symbol) {
    const OptionFact* fact = findOption(std::string_view(symbol));
    if (fact == nullptr) qFatal("no such option: %s", symbol);
    return *fact;
}

}  // namespace

class TestSocketOptions : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void eachIsFoundByBothItsNames();
    void eachRoleHasItsOwn();
    void valuesAreReadAndShown_data();
    void valuesAreReadAndShown();
    void whatIsNoValue_data();
    void whatIsNoValue();
    void whatIsShownCanBeTyped();
    void when();
};

void TestSocketOptions::eachIsFoundByBothItsNames() {
    for (const Role role : allRoles) {
        std::set<std::pair<int, int>> seen;
        for (const OptionFact& fact : optionsOf(role)) {
            QCOMPARE(findOption(fact.level, fact.name)->symbol, fact.symbol);
            QCOMPARE(findOption(fact.symbol)->name, fact.name);
            QVERIFY2(seen.insert({fact.level, fact.name}).second, fact.symbol.data());
        }
    }
    QCOMPARE(option("so_rcvbuf").name, SO_RCVBUF);
    QVERIFY(findOption("SO_NONE") == nullptr);
    QVERIFY(findOption(-1, -1) == nullptr);
}

void TestSocketOptions::eachRoleHasItsOwn() {
    const auto has = [](Role role, const char* symbol) {
        const auto options = optionsOf(role);
        return std::any_of(options.begin(), options.end(),
                           [symbol](const OptionFact& fact) { return fact.symbol == symbol; });
    };
    QVERIFY(has(Role::TcpServer, "TCP_DEFER_ACCEPT") && !has(Role::TcpClient, "TCP_DEFER_ACCEPT"));
    QVERIFY(has(Role::TcpClient, "TCP_SYNCNT") && !has(Role::TcpServer, "TCP_SYNCNT"));
    QVERIFY(has(Role::UdpServer, "SO_RXQ_OVFL") && !has(Role::TcpClient, "SO_RXQ_OVFL"));
    QVERIFY(!has(Role::UdpClient, "TCP_NODELAY"));
    QVERIFY(isIpv6Option(option("IPV6_V6ONLY")) && isIpv6Option(option("UDP_NO_CHECK6_TX")));
    QVERIFY(!isIpv6Option(option("SO_RCVBUF")));
}

void TestSocketOptions::valuesAreReadAndShown_data() {
    QTest::addColumn<QByteArray>("symbol");
    QTest::addColumn<QByteArray>("typed");
    QTest::addColumn<qint64>("value");
    QTest::addColumn<QByteArray>("shown");
    const auto row = [](const char* symbol, const char* typed, qint64 value, const char* shown) {
        QTest::addRow("%s %s", symbol, typed)
            << QByteArray(symbol) << QByteArray(typed) << value << QByteArray(shown);
    };
    row("TCP_NODELAY", "yes", 1, "on");
    row("TCP_NODELAY", "off", 0, "off");
    row("TCP_NODELAY", "2", 2, "on (2)");
    row("SO_RCVBUF", "4096", 4096, "4096 bytes");
    row("SO_RCVLOWAT", "1", 1, "1 byte");
    row("IP_TOS", "0x10", 16, "0x10");
    row("SO_LINGER", "off", -1, "off");
    row("SO_LINGER", "0", 0, "on, 0 s");
    row("SO_RCVTIMEO", "2.5", 2'500'000, "2.5 s");
    row("SO_RCVTIMEO", "0", 0, "no limit");
    row("SO_MAX_PACING_RATE", "unlimited", -1, "unlimited");
    row("SO_MAX_PACING_RATE", "5000000000", 5'000'000'000, "5000000000 bytes/s");
    row("IP_MTU_DISCOVER", "probe", 3, "PROBE");
    row("IP_MTU_DISCOVER", "9", 9, "9");
    row("TCP_USER_TIMEOUT", "30", 30, "30 ms");
}

void TestSocketOptions::valuesAreReadAndShown() {
    QFETCH(QByteArray, symbol);
    QFETCH(QByteArray, typed);
    QFETCH(qint64, value);
    QFETCH(QByteArray, shown);
    const OptionFact& fact = option(symbol.constData());
    const auto read = parseOptionValue(fact, typed.toStdString());
    QVERIFY(read);
    QCOMPARE(*read, value);
    QCOMPARE(QByteArray::fromStdString(optionValueText(fact, value)), shown);
}

void TestSocketOptions::whatIsNoValue_data() {
    QTest::addColumn<QByteArray>("symbol");
    QTest::addColumn<QByteArray>("typed");
    const auto row = [](const char* symbol, const char* typed) {
        QTest::addRow("%s '%s'", symbol, typed) << QByteArray(symbol) << QByteArray(typed);
    };
    for (const char* typed : {"", "x", "1x", "4294967296", "-4294967296", "1.5", "0x", "on"})
        row("SO_RCVBUF", typed);
    row("SO_RCVTIMEO", "inf");
    row("SO_RCVTIMEO", "1e300");
    row("TCP_CONGESTION", "cubic");  // a name is no number
}

void TestSocketOptions::whatIsNoValue() {
    QFETCH(QByteArray, symbol);
    QFETCH(QByteArray, typed);
    QVERIFY(!parseOptionValue(option(symbol.constData()), typed.toStdString()));
}

void TestSocketOptions::whatIsShownCanBeTyped() {
    for (const char* symbol : {"IP_MTU_DISCOVER", "IPV6_MTU_DISCOVER"})
        for (const OptionChoice& choice : optionChoices(option(symbol)))
            QCOMPARE(parseOptionValue(option(symbol), choice.name).value_or(-1), choice.value);
    QVERIFY(optionChoices(option("SO_RCVBUF")).empty());
}

void TestSocketOptions::when() {
    QCOMPARE(optionMomentText(option("SO_RCVBUF")), std::string_view("at any time"));
    QCOMPARE(optionMomentText(option("SO_REUSEADDR")), std::string_view("before bind"));
    QCOMPARE(optionMomentText(option("TCP_SAVE_SYN")), std::string_view("before listen or connect"));
    QCOMPARE(optionMomentText(option("TCP_SYNCNT")), std::string_view("before connect"));
    QCOMPARE(optionMomentText(option("IP_MTU")), std::string_view("cannot be set"));
}

QTEST_GUILESS_MAIN(TestSocketOptions)
#include "tst_socketoptions.moc"
