// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/socket.h>
#include <unistd.h>
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>
#include <algorithm>

#include "clientsmodel.h"
#include "clientstable.h"
#include "loopback.h"
#include "quantitytext.h"
#include "sessiontext.h"
#include "statusline.h"

// Ended connections of which the capture has nothing any more leave the table of clients. tst_recycling has
// when.

using namespace sockstage;

class TestRecycledClients : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<Session> server_;
    std::vector<std::unique_ptr<Session>> clients_;

    void addClient() {
        const std::uint32_t before = server_->connections().count();
        clients_.push_back(loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*server_))));
        QTRY_COMPARE(server_->connections().count(), before + 1);
    }
    /// Real connections that are over at once, each with enough bytes to push older records out.
    void comeAndGo(int count) const {
        const SocketAddress address = server_->localAddress();
        const std::string bytes(16384, 'x');
        const quint64 before = server_->counters().receivedBytes.get();
        for (int i = 0; i < count; ++i) {
            const int fd = ::socket(address.family(), SOCK_STREAM, 0);
            QCOMPARE(::connect(fd, address.data(), address.length()), 0);
            QCOMPARE(::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL), ssize_t(bytes.size()));
            ::close(fd);
        }
        const quint64 after = before + quint64(count) * bytes.size();
        QVERIFY(QTest::qWaitFor([&] { return server_->counters().receivedBytes.get() == after; }, 10'000));
    }
    ConnectionNumbers listed() const {
        const ConnectionTable& table = server_->connections();
        ConnectionNumbers numbers;
        for (std::uint32_t number = table.keptFrom(1); number != 0; number = table.keptFrom(number + 1))
            numbers.push_back(number);
        return numbers;
    }
    static ConnectionNumbers rowsOf(const ClientsModel& model) {
        ConnectionNumbers numbers;
        for (int row = 0; row < model.rowCount(); ++row) {
            numbers.push_back(model.numberAt(row));
            if (model.rowOf(numbers.back()) != row) return {};
        }
        return numbers;
    }

private Q_SLOTS:
    void initTestCase() { loopback::useOwnSettings(); }
    /// The least capture there is has the records of some 480 connections of comeAndGo().
    void init() {
        SocketConfig config = loopback::configOf(Role::TcpServer);
        config.afterEof = AfterEof::Close;
        config.captureBytes = 1;
        server_ = loopback::opened(config);
        QTRY_COMPARE(server_->stages().at(Stage::Accept).state.load(), StageState::Waiting);
    }
    void cleanup() {
        clients_.clear();
        server_.reset();
    }

    void rowsOfRecycledConnectionsVanish() {
        ClientsModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setSession(server_.get());
        addClient();  // stays, and its segment with it
        for (int round = 0; round < 20; ++round)
            comeAndGo(60);
        model.refresh(0, 10);
        const std::uint32_t late = server_->connections().count() + 1;
        addClient();
        model.refresh(0, 10);
        const QPersistentModelIndex first = model.index(model.rowOf(1), 0);
        const QPersistentModelIndex gone = model.index(model.rowOf(600), 0);
        const QPersistentModelIndex last = model.index(model.rowOf(late), 3);
        QVERIFY(gone.isValid());
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        for (int round = 0; round < 15; ++round)
            comeAndGo(60);
        QTRY_VERIFY(!server_->connections().has(600));
        QVERIFY2(!gone.data().isValid(), "until the row goes it says nothing");
        model.refresh(0, 10);
        QVERIFY(server_->connections().recycled() > 0);
        QCOMPARE(rowsOf(model), listed());
        QCOMPARE(model.rowOf(600), -1);
        QVERIFY(!gone.isValid());
        QCOMPARE(model.numberAt(first.row()), 1U);
        QCOMPARE(model.numberAt(last.row()), late);
        QCOMPARE(last.column(), 3);
        QCOMPARE(resets.count(), 0);
    }

    void sortedRowsOfRecycledConnectionsVanishToo() {
        ClientsModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setSession(server_.get());
        model.sort(static_cast<int>(ClientColumn::Peer), Qt::DescendingOrder);
        addClient();
        for (int round = 0; round < 10; ++round)
            comeAndGo(60);
        model.refresh(0, 10);
        model.sort(static_cast<int>(ClientColumn::Peer), Qt::DescendingOrder);
        const QPersistentModelIndex first = model.index(model.rowOf(1), 0);
        for (int round = 0; round < 20; ++round)
            comeAndGo(60);
        QTRY_VERIFY(!server_->connections().has(600));
        model.refresh(0, 10);
        ConnectionNumbers rows = rowsOf(model);
        std::sort(rows.begin(), rows.end());
        QCOMPARE(rows, listed());
        QCOMPARE(model.numberAt(first.row()), 1U);
        model.sort(static_cast<int>(ClientColumn::Rate), Qt::AscendingOrder);
        model.sort(-1, Qt::AscendingOrder);
        QCOMPARE(rowsOf(model), listed());
    }

    void aRecycledConnectionIsChosenNoMore() {
        ClientsTable table;
        table.setSession(server_.get());
        table.show();
        addClient();
        for (int round = 0; round < 15; ++round)
            comeAndGo(60);
        table.selectConnection(600);
        QCOMPARE(table.selected(), ConnectionNumbers{600});
        const QSignalSpy changes(&table, &ClientsTable::selectionChanged);
        for (int round = 0; round < 15; ++round)
            comeAndGo(60);
        QTRY_VERIFY(!server_->connections().has(600));
        table.refresh();
        QCOMPARE(table.selected(), ConnectionNumbers{});
        QVERIFY(!changes.isEmpty());
        table.selectConnection(1);
        for (int round = 0; round < 15; ++round)
            comeAndGo(60);
        table.refresh();
        QCOMPARE(table.selected(), ConnectionNumbers{1});
    }

    void whatIsRecycledIsSaid() {
        QCOMPARE(captureText(*server_).contains(QStringLiteral("listed")), false);
        QCOMPARE(captureToolTip(*server_).contains(QStringLiteral("listed")), false);
        QCOMPARE(stateSentence(*server_).contains(QStringLiteral("listed")), false);
        for (int round = 0; round < 20; ++round)
            comeAndGo(60);
        QTRY_VERIFY(server_->connections().recycled() > 0);
        const QString count = grouped(server_->connections().recycled());
        QVERIFY2(
            captureText(*server_).endsWith(QStringLiteral(" · %1 ended ones no longer listed").arg(count)),
            qPrintable(captureText(*server_)));
        QVERIFY(captureToolTip(*server_).contains(count + QStringLiteral(" are no longer listed")));
        QVERIFY2(stateSentence(*server_).endsWith(
                     QStringLiteral(", %1 closed (%2 of them no longer listed)").arg(grouped(1200), count)),
                 qPrintable(stateSentence(*server_)));
    }
};

QTEST_MAIN(TestRecycledClients)
#include "tst_recycledclients.moc"
