// SPDX-License-Identifier: GPL-3.0-or-later
#include "recordrows.h"

#include <QTest>
#include <cerrno>
#include <cstring>

using namespace sockstage;
using Filter = RecordRows::Filter;

class TestRecordRows : public QObject {
    Q_OBJECT

private:
    static CallRecord record(Call call, std::int64_t result = 0, std::uint32_t connection = 0) {
        CallRecord made;
        made.call = call;
        made.result = result;
        made.connection = connection;
        return made;
    }
    static void add(CaptureStore& store, const CallRecord& record, std::size_t bytes = 0) {
        const auto room = store.reserve(bytes);
        if (bytes > 0) std::memset(room.data(), 'x', bytes);
        store.commit(record, bytes);
    }

private Q_SLOTS:
    void trafficLeavesOutWhatMovesNothing() {
        CaptureStore store(std::size_t{1} << 20U);
        add(store, record(Call::Socket, 7));
        add(store, record(Call::Setsockopt));
        add(store, record(Call::Accept4, 8, 1));
        add(store, record(Call::Recv, 3, 1), 3);
        add(store, record(Call::Mark));
        add(store, record(Call::Getsockname));
        add(store, record(Call::Close, 0, 1));
        RecordRows rows;
        rows.reset(&store, Filter::Traffic);
        QVERIFY(rows.refresh());
        QCOMPARE(rows.firstLine(), std::uint64_t{1});
        QCOMPARE(rows.endLine(), std::uint64_t{5});
        QCOMPARE(rows.captureRow(1), std::uint64_t{2});
        QCOMPARE(rows.captureRow(4), std::uint64_t{6});
        QVERIFY(!rows.refresh());

        rows.reset(&store, Filter::Calls);
        rows.refresh();
        QCOMPARE(rows.endLine() - rows.firstLine(), std::uint64_t{6});
        QCOMPARE(rows.lineOf(5), std::uint64_t{5});
        QCOMPARE(rows.lineOf(4), rows.endLine());
    }

    void aFailureIsAlwaysTraffic() {
        CallRecord failed = record(Call::Bind, -1);
        failed.error = EADDRINUSE;
        QVERIFY(RecordRows::passes(failed, Filter::Traffic));
        QVERIFY(!RecordRows::passes(record(Call::Bind), Filter::Traffic));
        QVERIFY(RecordRows::passes(record(Call::Recv), Filter::Traffic));
    }

    void aMarkIsLeftOutOnlyRightAfterItsCall() {
        const auto lines = [](int between) {
            CaptureStore store(std::size_t{1} << 20U);
            CallRecord call = record(Call::Shutdown, 0, 1), mark = record(Call::Mark, 0, 1);
            call.stage = mark.stage = Stage::Shutdown;
            mark.args[0] = static_cast<std::int32_t>(StageState::Done);
            add(store, call);
            for (int i = 0; i < between; ++i)
                add(store, record(Call::Recv, 1, 2), 1);
            add(store, mark);
            RecordRows rows;
            rows.reset(&store, Filter::Traffic, {1});
            rows.refresh();
            return rows.endLine() - rows.firstLine();
        };
        QCOMPARE(lines(0), std::uint64_t{1});   // it says what the call says
        QCOMPARE(lines(10), std::uint64_t{2});  // and here it says something new
    }

    void onlySomeConnections() {
        CaptureStore store(std::size_t{1} << 20U);
        for (std::uint32_t connection = 1; connection <= 9; ++connection)
            add(store, record(Call::Recv, 1, connection), 1);
        RecordRows rows;
        rows.reset(&store, Filter::Traffic, {7, 2});
        rows.refresh();
        QCOMPARE(rows.endLine() - rows.firstLine(), std::uint64_t{2});
        QCOMPARE(rows.captureRow(rows.firstLine()), std::uint64_t{1});
    }

    void workIsBounded() {
        CaptureStore store(std::size_t{8} << 20U);
        for (int i = 0; i < 1000; ++i)
            add(store, record(Call::Recv, 1, 1), 1);
        RecordRows rows;
        rows.reset(&store, Filter::Traffic);
        for (std::uint64_t expected = 301; expected < 1000; expected += 300) {
            rows.refresh(300);
            QCOMPARE(rows.endLine(), expected);
            QVERIFY(!rows.caughtUp());
        }
        rows.refresh(300);
        QVERIFY(rows.caughtUp());
        QCOMPARE(rows.endLine(), std::uint64_t{1001});
    }

    void linesKeepTheirNumbersWhenOldOnesGo() {
        CaptureStore store(1, 4096);
        RecordRows rows;
        rows.reset(&store, Filter::Traffic);
        std::uint64_t committed = 0;
        for (int round = 0; round < 40; ++round) {
            for (int i = 0; i < 25; ++i, ++committed)
                add(store, record(Call::Recv, 100, 1), 100);
            rows.refresh();
            QCOMPARE(rows.endLine(), committed + 1);
            QCOMPARE(rows.firstLine(), store.beginRow() + 1);
            QCOMPARE(rows.captureRow(rows.firstLine()), store.beginRow());
            QCOMPARE(rows.evictedRows(), store.beginRow());
        }
        QVERIFY(rows.evictedRows() > 0);
    }

    void rowsEvictedBeforeTheyWereReadAreCounted() {
        CaptureStore store(1, 4096);
        for (int i = 0; i < 1000; ++i)
            add(store, record(Call::Recv, 100, 1), 100);
        RecordRows rows;
        rows.reset(&store, Filter::Traffic);
        rows.refresh();
        QVERIFY(store.beginRow() > 0);
        QCOMPARE(rows.evictedRows(), store.beginRow());
        QCOMPARE(rows.endLine() - rows.firstLine(), store.endRow() - store.beginRow());
    }

    void withoutACapture() {
        RecordRows rows;
        rows.reset(nullptr, Filter::Calls);
        QVERIFY(!rows.refresh());
        QVERIFY(rows.caughtUp());
        QCOMPARE(rows.firstLine(), rows.endLine());
    }
};

QTEST_APPLESS_MAIN(TestRecordRows)
#include "tst_recordrows.moc"
