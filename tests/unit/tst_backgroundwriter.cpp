// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <pty.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QtTest>
#include <array>
#include <atomic>
#include <string>
#include <utility>

#include "backgroundwriter.h"

// Real pipes, sockets and terminals that are not read.

using namespace sockstage;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t muchBytes = std::size_t{1} << 20;  // more than any of them holds

/// Two ends of one thing; what is written to the second can be read from the first.
struct Ends {
    ~Ends() {
        for (const int fd : fds)
            if (fd >= 0) ::close(fd);
    }
    int& reading() { return fds[0]; }
    int& writing() { return fds[1]; }

    std::array<int, 2> fds{-1, -1};
};

void open(Ends& ends, const QString& kind) {
    if (kind == QLatin1String("pipe")) QCOMPARE(::pipe(ends.fds.data()), 0);
    if (kind == QLatin1String("pipe that does not block")) QCOMPARE(::pipe2(ends.fds.data(), O_NONBLOCK), 0);
    if (kind == QLatin1String("socket")) QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.fds.data()), 0);
    if (!(kind == QLatin1String("terminal"))) return;
    termios raw{};
    cfmakeraw(&raw);
    QCOMPARE(::openpty(&ends.reading(), &ends.writing(), nullptr, &raw, nullptr), 0);
}

/// Everything that is there now.
std::string readAll(int fd) {
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    std::string all;
    std::array<char, 65536> buffer;
    for (ssize_t got = 0; (got = ::read(fd, buffer.data(), buffer.size())) > 0;)
        all.append(buffer.data(), static_cast<std::size_t>(got));
    return all;
}

std::string numbered(std::size_t bytes) {
    std::string text;
    for (int i = 0; text.size() < bytes; ++i)
        text += std::to_string(i) + ' ';
    return text;
}

}  // namespace

class TestBackgroundWriter : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void writesAllInOrder();
    void whatIsNotWrittenIsCounted_data();
    void whatIsNotWrittenIsCounted();
    void goesOnWhenSomebodyReads();
    void aPausedTerminalTakesNothing();
    void tellsWhyItFailed();
    void waitsForTheReaderOfAFifo();
    void aFifoThatCannotBeOpened();
};

void TestBackgroundWriter::writesAllInOrder() {
    Ends ends;
    open(ends, QStringLiteral("pipe"));
    std::atomic<int> told{0};
    BackgroundWriter writer({ends.writing(), {}}, [&] { ++told; });
    std::string first = "first ", second = "second";
    QVERIFY(writer.take(first));
    QVERIFY(first.empty());
    writer.wait(30s);
    QCOMPARE(writer.pendingBytes(), 0U);
    QTRY_COMPARE(told.load(), 1);
    QVERIFY(writer.take(second));
    writer.wait(30s);
    QCOMPARE(readAll(ends.reading()), std::string("first second"));
    writer.stop();
    std::string late = "late";
    QVERIFY(!writer.take(late));
    QCOMPARE(late, std::string("late"));
}

void TestBackgroundWriter::whatIsNotWrittenIsCounted_data() {
    QTest::addColumn<QString>("kind");
    for (const char* kind : {"pipe", "pipe that does not block", "socket", "terminal"})
        QTest::addRow("%s", kind) << QString::fromLatin1(kind);
}

/// To the byte, although its write() was interrupted.
void TestBackgroundWriter::whatIsNotWrittenIsCounted() {
    QFETCH(const QString, kind);
    Ends ends;
    open(ends, kind);
    BackgroundWriter writer({ends.writing(), {}}, nullptr);
    const std::string all = numbered(muchBytes);
    std::string text = all;
    QVERIFY(writer.take(text));
    writer.wait(200ms);
    QVERIFY(!writer.take(text));
    writer.stop();
    QCOMPARE(writer.error(), 0);
    QVERIFY(writer.pendingBytes() > 0);
    const std::string written = readAll(ends.reading());
    QVERIFY(!written.empty());
    QCOMPARE(written.size() + writer.pendingBytes(), all.size());
    QVERIFY(all.starts_with(written));
}

void TestBackgroundWriter::goesOnWhenSomebodyReads() {
    Ends ends;
    open(ends, QStringLiteral("pipe"));
    BackgroundWriter writer({ends.writing(), {}}, nullptr);
    const std::string all = numbered(muchBytes);
    std::string text = all;
    QVERIFY(writer.take(text));
    std::string got;
    QVERIFY(QTest::qWaitFor([&] { return (got += readAll(ends.reading())).size() == all.size(); }, 30'000));
    QCOMPARE(got, all);
    writer.wait(30s);
    QCOMPARE(writer.pendingBytes(), 0U);
}

void TestBackgroundWriter::aPausedTerminalTakesNothing() {
    Ends ends;
    open(ends, QStringLiteral("terminal"));
    QCOMPARE(::tcflow(ends.writing(), TCOOFF), 0);  // what Ctrl+S does
    BackgroundWriter writer({ends.writing(), {}}, nullptr);
    std::string text = "unseen";
    QVERIFY(writer.take(text));
    writer.wait(100ms);
    QVERIFY(!writer.waitAtMost(10ms));
    QCOMPARE(writer.pendingBytes(), 6U);
    QCOMPARE(::tcflow(ends.writing(), TCOON), 0);
    QVERIFY(writer.waitAtMost(30s));
    QCOMPARE(writer.pendingBytes(), 0U);
    QCOMPARE(readAll(ends.reading()), std::string("unseen"));
}

void TestBackgroundWriter::tellsWhyItFailed() {
    Ends ends;
    open(ends, QStringLiteral("pipe"));
    ::close(std::exchange(ends.reading(), -1));
    std::atomic<bool> told{false};
    BackgroundWriter writer({ends.writing(), {}}, [&] { told = true; });
    std::string text = "to nobody";
    QVERIFY(writer.take(text));
    writer.wait(30s);
    QCOMPARE(writer.error(), EPIPE);
    QCOMPARE(writer.pendingBytes(), 9U);
    QTRY_VERIFY(told);
    QVERIFY(!writer.take(text));
}

void TestBackgroundWriter::waitsForTheReaderOfAFifo() {
    const QTemporaryDir folder;
    const std::string path = folder.filePath(QStringLiteral("fifo")).toStdString();
    QCOMPARE(::mkfifo(path.c_str(), 0600), 0);
    {
        BackgroundWriter writer({-1, path}, nullptr);
        std::string text = "never read";
        QVERIFY(writer.take(text));
        writer.wait(50ms);
        writer.stop();  // the thread is in open()
        QCOMPARE(writer.pendingBytes(), 10U);
    }
    BackgroundWriter writer({-1, path}, nullptr);
    std::string text = "read";
    QVERIFY(writer.take(text));
    Ends ends;
    ends.reading() = ::open(path.c_str(), O_RDONLY);
    QVERIFY(ends.reading() >= 0);
    writer.wait(30s);
    QCOMPARE(readAll(ends.reading()), std::string("read"));
}

void TestBackgroundWriter::aFifoThatCannotBeOpened() {
    std::atomic<bool> told{false};
    BackgroundWriter writer({-1, "/nowhere/fifo"}, [&] { told = true; });
    QTRY_VERIFY(told);
    QCOMPARE(writer.error(), ENOENT);
}

QTEST_GUILESS_MAIN(TestBackgroundWriter)
#include "tst_backgroundwriter.moc"
