// SPDX-License-Identifier: GPL-3.0-or-later
#include <QLabel>
#include <QMenu>
#include <QMenuBar>
#include <QPointer>
#include <QPushButton>
#include <QTest>
#include <QToolButton>

#include "clientstable.h"
#include "experiments.h"
#include "mainwindow.h"
#include "scenepanel.h"
#include "sessionpage.h"
#include "socketsmodel.h"

using namespace sockstage;

namespace {

constexpr int patienceMs = 20'000;

/// The window with an experiment, as a person sees it.
struct Shown {
    Shown() {
        window.resize(1200, 800);
        window.show();
    }
    QWidget& panel() { return *window.findChild<QWidget*>(QStringLiteral("scenePanel")); }
    QString text(const char* name) { return window.findChild<QLabel*>(QLatin1String(name))->text(); }
    QPushButton& button() { return *window.findChild<QPushButton*>(QStringLiteral("sceneGo")); }
    bool waitForButton(const QString& text) {
        return QTest::qWaitFor([&] { return button().isEnabled() && button().text() == text; }, patienceMs);
    }
    Session* session(const char* name) {
        for (int row = 0; row < window.sockets().rowCount(); ++row)
            if (window.sockets().at(row)->config().name == name) return window.sockets().at(row);
        return nullptr;
    }
    QAction& action(const char* text) {
        for (QAction* menu : window.menuBar()->actions())
            for (QAction* each : menu->menu()->actions())
                if (each->text().remove(u'&') == QLatin1String(text)) return *each;
        qFatal("no action %s", text);
    }

    MainWindow window;
};

const QString doIt = QStringLiteral("Do it"), nextStep = QStringLiteral("Next step"),
              startAgain = QStringLiteral("Start again"), nextOne = QStringLiteral("Next experiment");

}  // namespace

class TestScenePanel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theMenuHasEveryScene();
    void theButtonGoesThroughAScene();
    void aStepByTheUsualActionsIsSeenToo();
    void theSocketOfTheStepIsShown();
    void endingClosesItsSockets();
    void anotherStartIsAnotherScene();
    void aRemovedSocketStopsIt();
    void itIsToldToAScreenReader();
    void theListSaysTheNames();
};

void TestScenePanel::theMenuHasEveryScene() {
    Shown shown;
    QVERIFY(!shown.panel().isVisible());
    for (const QString& id : Scene::ids())
        QVERIFY2(shown.window.findChild<QAction*>(QStringLiteral("scene.") + id) != nullptr, qPrintable(id));
    shown.window.findChild<QAction*>(QStringLiteral("scene.refused"))->trigger();
    QVERIFY(shown.panel().isVisible());
    QCOMPARE(shown.text("sceneTitle"), QStringLiteral("Connection refused"));
}

void TestScenePanel::theButtonGoesThroughAScene() {
    Shown shown;
    shown.window.startScene(QStringLiteral("refused"));
    QVERIFY(shown.waitForButton(doIt));
    QCOMPARE(shown.text("sceneProgress"), QStringLiteral("○○○  step 1 of 3"));
    QVERIFY(shown.text("sceneTodo").startsWith(QStringLiteral("Client 1")));
    QVERIFY(shown.text("sceneWatch").contains(QStringLiteral("To watch: ")));
    QTest::mouseClick(&shown.button(), Qt::LeftButton);
    QVERIFY(shown.waitForButton(nextStep));
    QVERIFY(shown.text("sceneWatch").startsWith(QStringLiteral("✓ It shows: ")));
    QCOMPARE(shown.text("sceneProgress"), QStringLiteral("●○○  step 1 of 3"));
    // The key does what the button does.
    QAction& key = shown.action("Take the step, or go to the next");
    QCOMPARE(key.shortcut(), QKeySequence(Qt::Key_F8));
    key.trigger();
    QVERIFY(shown.waitForButton(doIt));
    key.trigger();
    QVERIFY(shown.waitForButton(nextStep));
    key.trigger();
    QVERIFY(shown.waitForButton(doIt));
    key.trigger();
    QVERIFY(shown.waitForButton(nextOne));
    QCOMPARE(shown.text("sceneProgress"), QStringLiteral("●●●  step 3 of 3"));
    QVERIFY(shown.window.findChild<QPushButton*>(QStringLiteral("sceneAgain"))->isVisible());
}

void TestScenePanel::aStepByTheUsualActionsIsSeenToo() {
    Shown shown;
    shown.window.startScene(QStringLiteral("refused"));
    QVERIFY(shown.waitForButton(doIt));
    QCOMPARE(&shown.window.currentPage()->session(), shown.session("client 1"));
    // The page has to have seen that something is held before it offers the step.
    QAction* step = shown.window.findChild<QAction*>(QStringLiteral("step"));
    QTRY_VERIFY(step->isEnabled());
    step->trigger();
    QVERIFY(shown.waitForButton(nextStep));
}

void TestScenePanel::theSocketOfTheStepIsShown() {
    Shown shown;
    shown.window.startScene(QStringLiteral("reset-by-unread-data"));
    QVERIFY(shown.waitForButton(doIt));
    QCOMPARE(&shown.window.currentPage()->session(), shown.session("server"));
    QCOMPARE(shown.window.currentPage()->clients().selected(), ConnectionNumbers{1});
    // A user who looks elsewhere comes back by the button.
    shown.window.select(shown.session("client 2"));
    auto* show = shown.window.findChild<QPushButton*>(QStringLiteral("sceneLook"));
    QCOMPARE(show->text(), QStringLiteral("Show server"));
    show->click();
    QCOMPARE(&shown.window.currentPage()->session(), shown.session("server"));
}

void TestScenePanel::endingClosesItsSockets() {
    Shown shown;
    shown.window.startScene(QStringLiteral("half-close"));
    QVERIFY(shown.waitForButton(doIt));
    shown.window.findChild<QToolButton*>(QStringLiteral("sceneClose"))->click();
    QVERIFY(!shown.panel().isVisible());
    QTRY_COMPARE(shown.window.sockets().rowCount(), 0);
}

void TestScenePanel::anotherStartIsAnotherScene() {
    Shown shown;
    shown.window.startScene(QStringLiteral("half-close"));
    QVERIFY(shown.waitForButton(doIt));
    const QPointer<Session> former = shown.session("client");
    shown.window.startScene(QStringLiteral("udp-refused"));
    QTRY_VERIFY2(former.isNull(), "what was opened for one that is over goes with it");
    QVERIFY(shown.waitForButton(doIt));
    QCOMPARE(shown.text("sceneTitle"), QStringLiteral("UDP refused"));
    shown.window.startScene(QStringLiteral("no such scene"));
    QCOMPARE(shown.text("sceneTitle"), QStringLiteral("UDP refused"));
}

void TestScenePanel::aRemovedSocketStopsIt() {
    Shown shown;
    shown.window.startScene(QStringLiteral("half-close"));
    QVERIFY(shown.waitForButton(doIt));
    Session* client = shown.session("client");
    client->close(0);
    QTRY_VERIFY(client->isFinished());
    shown.window.select(client);
    auto* remove = shown.window.findChild<QAction*>(QStringLiteral("remove"));
    QTRY_VERIFY(remove->isEnabled());
    remove->trigger();
    QVERIFY(shown.waitForButton(startAgain));
    QVERIFY(shown.text("sceneWatch").contains(QStringLiteral("removed")));
    QTest::mouseClick(&shown.button(), Qt::LeftButton);
    QVERIFY(shown.waitForButton(doIt));
}

void TestScenePanel::itIsToldToAScreenReader() {
    Shown shown;
    shown.window.startScene(QStringLiteral("refused"));
    QVERIFY(shown.waitForButton(doIt));
    QCOMPARE(shown.panel().accessibleName(), QStringLiteral("Experiment: ") + shown.text("sceneTitle"));
    QVERIFY(shown.panel().accessibleDescription().contains(shown.text("sceneTodo")));
    QCOMPARE(shown.window.findChild<QLabel*>(QStringLiteral("sceneProgress"))->accessibleName(),
             QStringLiteral("Step 1 of 3"));
    QVERIFY(!shown.window.findChild<QToolButton*>(QStringLiteral("sceneClose"))->accessibleName().isEmpty());
    for (QLabel* label : shown.panel().findChildren<QLabel*>())
        QCOMPARE(label->textFormat(), Qt::PlainText);
}

void TestScenePanel::theListSaysTheNames() {
    Shown shown;
    shown.window.startScene(QStringLiteral("refused"));
    QVERIFY(shown.waitForButton(doIt));
    const SocketsModel& sockets = shown.window.sockets();
    const QModelIndex row = sockets.index(1);
    QCOMPARE(sockets.data(row, SocketsModel::RoleTextRole).toString(), QStringLiteral("client 1"));
    QVERIFY(sockets.data(row, Qt::AccessibleTextRole)
                .toString()
                .contains(QStringLiteral("client 1 (TCP client)")));
}

QTEST_MAIN(TestScenePanel)
#include "tst_scenepanel.moc"
