// SPDX-License-Identifier: GPL-3.0-or-later
#include "scene.h"
#include "sessiontest.h"

using namespace sockstage;

namespace {

constexpr int patienceMs = 30'000;

/// Opens the sockets of a scene as the window does, and keeps them.
class Sockets {
public:
    Scene::OpenSocket opener() {
        return [this](const SocketConfig& config) {
            sessions_.push_back(opened(config));
            return sessions_.back().get();
        };
    }
    std::vector<std::unique_ptr<Session>>& all() { return sessions_; }

private:
    std::vector<std::unique_ptr<Session>> sessions_;
};

/// All that is known of a scene that does not come to where it should.
void tell(const Scene& scene, Sockets& sockets) {
    QString text = scene.step().todo + QLatin1Char('\n') + scene.trouble() + QLatin1Char('\n');
    for (const auto& session : sockets.all()) {
        text += QString::fromStdString(session->config().name) + QStringLiteral(": ") + session->stateWord();
        for (std::uint32_t number = 0; number <= session->connections().count(); ++number) {
            text += QStringLiteral("\n  %1:").arg(number);
            for (const TcpState state : session->tcpStateHistory(number))
                text += QLatin1Char(' ') + QString::fromLatin1(tcpStateName(state).data());
        }
        for (const std::string& line : lines(*session))
            text += QStringLiteral("\n    ") + QString::fromStdString(line);
        text += QLatin1Char('\n');
    }
    qWarning("%s", qPrintable(text));
}

bool comesTo(const Scene& scene, Scene::State state, Sockets& sockets) {
    if (QTest::qWaitFor([&] { return scene.state() == state; }, patienceMs)) return true;
    tell(scene, sockets);
    return false;
}

}  // namespace

class TestScenes : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everySceneShowsWhatItSays_data();
    void everySceneShowsWhatItSays();
};

void TestScenes::everySceneShowsWhatItSays_data() {
    QTest::addColumn<QString>("id");
    for (const QString& id : Scene::ids())
        QTest::newRow(qPrintable(id)) << id;
}

void TestScenes::everySceneShowsWhatItSays() {
    QFETCH(QString, id);
    Sockets sockets;
    Scene scene(id, sockets.opener());
    scene.start();
    for (int step = 0; step < scene.stepCount(); ++step) {
        QVERIFY(comesTo(scene, Scene::State::Ready, sockets));
        QCOMPARE(scene.currentStep(), step);
        QVERIFY(!scene.shows());
        QVERIFY(scene.actor() != nullptr);
        scene.next();
        const bool last = step + 1 == scene.stepCount();
        QVERIFY(comesTo(scene, last ? Scene::State::Finished : Scene::State::Shown, sockets));
        if (!last) scene.next();
    }
    scene.end();
    for (const auto& session : sockets.all())
        QTRY_VERIFY(session->isFinished());
}

QTEST_GUILESS_MAIN(TestScenes)
#include "tst_scenes.moc"
