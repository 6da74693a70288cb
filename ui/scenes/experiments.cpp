// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments.h"

#include <algorithm>
#include <utility>

#include "scenepanel.h"
#include "strip.h"

namespace sockstage {

Experiments::Experiments(Scene::OpenSocket open, QWidget* window)
    : QObject(window),
      open_(std::move(open)),
      menu_(new QMenu(tr("&Experiments"), window)),
      panel_(new ScenePanel(window)) {
    makeMenu();
    connect(panel_, &ScenePanel::closeWanted, this, &Experiments::end);
    connect(panel_, &ScenePanel::againWanted, this, &Experiments::again);
    connect(panel_, &ScenePanel::nextWanted, this, &Experiments::startNext);
    connect(panel_, &ScenePanel::lookWanted, this, &Experiments::look);
}

Experiments::~Experiments() {
    delete scene_;
}

void Experiments::makeMenu() {
    menu_->setToolTipsVisible(true);
    for (const SceneText& text : sceneTexts()) {
        QAction* action = menu_->addAction(text.title, this, [this, id = text.id] { start(id); });
        action->setObjectName(QStringLiteral("scene.") + text.id);
        action->setToolTip(plainToolTip(text.intro));
    }
    menu_->addSeparator();
    go_ = menu_->addAction(tr("Take the &step, or go to the next"), panel_, &ScenePanel::goOn);
    go_->setShortcut(Qt::Key_F8);
    end_ = menu_->addAction(tr("&End the experiment"), this, &Experiments::end);
    connect(menu_, &QMenu::aboutToShow, this, &Experiments::follow);
    follow();
}

void Experiments::start(const QString& id) {
    if (!Scene::ids().contains(id)) return;
    end();
    const auto open = [this](const SocketConfig& config) {
        Session* session = open_(config);
        sockets_.emplace_back(session);
        return session;
    };
    scene_ = new Scene(id, open, this);
    lastState_ = Scene::State::Opening;
    connect(scene_, &Scene::stepChanged, this, &Experiments::follow);
    panel_->setScene(scene_);
    scene_->start();
    follow();
    Q_EMIT changed();
}

void Experiments::end() {
    if (scene_ == nullptr) return;
    panel_->setScene(nullptr);
    scene_->end();
    scene_->disconnect(this);
    scene_->deleteLater();
    scene_ = nullptr;
    dismissSockets();
    follow();
    Q_EMIT changed();
}

bool Experiments::has(const Session& session) const {
    return std::any_of(sockets_.begin(), sockets_.end(), [&](const auto& each) { return each == &session; });
}

void Experiments::again() {
    if (scene_ != nullptr) start(scene_->id());
}

void Experiments::startNext() {
    if (scene_ == nullptr) return;
    const QStringList ids = Scene::ids();
    start(ids[(ids.indexOf(scene_->id()) + 1) % ids.size()]);
}

void Experiments::look() {
    if (scene_ != nullptr && scene_->actor() != nullptr)
        Q_EMIT lookWanted(scene_->actor(), scene_->actorConnection());
}

/// The sockets of an experiment that is over go with it, each as soon as it is closed.
void Experiments::dismissSockets() {
    for (Session* session : sockets_) {
        // Queued, and to the session itself: the receiver deletes it, which must not happen inside its
        // own signal; one that is deleted before takes the call with it.
        const auto leave = [this, session] { Q_EMIT removeWanted(session); };
        if (session == nullptr) continue;
        if (session->isFinished())
            QMetaObject::invokeMethod(session, leave, Qt::QueuedConnection);
        else
            connect(session, &Session::finished, session, leave, Qt::QueuedConnection);
    }
    sockets_.clear();
}

void Experiments::follow() {
    const bool on = scene_ != nullptr;
    go_->setEnabled(on);
    end_->setEnabled(on);
    const Scene::State state = on ? scene_->state() : Scene::State::Opening;
    if (state == Scene::State::Ready && lastState_ != state) look();
    lastState_ = state;
}

}  // namespace sockstage
