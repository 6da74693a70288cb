// SPDX-License-Identifier: GPL-3.0-or-later
#include <QElapsedTimer>
#include <QLabel>
#include <QPushButton>
#include <QToolBar>
#include <QToolButton>

#include "clientstable.h"
#include "experiments.h"
#include "scene.h"
#include "socketsmodel.h"
#include "windowuser.h"

using namespace sockstage;

namespace {

constexpr int patienceMs = 30'000;
const QString doIt = QStringLiteral("Do it"), nextStep = QStringLiteral("Next step"),
              nextOne = QStringLiteral("Next experiment");

/// Every experiment in the real window, as a user plays it who reads what is there: buttons and keys, and
/// not before the window has shown what the text says to watch.
class Player {
public:
    explicit Player(const QString& id) : user_({1366, 768}) { user_.window().startScene(id); }

    WindowUser& user() { return user_; }
    /// One that is over is deleted a little later.
    Scene& scene() { return *user_.window().findChild<Experiments*>()->scene(); }
    QPushButton& button() const { return *user_.part<QPushButton>("sceneGo"); }
    QString text(const char* name) const { return user_.part<QLabel>(name)->text(); }
    bool waitForButton(const QString& text) const {
        if (QTest::qWaitFor([&] { return button().isEnabled() && button().text() == text; }, patienceMs))
            return true;
        qWarning("%s: \"%s\" instead of \"%s\". %s %s", qPrintable(this->text("sceneProgress")),
                 qPrintable(button().text()), qPrintable(text), qPrintable(this->text("sceneTodo")),
                 qPrintable(this->text("sceneWatch")));
        return false;
    }
    void click() const { QTest::mouseClick(&button(), Qt::LeftButton); }
    /// A person looks at what there is before going on: the right column has sampled the kernel meanwhile.
    bool look() {
        QElapsedTimer since;
        since.start();
        return QTest::qWaitFor([&] { return since.hasExpired(600); }, patienceMs);
    }
    /// By the toolbar's button for it; false: there is none that can be pressed.
    bool press(const char* action) {
        auto* wanted = user_.part<QAction>(action);
        if (!QTest::qWaitFor([&] { return wanted->isEnabled(); }, 5000)) return false;
        QWidget* face = user_.part<QToolBar>("toolBar")->widgetForAction(wanted);
        if (face == nullptr) return false;
        QTest::mouseClick(face, Qt::LeftButton);
        return true;
    }

private:
    WindowUser user_;
};

}  // namespace

class TestExperiments : public QObject {
    Q_OBJECT

public:
    static void initMain() { loopback::useOwnSettings(); }

private:
    static void addAll() {
        QTest::addColumn<QString>("id");
        for (const QString& id : Scene::ids())
            QTest::newRow(qPrintable(id)) << id;
    }
    /// What the text names where the toolbar has a button for it: "Server: Step (F10) makes one recv()."
    static const char* actionOf(const QString& todo) {
        const QString what = todo.section(QStringLiteral(": "), 1);
        for (const auto& [word, action] : {std::pair("Step (F10)", "step"), std::pair("Run (F5)", "run"),
                                           std::pair("Shut down sending", "shutDown"),
                                           std::pair("Close", "close"), std::pair("Reset", "reset")})
            if (what.contains(QLatin1String(word))) return action;
        return nullptr;
    }

private Q_SLOTS:
    void byTheBarsButton_data() { addAll(); }
    void byTheBarsButton() {
        QFETCH(QString, id);
        Player player(id);
        const int steps = player.scene().stepCount();
        for (int step = 0; step < steps; ++step) {
            QVERIFY(player.waitForButton(doIt));
            QCOMPARE(player.scene().currentStep(), step);
            QVERIFY(player.look());
            player.click();
            QVERIFY(player.waitForButton(step + 1 < steps ? nextStep : nextOne));
            QVERIFY(player.text("sceneWatch").startsWith(QStringLiteral("✓ It shows: ")));
            QVERIFY(player.look());
            if (step + 1 < steps) player.click();
        }
        // The next one is offered, and what was opened for this one goes with it.
        std::vector<QPointer<Session>> old;
        for (int row = 0; row < player.user().window().sockets().rowCount(); ++row)
            old.emplace_back(player.user().window().sockets().at(row));
        QVERIFY(old.size() > 1);
        const QStringList ids = Scene::ids();
        player.click();
        QTRY_COMPARE(player.scene().id(), ids[(ids.indexOf(id) + 1) % ids.size()]);
        for (const QPointer<Session>& session : old)
            QTRY_VERIFY_WITH_TIMEOUT(session.isNull(), patienceMs);
    }

    void byTheButtonsThatTheTextNames_data() { addAll(); }
    void byTheButtonsThatTheTextNames() {
        QFETCH(QString, id);
        Player player(id);
        const int steps = player.scene().stepCount();
        int byHand = 0;
        for (int step = 0; step < steps; ++step) {
            QVERIFY(player.waitForButton(doIt));
            QVERIFY(player.look());
            const char* action = actionOf(player.text("sceneTodo"));
            if (action != nullptr && player.press(action))
                ++byHand;
            else
                player.click();
            QVERIFY(player.waitForButton(step + 1 < steps ? nextStep : nextOne));
            if (step + 1 < steps) player.click();
        }
        if (byHand == 0) QSKIP("none of its steps is a button of the toolbar");
    }

    /// A user who chooses a client meanwhile finds the selection that the step needs at the next step.
    void aChosenClientDoesNotStandInTheWay() {
        Player player(QStringLiteral("backlog-full"));
        QVERIFY(player.waitForButton(doIt));
        player.click();
        QVERIFY(player.waitForButton(nextStep));
        player.click();
        QVERIFY(player.waitForButton(doIt));
        player.click();
        QVERIFY(player.waitForButton(nextStep));
        player.user().page().clients().selectConnection(1);
        QVERIFY(player.look());
        player.click();
        QVERIFY(player.waitForButton(doIt));
        QVERIFY(player.user().page().clients().selected().empty());
        player.click();
        QVERIFY(player.waitForButton(nextOne));
    }

    void itsBarStandsInPlaceOfTheStepBar() {
        Player player(QStringLiteral("closed-window"));
        QVERIFY(player.waitForButton(doIt));
        const auto* steps = player.user().onPage<QWidget>("stepBar");
        QVERIFY(!steps->isVisible());
        int primary = 0;
        for (const auto* each : player.user().window().findChildren<QPushButton*>())
            if (each->isVisible() && each->property("primary").toBool() &&
                each->objectName() != QLatin1String("send"))
                ++primary;
        QCOMPARE(primary, 1);
        const auto* bar = player.user().part<QWidget>("scenePanel");
        // One line with the buttons, and what is to be watched: one line or two.
        const int most = player.button().height() + bar->fontMetrics().height() * 3;
        while (player.scene().state() != Scene::State::Finished) {
            QVERIFY2(bar->height() <= most, qPrintable(QString::number(bar->height())));
            const int step = player.scene().currentStep();
            const Scene::State before = player.scene().state();
            player.click();
            QTRY_VERIFY_WITH_TIMEOUT(player.button().isEnabled() && (player.scene().state() != before ||
                                                                     player.scene().currentStep() != step),
                                     patienceMs);
            QVERIFY(player.scene().state() != Scene::State::Stuck);
        }
        player.user().part<QToolButton>("sceneClose")->click();
        QTRY_COMPARE_WITH_TIMEOUT(player.user().window().sockets().rowCount(), 0, patienceMs);
    }
};

QTEST_MAIN(TestExperiments)
#include "tst_experiments.moc"
