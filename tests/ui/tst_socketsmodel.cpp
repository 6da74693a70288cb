// SPDX-License-Identifier: GPL-3.0-or-later
#include "socketsmodel.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include "loopback.h"

using namespace sockstage;

class TestSocketsModel : public QObject {
    Q_OBJECT

private:
    static QString state(const SocketsModel& model, int row) {
        return model.index(row).data(SocketsModel::StateRole).toString();
    }

private Q_SLOTS:
    void rowsFollowTheSessions() {
        SocketsModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        Session* server = model.open(loopback::configOf(Role::TcpServer));
        QTRY_COMPARE(state(model, 0), QStringLiteral("listening"));
        Session* client = model.open(loopback::configOf(Role::TcpClient, loopback::portOf(*server)));
        QTRY_COMPARE(state(model, 1), QStringLiteral("connected"));
        QCOMPARE(model.openCount(), 2);
        QCOMPARE(model.at(1), client);
        QCOMPARE(model.rowOf(server), 0);
        QCOMPARE(model.index(0).data().toString(), QString::fromStdString(server->localAddress().text()));
        QVERIFY(
            model.index(0).data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("TCP server")));

        QVERIFY2(!model.remove(client), "a socket that is open stays");
        QSignalSpy finished(&model, &SocketsModel::everythingFinished);
        model.closeAll();
        QTRY_VERIFY(finished.count() > 0);
        QVERIFY(model.allFinished());
        QVERIFY(model.remove(server));
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(model.at(0), client);
    }

    void ratesAreReadFromTheCounters() {
        SocketsModel model;
        Session* server = model.open(loopback::configOf(Role::TcpServer));
        QTRY_COMPARE(state(model, 0), QStringLiteral("listening"));
        Session* client = model.open(loopback::configOf(Role::TcpClient, loopback::portOf(*server)));
        client->send({}, QByteArray(100'000, 'x'));
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        QTRY_VERIFY((model.refresh(), model.receivingRate() > 0 && model.sendingRate() > 0));
        QVERIFY(changed.count() > 0);
        const auto before = changed.count();
        QTRY_VERIFY((model.refresh(), model.receivingRate() == 0));
        QVERIFY(changed.count() > before);
    }

    void aFailureIsMarkedAndSaid() {
        SocketsModel model;
        Session* server = model.open(loopback::configOf(Role::TcpServer));
        QTRY_COMPARE(state(model, 0), QStringLiteral("listening"));
        model.open(loopback::configOf(Role::TcpServer, loopback::portOf(*server)));
        const QModelIndex second = model.index(1);
        QTRY_COMPARE(second.data(SocketsModel::MarkRole).toInt(), static_cast<int>(SocketMark::Failed));
        QVERIFY(second.data(Qt::ToolTipRole).toString().contains(QStringLiteral("EADDRINUSE")));
    }
};

QTEST_MAIN(TestSocketsModel)
#include "tst_socketsmodel.moc"
