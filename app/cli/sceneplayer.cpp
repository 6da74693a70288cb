// SPDX-License-Identifier: GPL-3.0-or-later
#include "sceneplayer.h"

#include <chrono>

namespace sockstage {

ScenePlayer::ScenePlayer(const QString& id, Scene::OpenSocket open, EventSink& sink,
                         std::function<void()> writeRows)
    : scene_(id, std::move(open)), sink_(sink), writeRows_(std::move(writeRows)) {
    // Queued: what a step does to the scene must not happen inside its own signal.
    connect(&scene_, &Scene::stepChanged, this, &ScenePlayer::follow, Qt::QueuedConnection);
}

void ScenePlayer::start() {
    tell(SceneEvent::State::Opening);
    scene_.start();
}

QString ScenePlayer::missing(const QString& reason) const {
    if (scene_.state() == Scene::State::Finished) return {};
    if (scene_.state() != Scene::State::Stuck)
        return QStringLiteral("%1 was not played to its end: %2").arg(scene_.id(), reason);
    const QString step = QStringLiteral("%1: step %2 (%3) did not show what it says")
                             .arg(scene_.id())
                             .arg(scene_.currentStep() + 1)
                             .arg(scene_.step().todo);
    return scene_.trouble().isEmpty() ? step : step + QStringLiteral(". ") + scene_.trouble();
}

void ScenePlayer::follow() {
    switch (scene_.state()) {
        case Scene::State::Opening:
        case Scene::State::Taken:
            return;
        case Scene::State::Ready:
            tell(SceneEvent::State::Step);
            return scene_.next();
        case Scene::State::Shown:
            tell(SceneEvent::State::Shown);
            return scene_.next();
        case Scene::State::Finished:
            tell(SceneEvent::State::Shown);
            break;
        case Scene::State::Stuck:
            tell(SceneEvent::State::Stuck);
            break;
    }
    Q_EMIT over();
}

void ScenePlayer::tell(SceneEvent::State state) {
    writeRows_();
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto nowNs = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
    const SceneInstruction step = scene_.step();
    const bool opening = state == SceneEvent::State::Opening;
    QString text = step.todo;
    if (opening) text = scene_.title() + QStringLiteral(". ") + scene_.intro();
    if (state == SceneEvent::State::Shown) text = step.watch;
    if (state == SceneEvent::State::Stuck) text = scene_.trouble();
    sink_.scene({nowNs, state, scene_.id().toStdString(), opening ? 0 : scene_.currentStep() + 1,
                 scene_.stepCount(), text.toStdString()});
}

}  // namespace sockstage
