// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/stat.h>
#include <QTemporaryFile>
#include <QtTest>

#include "sendqueue.h"

using namespace sockstage;

class TestSendQueue : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatIsQueuedIsCounted();
    void whatIsGivenUpIsCounted();
    void anEmptyDatagramIsAnItem();
    void aFileIsReadInPieces();
    void onlyARegularFileIsSent();
    void aFileEndsWhereReadEnds();
};

namespace {

SendItem item(std::string_view text) {
    return SendItem::of(Payload::copyOf(std::as_bytes(std::span(text))));
}

}  // namespace

void TestSendQueue::whatIsQueuedIsCounted() {
    SessionCounters sums;
    Counter queued, discarded;
    SendQueue queue(sums, &queued, &discarded);
    queue.push(item("hello"));
    queue.push(item("you"));
    QCOMPARE(queued.get(), 8U);
    queue.taken(2);
    QCOMPARE(sums.queuedBytes.get(), 6U);
    QCOMPARE(queue.front().left(), 3U);
    queue.taken(3);
    QCOMPARE(queue.front().left(), 3U);
    queue.taken(3);
    QVERIFY(queue.empty());
    QCOMPARE(queued.get() + sums.queuedBytes.get() + discarded.get(), 0U);
}

void TestSendQueue::whatIsGivenUpIsCounted() {
    SessionCounters sums;
    Counter queued, discarded;
    SendQueue queue(sums, &queued, &discarded);
    queue.push(item("hello"));
    queue.push(item("you"));
    queue.taken(1);
    QCOMPARE(queue.discardAll(), 7U);
    QCOMPARE(discarded.get(), 7U);
    QCOMPARE(sums.discardedBytes.get(), 7U);
    QCOMPARE(queued.get(), 0U);
}

void TestSendQueue::anEmptyDatagramIsAnItem() {
    SessionCounters sums;
    SendQueue queue(sums, nullptr, nullptr);
    queue.push(item(""));
    QVERIFY(!queue.empty());
    queue.taken(0);
    QVERIFY(queue.empty());
}

void TestSendQueue::aFileIsReadInPieces() {
    QTemporaryFile file;
    QVERIFY(file.open());
    file.write("0123456789");
    file.flush();
    std::string error;
    const auto source = FileSource::open(file.fileName().toStdString(), error);
    QVERIFY2(source, error.c_str());
    QCOMPARE(source->size(), 10U);
    std::array<std::byte, 4> piece{};
    QCOMPARE(source->read(8, piece), std::size_t(2));
    QCOMPARE(piece[1], std::byte{'9'});
    QCOMPARE(source->read(10, piece), std::size_t(0));
}

void TestSendQueue::onlyARegularFileIsSent() {
    std::string error;
    QVERIFY(!FileSource::open("/", error));
    QVERIFY(error.find("regular file") != std::string::npos);
    QVERIFY(!FileSource::open("/nonexistent", error));
    QVERIFY(error.find("ENOENT") != std::string::npos);
    QTemporaryDir folder;
    const std::string pipe = folder.filePath(QStringLiteral("pipe")).toStdString();
    QCOMPARE(mkfifo(pipe.c_str(), 0600), 0);
    QVERIFY(!FileSource::open(pipe, error));  // and does not wait for a writer
}

/// The files of /proc state a size of 0, those of /sys a page.
void TestSendQueue::aFileEndsWhereReadEnds() {
    for (const char* path : {"/proc/version", "/proc/self/maps", "/sys/class/net/lo/mtu"}) {
        QFile file(QString::fromLatin1(path));
        if (!file.open(QIODevice::ReadOnly)) continue;  // not on this machine
        const QByteArray expected = file.readAll();
        std::string error;
        const auto source = FileSource::open(path, error);
        QVERIFY2(source, error.c_str());
        QVERIFY(source->size() > 0);
        std::vector<std::byte> all(source->size() + 1);
        QCOMPARE(source->read(0, all), std::size_t(source->size()));
        if (expected.size() < 1000)
            QCOMPARE(QByteArray(reinterpret_cast<const char*>(all.data()), int(source->size())), expected);
    }
    std::string error;
    QVERIFY(!FileSource::open("/dev/zero", error));
    QVERIFY(error.find("a device") != std::string::npos);
    QVERIFY(!FileSource::open("/proc/self/mem", error));  // a regular file that cannot be read
    QVERIFY2(error.find("cannot be read: EIO") != std::string::npos, error.c_str());
}

QTEST_GUILESS_MAIN(TestSendQueue)
#include "tst_sendqueue.moc"
