// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <thread>

#include "capturestore.h"
#include "kernelhistory.h"

using namespace sockstage;

namespace {

KernelFacts at(std::int64_t ns) {
    KernelFacts facts;
    facts.atNs = ns;
    return facts;
}

}  // namespace

class TestKernelHistory : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aReaderTakesWhatIsNew() {
        KernelHistory history(7);
        QCOMPARE(history.connection(), 7U);
        QVERIFY(!history.latest());
        std::vector<KernelFacts> read;
        QCOMPARE(history.copySince(0, read), 0U);
        history.add(at(1));
        history.add(at(2));
        QCOMPARE(history.latest()->atNs, 2);
        std::uint64_t seen = history.copySince(0, read);
        QCOMPARE(seen, 2U);
        history.add(at(3));
        seen = history.copySince(seen, read);
        QCOMPARE(seen, 3U);
        QCOMPARE(read.size(), std::size_t{3});
        QCOMPARE(read.back().atNs, 3);
        history.copySince(seen, read);
        QCOMPARE(read.size(), std::size_t{3});
    }
    void whatIsOldIsNotThePresent() {
        KernelHistory history(7);
        QVERIFY(!history.present());
        history.add(at(CaptureStore::nowNs() - 2'000'000'000));
        QVERIFY(history.latest() && !history.present());
        history.add(at(CaptureStore::nowNs()));
        QVERIFY(history.present());
    }
    void theOldestGoFirst() {
        KernelHistory history(1);
        const auto total = static_cast<std::int64_t>(KernelHistory::capacity) + 5;
        for (std::int64_t i = 1; i <= total; ++i)
            history.add(at(i));
        std::vector<KernelFacts> read;
        QCOMPARE(history.copySince(2, read), static_cast<std::uint64_t>(total));
        QCOMPARE(read.size(), KernelHistory::capacity);  // two were read, three more have gone
        QCOMPARE(read.front().atNs, 6);
        QCOMPARE(read.back().atNs, total);
    }
    void theLastFewSocketsAreKept() {
        KernelHistories histories;
        QVERIFY(!histories.find(0));
        const auto first = histories.ensure(0);
        for (std::uint32_t number = 1; number < KernelHistories::kept; ++number)
            histories.ensure(number);
        QCOMPARE(histories.ensure(0), first);  // requested again: now the latest
        histories.ensure(99);
        QVERIFY(histories.find(0));
        QVERIFY(!histories.find(1));
        QVERIFY(histories.find(99));
    }
    void theLogIsTakenAway() {
        KernelLog log;
        std::deque<KernelLog::Entry> taken;
        log.add(3, at(1));
        log.add(0, at(2));
        QCOMPARE(log.take(taken), 0U);
        log.add(4, at(3));
        QCOMPARE(log.take(taken), 0U);
        QCOMPARE(taken.size(), std::size_t{3});
        QCOMPARE(taken.front().connection, 3U);
        QCOMPARE(taken.back().facts.atNs, 3);
    }
    void aLogThatNobodyTakesSaysWhatWasDropped() {
        KernelLog log;
        for (std::size_t i = 0; i < KernelLog::capacity + 9; ++i)
            log.add(1, at(static_cast<std::int64_t>(i)));
        std::deque<KernelLog::Entry> taken;
        QCOMPARE(log.take(taken), 9U);
        QCOMPARE(taken.size(), KernelLog::capacity);
        QCOMPARE(taken.front().facts.atNs, 9);
        QCOMPARE(log.take(taken), 0U);
    }
    void oneWritesWhileAnotherReads() {
        KernelHistory history(1);
        constexpr std::int64_t total = 20000;
        std::thread writer([&history] {
            for (std::int64_t i = 1; i <= total; ++i)
                history.add(at(i));
        });
        std::vector<KernelFacts> read;
        for (std::uint64_t seen = 0; seen < static_cast<std::uint64_t>(total);)
            seen = history.copySince(seen, read);
        writer.join();
        QCOMPARE(read.back().atNs, total);
        for (std::size_t i = 1; i < read.size(); ++i)
            QVERIFY(read[i].atNs > read[i - 1].atNs);
    }
};

QTEST_APPLESS_MAIN(TestKernelHistory)
#include "tst_kernelhistory.moc"
