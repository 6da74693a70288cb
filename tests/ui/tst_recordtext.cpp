// SPDX-License-Identifier: GPL-3.0-or-later
#include "recordtext.h"

#include <QTest>
#include <cerrno>
#include <cstring>

using namespace sockstage;
using Kind = RecordLine::Kind;

class TestRecordText : public QObject {
    Q_OBJECT

private:
    struct Fixture {
        CaptureStore capture{std::size_t{16} << 20U};
        ConnectionTable connections;
        RecordSource source{&capture, &connections, true};

        RecordLine line(CallRecord record, const std::string& bytes = {}, int columns = 80,
                        PayloadStyle style = PayloadStyle::Text) {
            const auto room = capture.reserve(bytes.size());
            if (!bytes.empty()) std::memcpy(room.data(), bytes.data(), bytes.size());
            record.bytesLength = static_cast<std::uint32_t>(bytes.size());
            const auto row = capture.commit(record, bytes.size());
            const auto pin = capture.pin(row);
            return trafficLine(source, pin, pin.record(row), style, columns);
        }
    };
    static CallRecord moved(Call call, std::size_t bytes, std::size_t asked) {
        CallRecord record;
        record.call = call;
        record.stage = isReceive(call) ? Stage::Recv : Stage::Send;
        record.result = static_cast<std::int64_t>(bytes);
        record.asked = static_cast<std::uint32_t>(asked);
        return record;
    }
    static CallRecord failed(Call call, int error) {
        CallRecord record = moved(call, 0, 65536);
        record.result = -1;
        record.error = error;
        return record;
    }

private Q_SLOTS:
    void receivedText() {
        Fixture fixture;
        const RecordLine line = fixture.line(moved(Call::Recv, 7, 65536), "ping\r\n\\");
        QCOMPARE(line.kind, Kind::Received);
        QCOMPARE(line.arrow, QStringLiteral("↓"));
        QCOMPARE(line.size, QStringLiteral("7"));
        QCOMPARE(line.plainText(), QStringLiteral("ping\\r\\n\\\\"));
        QCOMPARE(line.text.front().tone, TextPiece::Tone::Plain);
        QCOMPARE(line.text.back().tone, TextPiece::Tone::Escape);
    }

    void hostileTextIsShownLiterally() {
        Fixture fixture;
        const std::string evil = "<b>x</b>\x1b[31m\u202e";
        const QString text = fixture.line(moved(Call::Recv, evil.size(), 65536), evil).plainText();
        QVERIFY(text.startsWith(QStringLiteral("<b>x</b>\\x1b[31m")));
        for (const QChar c : text)
            QVERIFY(c.unicode() >= 0x20 && c.unicode() < 0x7f);
    }

    void aLongPayloadSaysHowMuchIsMissing_data() {
        QTest::addColumn<QByteArray>("payload");
        QTest::addColumn<int>("columns");
        QTest::newRow("letters") << QByteArray(2000, 'a') << 60;
        QTest::newRow("escapes") << QByteArray(2000, '\x01') << 60;
        QTest::newRow("three bytes each") << QByteArray("€").repeated(500) << 40;
        QTest::newRow("four bytes each") << QByteArray("😀").repeated(500) << 41;
        QTest::newRow("mixed") << QByteArray("a\n€\x02").repeated(100) << 33;
        QTest::newRow("one too many") << QByteArray(81, 'a') << 80;
        QTest::newRow("a megabyte") << QByteArray(1'000'000, 'a') << 100;
    }
    void aLongPayloadSaysHowMuchIsMissing() {
        QFETCH(QByteArray, payload);
        QFETCH(int, columns);
        Fixture fixture;
        const auto length = static_cast<std::size_t>(payload.size());
        const QString text =
            fixture.line(moved(Call::Recv, length, length), payload.toStdString(), columns).plainText();
        QVERIFY2(text.size() <= columns + 2, qPrintable(text));
        const qsizetype cut = text.indexOf(QStringLiteral(" … "));
        QVERIFY2(cut > 0, qPrintable(text));
        QString more = text.mid(cut + 3);
        QVERIFY(more.endsWith(QStringLiteral(" more")));
        more.chop(5);
        const qsizetype missing = more.remove(QChar(0x202f)).toLongLong();
        // What is shown, turned back into bytes, is the beginning of the payload.
        QByteArray shown = text.left(cut).toUtf8();
        shown.replace("\\x01", "\x01").replace("\\x02", "\x02").replace("\\n", "\n");
        QVERIFY(payload.startsWith(shown));
        QCOMPARE(shown.size() + missing, payload.size());
    }

    void whatFitsIsNotCut() {
        Fixture fixture;
        QCOMPARE(fixture.line(moved(Call::Recv, 80, 80), std::string(80, 'a'), 80).plainText(),
                 QString(80, QLatin1Char('a')));
    }

    void hex() {
        Fixture fixture;
        const auto line = fixture.line(moved(Call::Send, 5, 5), "Hello", 80, PayloadStyle::Hex);
        QCOMPARE(line.plainText(), QStringLiteral("48 65 6c 6c 6f"));
        QCOMPARE(line.kind, Kind::Sent);
        const auto longer =
            fixture.line(moved(Call::Send, 500, 500), std::string(500, 'A'), 46, PayloadStyle::Hex);
        QCOMPARE(longer.plainText(), QStringLiteral("41 41 41 41 41 41 41 41 41 41 … 490 more"));
    }

    void aPartialSendSaysSo() {
        Fixture fixture;
        const auto line = fixture.line(moved(Call::Send, 262'144, 524'288), std::string(262'144, 'f'), 120);
        QVERIFY(line.plainText().startsWith(
            QStringLiteral("262\u202f144 of 524\u202f288 accepted by the kernel (partial)")));
        QCOMPARE(line.size, QStringLiteral("262\u202f144"));
    }

    void datagrams() {
        Fixture fixture;
        fixture.source.stream = false;
        QCOMPARE(fixture.line(moved(Call::Recvfrom, 0, 65536)).plainText(),
                 QStringLiteral("(empty datagram)"));
        QCOMPARE(fixture.line(moved(Call::Recv, 0, 65536)).plainText(), QStringLiteral("(empty datagram)"));
        QCOMPARE(fixture.line(moved(Call::Sendto, 0, 0)).kind, Kind::Sent);
        const QString cut = fixture.line(moved(Call::Recvfrom, 10, 3), "abc", 120).plainText();
        QCOMPARE(cut, QStringLiteral("3 of 10 bytes kept, 7 lost: datagram longer than the read size · abc"));
    }

    void endsAndErrors() {
        Fixture fixture;
        const auto eof = fixture.line(moved(Call::Recv, 0, 65536));
        QCOMPARE(eof.kind, Kind::Event);
        QCOMPARE(eof.plainText(),
                 QStringLiteral("recv() returned 0: the peer closed its sending side (EOF)"));
        const auto reset = fixture.line(failed(Call::Recv, ECONNRESET));
        QCOMPARE(reset.kind, Kind::Failure);
        QCOMPARE(reset.plainText(), QStringLiteral("recv() failed: ECONNRESET (Connection reset by peer)"));
        const auto begun = fixture.line(failed(Call::Connect, EINPROGRESS));
        QCOMPARE(begun.kind, Kind::Event);
    }

    void theListOfCallsSpeaksStrace() {
        Fixture fixture;
        CallRecord record = moved(Call::Send, 4, 4);
        record.fd = 9;
        record.durationNs = 7300;
        const auto room = fixture.capture.reserve(4);
        std::memcpy(room.data(), "ping", 4);
        record.bytesLength = 4;
        const auto row = fixture.capture.commit(record, 4);
        const auto pin = fixture.capture.pin(row);
        const RecordLine line = callLine(fixture.source, pin, pin.record(row));
        QVERIFY(line.plainText().startsWith(QStringLiteral("sendto(9, \"ping\", 4")));
        QVERIFY(line.plainText().endsWith(QStringLiteral(") = 4")));
        QCOMPARE(line.size, QStringLiteral("7.3 µs"));
        QCOMPARE(line.peer, QStringLiteral("send"));
    }
};

QTEST_GUILESS_MAIN(TestRecordText)
#include "tst_recordtext.moc"
