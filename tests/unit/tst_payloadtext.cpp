// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "payloadtext.h"

using namespace sockstage;

namespace {

std::string shown(std::string_view text) {
    return escapedText(text);
}

std::string parsedText(std::string_view text) {
    const auto parsed = parseEscapedText(text);
    return {reinterpret_cast<const char*>(parsed.bytes.data()), parsed.bytes.size()};
}

}  // namespace

class TestPayloadText : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void printableTextStaysAsItIs();
    void whatActsOnTextIsEscaped_data();
    void whatActsOnTextIsEscaped();
    void sentencesKeepTheirEscapes();
    void everyByteSurvivesTheRoundTrip();
    void escapesAreRunsOfTheirOwn();
    void escapesAreRead();
    void brokenEscapesAreShownAtTheirPlace_data();
    void brokenEscapesAreShownAtTheirPlace();
    void hexIsRead();
    void brokenHexIsShownAtItsPlace_data();
    void brokenHexIsShownAtItsPlace();
    void copies();
};

void TestPayloadText::printableTextStaysAsItIs() {
    QCOMPARE(shown("GET / HTTP/1.1"), std::string("GET / HTTP/1.1"));
    QCOMPARE(shown("Größe 漢字 ✓"), std::string("Größe 漢字 ✓"));
}

void TestPayloadText::whatActsOnTextIsEscaped_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("line end") << QByteArray("a\r\n") << QByteArray("a\\r\\n");
    QTest::newRow("nul") << QByteArray("\0", 1) << QByteArray("\\0");
    QTest::newRow("backslash") << QByteArray("\\") << QByteArray("\\\\");
    QTest::newRow("terminal escape") << QByteArray("\x1b[2J") << QByteArray("\\x1b[2J");
    QTest::newRow("right-to-left override") << QByteArray("\xe2\x80\xae") << QByteArray("\\xe2\\x80\\xae");
    QTest::newRow("isolate") << QByteArray("\xe2\x81\xa6") << QByteArray("\\xe2\\x81\\xa6");
    QTest::newRow("hebrew letter") << QByteArray("\xd7\x90") << QByteArray("\\xd7\\x90");
    QTest::newRow("zero width space") << QByteArray("\xe2\x80\x8b") << QByteArray("\\xe2\\x80\\x8b");
    QTest::newRow("C1 control") << QByteArray("\xc2\x9b") << QByteArray("\\xc2\\x9b");
    QTest::newRow("broken UTF-8") << QByteArray("a\xff\xc3") << QByteArray("a\\xff\\xc3");
    QTest::newRow("overlong slash") << QByteArray("\xc0\xaf") << QByteArray("\\xc0\\xaf");
    QTest::newRow("surrogate") << QByteArray("\xed\xa0\x80") << QByteArray("\\xed\\xa0\\x80");
    QTest::newRow("html stays text") << QByteArray("<b>&amp;") << QByteArray("<b>&amp;");
}

void TestPayloadText::whatActsOnTextIsEscaped() {
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, text);
    QCOMPARE(QByteArray::fromStdString(shown(bytes.toStdString())), text);
}

void TestPayloadText::sentencesKeepTheirEscapes() {
    QCOMPARE(printableText("known are \\n and \\\\; “a\\x07”"),
             std::string("known are \\n and \\\\; “a\\x07”"));
    QCOMPARE(printableText("bell \x07 and \\\x07\\"), std::string("bell \\x07 and \\\\x07\\"));
    QCOMPARE(printableText(""), std::string());
}

void TestPayloadText::everyByteSurvivesTheRoundTrip() {
    std::string all;
    for (int i = 0; i < 256; ++i)
        all += static_cast<char>(i);
    QCOMPARE(parsedText(shown(all)), all);
}

void TestPayloadText::escapesAreRunsOfTheirOwn() {
    const std::string text = "ab\r\ncd";
    const auto runs = escapedRuns(std::as_bytes(std::span(text)), 100);
    QCOMPARE(runs.size(), std::size_t(3));
    QVERIFY(!runs[0].escape && runs[1].escape && !runs[2].escape);
    QCOMPARE(runs[1].text, std::string("\\r\\n"));
    QCOMPARE(escapedText(std::as_bytes(std::span(text)), 2), std::string("ab"));
}

void TestPayloadText::escapesAreRead() {
    QCOMPARE(parsedText("a\\n\\r\\t\\0\\\\\\x41"), std::string("a\n\r\t\0\\A", 7));
    QCOMPARE(parsedText(""), std::string());
}

void TestPayloadText::brokenEscapesAreShownAtTheirPlace_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("offset");
    QTest::newRow("lone backslash") << QByteArray("abc\\") << 3;
    QTest::newRow("unknown letter") << QByteArray("a\\q") << 1;
    QTest::newRow("short hex") << QByteArray("\\x4") << 0;
    QTest::newRow("no hex") << QByteArray("12\\xzz") << 2;
}

void TestPayloadText::brokenEscapesAreShownAtTheirPlace() {
    QFETCH(QByteArray, text);
    QFETCH(int, offset);
    const auto parsed = parseEscapedText(text.toStdString());
    QVERIFY(!parsed.error.empty());
    QVERIFY(parsed.bytes.empty());
    QCOMPARE(parsed.errorOffset, std::size_t(offset));
    QVERIFY(parsed.errorLength > 0);
}

void TestPayloadText::hexIsRead() {
    const auto parsed = parseHex("0x48 65,6C:6c-6F\n0a0B");
    QVERIFY(parsed.error.empty());
    QCOMPARE(hexText(parsed.bytes), std::string("48 65 6c 6c 6f 0a 0b"));
    QVERIFY(parseHex("").error.empty());
}

void TestPayloadText::brokenHexIsShownAtItsPlace_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("offset");
    QTest::newRow("odd") << QByteArray("48 6") << 3;
    QTest::newRow("split pair") << QByteArray("4 8") << 0;
    QTest::newRow("letter") << QByteArray("48 zz") << 3;
    QTest::newRow("prefix alone") << QByteArray("0x") << 1;
}

void TestPayloadText::brokenHexIsShownAtItsPlace() {
    QFETCH(QByteArray, text);
    QFETCH(int, offset);
    const auto parsed = parseHex(text.toStdString());
    QVERIFY(!parsed.error.empty());
    QCOMPARE(parsed.errorOffset, std::size_t(offset));
}

void TestPayloadText::copies() {
    const std::string text = "Hi\n";
    const auto bytes = std::as_bytes(std::span(text));
    QCOMPARE(hexText(bytes), std::string("48 69 0a"));
    QCOMPARE(cArrayText(bytes, "data"),
             std::string("const unsigned char data[3] = {\n    0x48, 0x69, 0x0a\n};\n"));
}

QTEST_GUILESS_MAIN(TestPayloadText)
#include "tst_payloadtext.moc"
