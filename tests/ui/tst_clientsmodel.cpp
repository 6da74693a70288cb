// SPDX-License-Identifier: GPL-3.0-or-later
#include "clientsmodel.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QMenu>
#include <QSettings>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <numeric>
#include <set>

#include "clientmenu.h"
#include "clientstable.h"
#include "loopback.h"

using namespace sockstage;

class TestClientsModel : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<Session> server_;
    std::vector<std::unique_ptr<Session>> clients_;

    Session& addClient() {
        const std::uint32_t before = server_->connections().count();
        clients_.push_back(loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*server_))));
        [&] { QTRY_COMPARE(server_->connections().count(), before + 1); }();
        return *clients_.back();
    }
    static QString cell(ClientsModel& model, int row, ClientColumn column) {
        model.refresh(0, 10);  // no more than ten times a second
        return model.index(row, static_cast<int>(column)).data().toString();
    }
    static void trigger(QMenu& menu, const QString& text) {
        for (QAction* action : menu.actions())
            if (action->text() == text && action->isEnabled()) return action->trigger();
        QFAIL(qPrintable(QStringLiteral("no such action: ") + text));
    }
    void verb(const QString& text, const ConnectionNumbers& chosen) {
        QMenu menu;
        addClientVerbs(menu, *server_, clientTargets(*server_, chosen));
        trigger(menu, text);
    }
    const ConnectionSlot& slot(std::uint32_t number) const { return server_->connections().at(number); }

private Q_SLOTS:
    void initTestCase() { loopback::useOwnSettings(); }
    void init() {
        clients_.clear();
        server_ = loopback::opened(loopback::configOf(Role::TcpServer));
        QTRY_COMPARE(server_->stages().at(Stage::Accept).state.load(), StageState::Waiting);
    }
    void cleanup() {
        clients_.clear();
        server_.reset();
    }

    void rowsComeAndTellTheirCounters() {
        ClientsModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setSession(server_.get());
        QCOMPARE(model.rowCount(), 0);
        Session& first = addClient();
        addClient();
        model.refresh(0, 10);
        QCOMPARE(model.rowCount(), 2);
        QTRY_COMPARE(cell(model, 0, ClientColumn::Peer), QString::fromStdString(slot(1).peer.text()));
        first.send({}, QByteArray(1500, 'x'));
        QTRY_COMPARE(cell(model, 0, ClientColumn::Received), QStringLiteral("1.5 kB"));
        QTRY_COMPARE(cell(model, 1, ClientColumn::TcpState), QStringLiteral("—"));
        server_->watch({1, 2}, true);
        QTRY_COMPARE(cell(model, 1, ClientColumn::TcpState), QStringLiteral("ESTABLISHED"));
        first.shutdownSending({});
        QTRY_COMPARE(cell(model, 0, ClientColumn::SinceOrEnd), QStringLiteral("peer sent EOF"));
        model.setSession(nullptr);
        QCOMPARE(model.rowCount(), 0);
    }

    void onlyCellsThatChangeAreAnnounced() {
        addClient();
        addClient();
        ClientsModel model;
        model.setSession(server_.get());
        QSignalSpy changes(&model, &ClientsModel::dataChanged);
        const auto columns = [&] {
            std::set<int> found;
            for (const auto& change : changes)
                for (int at : {0, 1})
                    found.insert(change[at].toModelIndex().column());
            return found;
        };
        QTRY_COMPARE((model.refresh(0, 10), columns().size()), std::size_t{clientColumnCount});
        changes.clear();
        QTRY_VERIFY((model.refresh(0, 10), changes.size() >= 4));
        for (const int column : columns())
            QVERIFY2(column == static_cast<int>(ClientColumn::SinceOrEnd) ||
                         column == static_cast<int>(ClientColumn::Rate),
                     qPrintable(QString::number(column)));
    }

    void endsInWords() {
        ClientsModel model;
        model.setSession(server_.get());
        addClient().reset({});
        addClient();
        Session& unread = addClient();
        model.refresh(0, 10);
        QTRY_COMPARE(cell(model, 0, ClientColumn::SinceOrEnd), QStringLiteral("reset by peer"));
        QTRY_COMPARE(cell(model, 0, ClientColumn::TcpState), QStringLiteral("closed"));
        verb(QStringLiteral("Reset (RST)"), {2});
        QTRY_COMPARE(cell(model, 1, ClientColumn::SinceOrEnd), QStringLiteral("reset by us"));
        verb(QStringLiteral("Hold recv"), {3});
        QTRY_COMPARE(slot(3).receiving.load(), DirectionState::Held);
        unread.send({}, QByteArray(12, 'x'));
        server_->watch({3}, false);
        QTRY_COMPARE(cell(model, 2, ClientColumn::ReceiveQueue), QStringLiteral("12 B"));
        verb(QStringLiteral("Close"), {3});
        QTRY_COMPARE(cell(model, 2, ClientColumn::SinceOrEnd),
                     QStringLiteral("closed with 12 B unread: reset sent"));
        QTRY_COMPARE(cell(model, 2, ClientColumn::ReceiveQueue),
                     QStringLiteral("—"));  // it has none any more
    }

    void whatWasNeverSentIsInTheToolTip() {
        ClientsModel model;
        model.setSession(server_.get());
        addClient();
        model.refresh(0, 10);
        server_->hold(Stage::Send, {1});
        server_->send({1}, QByteArray(1500, 'x'));
        QTRY_COMPARE(slot(1).queuedBytes.get(), 1500U);
        server_->reset({1});
        QTRY_COMPARE(cell(model, 0, ClientColumn::SinceOrEnd), QStringLiteral("reset by us"));
        const QString tip =
            model.index(0, static_cast<int>(ClientColumn::SinceOrEnd)).data(Qt::ToolTipRole).toString();
        QVERIFY2(tip.contains(QStringLiteral("1.5 kB were queued and never sent")), qPrintable(tip));
    }

    void aStateThatNobodyLooksAtHasItsTime() {
        addClient().hold(Stage::Close);  // no FIN comes: FIN-WAIT-2
        ClientsModel model;
        model.setSession(server_.get());
        server_->watch({1}, true);
        server_->closeConnections({1}, 0);
        QTRY_COMPARE(cell(model, 0, ClientColumn::TcpState), QStringLiteral("FIN-WAIT-2"));
        server_->watch({}, false);
        server_->close(0);
        QTRY_VERIFY(server_->isForgotten());
        QTRY_COMPARE(cell(model, 0, ClientColumn::TcpState), QStringLiteral("was FIN-WAIT-2"));
        const QString tip =
            model.index(0, static_cast<int>(ClientColumn::TcpState)).data(Qt::ToolTipRole).toString();
        QVERIFY2(tip.contains(QStringLiteral("Last seen in FIN-WAIT-2 at ")), qPrintable(tip));
    }

    void sortsByAnyColumnAndKeepsTheSelection() {
        ClientsModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setSession(server_.get());
        for (int i = 0; i < 6; ++i)
            addClient().send({}, QByteArray(qsizetype{100} * ((i * 5) % 6 + 1), 'x'));
        QTRY_COMPARE(server_->counters().receivedBytes.get(), quint64{2100});
        model.refresh(0, 10);
        const QPersistentModelIndex third(model.index(2, 0));
        model.sort(static_cast<int>(ClientColumn::Received), Qt::DescendingOrder);
        for (int row = 1; row < 6; ++row)
            QVERIFY(slot(model.numberAt(row - 1)).receivedBytes.get() >
                    slot(model.numberAt(row)).receivedBytes.get());
        QCOMPARE(model.numberAt(third.row()), 3U);
        QCOMPARE(model.rowOf(3), third.row());
        addClient();
        model.refresh(0, 10);
        QCOMPARE(model.numberAt(6), 7U);  // a new one stays last until the next sort
        for (int column = 0; column < clientColumnCount; ++column) {
            model.sort(column, Qt::AscendingOrder);
            model.sort(column, Qt::DescendingOrder);
        }
        model.sort(-1, Qt::AscendingOrder);
        for (int row = 0; row < 7; ++row)
            QCOMPARE(model.numberAt(row), static_cast<std::uint32_t>(row + 1));
    }

    void addressesSortByNumber() {
        ConnectionTable table;
        for (const auto* host : {"10.0.0.10", "::1", "10.0.0.9", "9.255.255.255"}) {
            table.add(*SocketAddress::fromNumeric(host, 80), {}, -1, 0, 1);
        }
        const std::vector<std::uint32_t> expected{4, 3, 1, 2};
        QCOMPARE(sortedClients(table, {1, 2, 3, 4}, ClientColumn::Peer, Qt::AscendingOrder, {}), expected);
    }

    void tenThousandAreSorted() {
        ConnectionTable table;
        for (std::uint32_t i = 0; i < 10'000; ++i) {
            const auto port = static_cast<std::uint16_t>(i * 7919);
            const std::uint32_t number =
                table.add(*SocketAddress::fromNumeric("127.0.0.1", port), {}, -1, 0, 1);
            table.edit(number).receivedBytes.set(i * 7919 % 10'007);
        }
        std::vector<std::uint32_t> numbers(table.count());
        std::iota(numbers.begin(), numbers.end(), 1U);
        const auto order = sortedClients(table, numbers, ClientColumn::Received, Qt::AscendingOrder, {});
        QVERIFY(std::is_sorted(order.begin(), order.end(), [&table](std::uint32_t a, std::uint32_t b) {
            return table.at(a).receivedBytes.get() < table.at(b).receivedBytes.get();
        }));
        QCOMPARE(order.size(), std::size_t{10'000});
    }

    void onlyVerbsThatApply() {
        addClient().reset({});
        addClient();
        QTRY_COMPARE(slot(1).state.load(), ConnectionState::Closed);
        const ClientTargets targets = clientTargets(*server_, {1, 2, 99});
        QCOMPARE(targets.open, ConnectionNumbers{2});
        QCOMPARE(targets.receivingFree, ConnectionNumbers{2});
        QVERIFY(targets.receivingHeld.empty());
        verb(QStringLiteral("Shut down sending"), {1, 2});
        QTRY_COMPARE(slot(2).sending.load(), DirectionState::ShutDown);
        QVERIFY(clientTargets(*server_, {2}).sending.empty());
        QCOMPARE(clientTargets(*server_, {2}).receiving, ConnectionNumbers{2});
    }

    void heldBytesArriveOneReceiveAtATime() {
        Session& client = addClient();
        verb(QStringLiteral("Hold recv"), {1});
        QTRY_COMPARE(slot(1).receiving.load(), DirectionState::Held);
        client.send({}, QByteArrayLiteral("waits"));
        QTRY_COMPARE(client.counters().sentBytes.get(), quint64{5});
        QCOMPARE(slot(1).receivedBytes.get(), quint64{0});
        verb(QStringLiteral("Receive once"), {1});
        QTRY_COMPARE(slot(1).receivedBytes.get(), quint64{5});
        QCOMPARE(slot(1).receiving.load(), DirectionState::Held);
        verb(QStringLiteral("Release recv"), {1});
        QTRY_COMPARE(slot(1).receiving.load(), DirectionState::Open);
    }

    void theTableSelectsAndCopies() {
        addClient();
        addClient();
        ClientsTable table;
        table.resize(900, 200);
        table.show();
        QVERIFY(QTest::qWaitForWindowExposed(&table));
        table.setSession(server_.get());
        table.refresh();
        QSignalSpy changed(&table, &ClientsTable::selectionChanged);
        table.selectConnection(2);
        QVERIFY(changed.count() > 0);
        QCOMPARE(table.selected(), ConnectionNumbers{2});
        QCOMPARE(table.visibleConnections(), (ConnectionNumbers{1, 2}));
        auto* view = table.findChild<QTableView*>();
        view->setFocus();
        view->selectAll();
        QCOMPARE(table.selected(), (ConnectionNumbers{1, 2}));
        QTest::keySequence(view, QKeySequence::Copy);
        const QString copied = QGuiApplication::clipboard()->text();
        QCOMPARE(copied.count(QLatin1Char('\n')), 1);
        QVERIFY(copied.contains(QString::fromStdString(slot(2).peer.text())));
        table.selectConnection(0);
        QVERIFY(table.selected().empty());
    }

    void columnsAreRemembered() {
        QSettings settings;
        ClientsTable table;
        table.setSession(server_.get());
        auto* view = table.findChild<QTableView*>();
        // Who it is and how it ended take what is left; the others stay as they were set.
        const int column = static_cast<int>(ClientColumn::Received);
        view->setColumnWidth(column, 321);
        table.saveState(settings);
        ClientsTable other;
        other.restoreState(settings);
        QCOMPARE(other.findChild<QTableView*>()->columnWidth(column), 321);
    }

    void peersHaveNoTcpColumns() {
        const auto peers = loopback::opened(loopback::configOf(Role::UdpServer));
        QTRY_VERIFY(peers->localAddress().isValid());
        const auto client = loopback::opened(loopback::configOf(Role::UdpClient, loopback::portOf(*peers)));
        client->send({}, QByteArrayLiteral("hello"));
        QTRY_COMPARE(peers->connections().count(), 1U);
        ClientsTable table;
        table.setSession(peers.get());
        table.refresh();
        auto* view = table.findChild<QTableView*>();
        QVERIFY(view->isColumnHidden(static_cast<int>(ClientColumn::TcpState)));
        QVERIFY(!view->isColumnHidden(static_cast<int>(ClientColumn::Received)));
        QMenu menu;
        addClientVerbs(menu, *peers, clientTargets(*peers, {1}));
        QVERIFY(menu.isEmpty());
        table.setSession(server_.get());
        QVERIFY(!view->isColumnHidden(static_cast<int>(ClientColumn::TcpState)));
    }
};

QTEST_MAIN(TestClientsModel)
#include "tst_clientsmodel.moc"
