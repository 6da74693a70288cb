// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "socketoptions.h"

using namespace sockstage;

class TestOptionValues : public QObject {
    Q_OBJECT

private:
    static OptionFact of(OptionKind kind) {
        OptionFact fact;
        fact.kind = kind;
        return fact;
    }

private Q_SLOTS:
    /// A value can be edited as it stands.
    void whatIsShownCanBeTyped_data() {
        using enum OptionKind;
        QTest::addColumn<int>("kind");
        QTest::addColumn<qint64>("value");
        const std::pair<OptionKind, std::vector<qint64>> values[] = {
            {Flag, {0, 1, 2, -1}},       {Integer, {-1, 0, 64, 2147483647}},
            {Bytes, {-1, 0, 1, 212992}}, {BytesPerSecond, {-1, 0, 1, 5'000'000'000}},
            {Seconds, {0, 1, 7200}},     {Milliseconds, {0, 1, 30'000}},
            {Microseconds, {0, 50}},     {Timeval, {0, 1, 2'500'000, 3'000'000, 3'600'000'001}},
            {Linger, {-1, 0, 5}},        {Hex, {0, 16, 255, 2147483647, -1}},
            {Choice, {0, 1, 99}}};
        for (const auto& [kind, numbers] : values)
            for (const qint64 number : numbers)
                QTest::addRow("kind %d, %lld", int(kind), number) << int(kind) << number;
    }
    void whatIsShownCanBeTyped() {
        QFETCH(int, kind);
        QFETCH(qint64, value);
        const OptionFact fact = of(static_cast<OptionKind>(kind));
        const std::string text = optionValueText(fact, value);
        const auto parsed = parseOptionValue(fact, text);
        QVERIFY2(parsed, text.c_str());
        QCOMPARE(*parsed, value);
    }

    void everyChoiceHasItsName() {
        for (const Role role : allRoles)
            for (const OptionFact& fact : optionsOf(role))
                for (const OptionChoice& choice : optionChoices(fact))
                    QCOMPARE(parseOptionValue(fact, optionValueText(fact, choice.value)).value(),
                             choice.value);
    }

    void unitsAreOptional() {
        QCOMPARE(parseOptionValue(of(OptionKind::Bytes), "8192").value(), 8192);
        QCOMPARE(parseOptionValue(of(OptionKind::Bytes), "8192 bytes").value(), 8192);
        QCOMPARE(parseOptionValue(of(OptionKind::Bytes), " 8192bytes ").value(), 8192);
        QCOMPARE(parseOptionValue(of(OptionKind::Linger), "5").value(), 5);
        QCOMPARE(parseOptionValue(of(OptionKind::Timeval), "2.5").value(), 2'500'000);
    }

    void anotherUnitIsRefused() {
        QVERIFY(!parseOptionValue(of(OptionKind::Seconds), "5 ms"));
        QVERIFY(!parseOptionValue(of(OptionKind::Milliseconds), "5 s"));
        QVERIFY(!parseOptionValue(of(OptionKind::Bytes), "5 kbytes"));
        QVERIFY(!parseOptionValue(of(OptionKind::Bytes), "bytes"));
        QVERIFY(!parseOptionValue(of(OptionKind::Integer), "5 s"));
        QVERIFY(!parseOptionValue(of(OptionKind::Flag), "on ()"));
        QVERIFY(!parseOptionValue(of(OptionKind::Hex), "0x100000000"));
        QVERIFY(!parseOptionValue(of(OptionKind::Text), "bbr"));
    }
};

QTEST_APPLESS_MAIN(TestOptionValues)
#include "tst_optionvalues.moc"
