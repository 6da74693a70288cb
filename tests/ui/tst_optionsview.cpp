// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QTableView>
#include <QTest>
#include <QTextBrowser>

#include "calltext.h"
#include "loopback.h"
#include "optionsmodel.h"
#include "optionsview.h"

using namespace sockstage;

class TestOptionsView : public QObject {
    Q_OBJECT

private:
    static QModelIndex cell(const QAbstractItemModel& model, const QString& symbol, OptionColumn column) {
        const QModelIndexList found =
            model.match(model.index(0, 0), Qt::DisplayRole, symbol, 1, Qt::MatchExactly);
        return found.isEmpty() ? QModelIndex() : found.front().siblingAtColumn(static_cast<int>(column));
    }
    static std::unique_ptr<Session> listening() {
        auto server = loopback::opened(loopback::configOf(Role::TcpServer));
        [&] { QTRY_COMPARE(server->stages().at(Stage::Accept).state.load(), StageState::Waiting); }();
        return server;
    }
    static bool hasSetsockopt(const Session& session, const std::string& symbol) {
        return setsockoptsOf(session, symbol) != 0;
    }
    static int setsockoptsOf(const Session& session, const std::string& symbol) {
        int count = 0;
        for (std::uint64_t row = 0; row < session.capture().endRow(); ++row) {
            const auto pin = session.capture().pin(row);
            const CallRecord& record = pin.record(row);
            if (record.call == Call::Setsockopt &&
                callText(record, pin.bytes(record), CallNotation::Strace).find(symbol) != std::string::npos)
                ++count;
        }
        return count;
    }

private Q_SLOTS:
    void aChangeIsACallAndTheKernelsAnswerIsShown() {
        const auto server = listening();
        OptionsView view;
        view.resize(900, 400);
        view.setTarget(server.get(), 0);
        view.show();
        const auto* table = view.findChild<QTableView*>();
        QAbstractItemModel& model = *table->model();
        QTRY_VERIFY((view.refresh(), model.rowCount() > 20));
        const QModelIndex value = cell(model, QStringLiteral("SO_RCVBUF"), OptionColumn::Value);
        QVERIFY(value.flags() & Qt::ItemIsEditable);
        QVERIFY(model.setData(value, QStringLiteral("8192"), Qt::EditRole));
        QTRY_VERIFY((view.refresh(), cell(model, QStringLiteral("SO_RCVBUF"), OptionColumn::Value)
                                         .data()
                                         .toString()
                                         .contains(QStringLiteral("16384"))));
        QVERIFY(cell(model, QStringLiteral("SO_RCVBUF"), OptionColumn::Asked)
                    .data()
                    .toString()
                    .contains(QStringLiteral("8192")));
        QVERIFY2(hasSetsockopt(*server, "SO_RCVBUF"), "a change is a recorded call");
    }

    void aValueCanBeEditedAsItStands() {
        const auto server = listening();
        OptionsView view;
        view.setTarget(server.get(), 0);
        view.show();
        QAbstractItemModel& model = *view.findChild<QTableView*>()->model();
        QTRY_VERIFY((view.refresh(), model.rowCount() > 20));
        const QModelIndex value = cell(model, QStringLiteral("SO_RCVBUF"), OptionColumn::Value);
        QVERIFY(value.data(Qt::EditRole).toString().endsWith(QStringLiteral(" bytes")));
        QVERIFY(model.setData(value, QStringLiteral("9000 bytes"), Qt::EditRole));
        QTRY_VERIFY((view.refresh(), cell(model, QStringLiteral("SO_RCVBUF"), OptionColumn::Asked)
                                         .data()
                                         .toString()
                                         .contains(QStringLiteral("9000"))));
    }

    void anEditorThatIsLeftSetsNothing() {
        const auto server = listening();
        OptionsView view;
        view.setTarget(server.get(), 0);
        view.show();
        auto* table = view.findChild<QTableView*>();
        QAbstractItemModel& model = *table->model();
        QTRY_VERIFY((view.refresh(), model.rowCount() > 20));
        const QString symbol = QStringLiteral("TCP_SAVE_SYN");
        const auto value = [&] { return cell(model, symbol, OptionColumn::Value); };
        QVERIFY(model.setData(value(), QStringLiteral("on (2)"), Qt::EditRole));
        QTRY_COMPARE((view.refresh(), value().data().toString()), QStringLiteral("on (2)"));
        const int before = setsockoptsOf(*server, "TCP_SAVE_SYN");
        auto* delegate = table->itemDelegate();
        const std::unique_ptr<QWidget> editor(delegate->createEditor(&view, {}, value()));
        auto* choice = qobject_cast<QComboBox*>(editor.get());
        QVERIFY(choice != nullptr);
        delegate->setEditorData(choice, value());
        QCOMPARE(choice->currentIndex(), -1);
        delegate->setModelData(choice, &model, value());
        // What is requested after it comes after it.
        QVERIFY(model.setData(cell(model, QStringLiteral("SO_RCVLOWAT"), OptionColumn::Value),
                              QStringLiteral("2"), Qt::EditRole));
        QTRY_VERIFY(hasSetsockopt(*server, "SO_RCVLOWAT"));
        QCOMPARE(setsockoptsOf(*server, "TCP_SAVE_SYN"), before);
        QTest::keyClick(choice, Qt::Key_Down);
        delegate->setModelData(choice, &model, value());
        QTRY_COMPARE(setsockoptsOf(*server, "TCP_SAVE_SYN"), before + 1);
    }

    void nonsenseSetsNothingAndSaysSo() {
        const auto server = listening();
        OptionsView view;
        view.setTarget(server.get(), 0);
        view.show();
        QAbstractItemModel& model = *view.findChild<QTableView*>()->model();
        QTRY_VERIFY((view.refresh(), model.rowCount() > 20));
        QVERIFY(!model.setData(cell(model, QStringLiteral("SO_RCVBUF"), OptionColumn::Value),
                               QStringLiteral("a lot"), Qt::EditRole));
        bool said = false;
        for (const QLabel* label : view.findChildren<QLabel*>())
            said = said || label->text().contains(QStringLiteral("a lot"));
        QVERIFY(said);
        QVERIFY(!hasSetsockopt(*server, "SO_RCVBUF"));
    }

    void theFilterFindsAndTheMeaningIsTold() {
        const auto server = listening();
        OptionsView view;
        view.setTarget(server.get(), 0);
        view.show();
        auto* table = view.findChild<QTableView*>();
        QTRY_VERIFY((view.refresh(), table->model()->rowCount() > 20));
        QTest::keyClicks(view.findChild<QLineEdit*>(), QStringLiteral("reuseaddr"));
        QCOMPARE(table->model()->rowCount(), 1);
        table->setCurrentIndex(table->model()->index(0, 0));
        QVERIFY(view.findChild<QTextBrowser*>()->toPlainText().contains(QStringLiteral("TIME-WAIT")));
    }

    void whatOnlyAListenerHasIsShownForAListenerOnly() {
        const auto server = listening();
        const auto client = loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*server)));
        QTRY_COMPARE(server->connections().count(), 1U);
        OptionsView view;
        view.show();
        const QAbstractItemModel& model = *view.findChild<QTableView*>()->model();
        const QString queued = QStringLiteral("TCP_DEFER_ACCEPT"), alike = QStringLiteral("TCP_NODELAY");
        view.setTarget(server.get(), 0);
        QTRY_VERIFY((view.refresh(), cell(model, queued, OptionColumn::Name).isValid()));
        view.setTarget(server.get(), 1);
        QTRY_VERIFY((view.refresh(), cell(model, alike, OptionColumn::Name).isValid()));
        QVERIFY(!cell(model, queued, OptionColumn::Name).isValid());
    }

    void aClosedSocketIsReadOnly() {
        const auto server = listening();
        OptionsView view;
        view.setTarget(server.get(), 0);
        view.show();
        QAbstractItemModel& model = *view.findChild<QTableView*>()->model();
        QTRY_VERIFY((view.refresh(), model.rowCount() > 20));
        server->close(0);
        QTRY_VERIFY(server->isFinished());
        view.refresh();
        QVERIFY(
            !(cell(model, QStringLiteral("SO_RCVBUF"), OptionColumn::Value).flags() & Qt::ItemIsEditable));
    }
};

QTEST_MAIN(TestOptionsView)
#include "tst_optionsview.moc"
