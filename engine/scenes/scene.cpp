// SPDX-License-Identifier: GPL-3.0-or-later
#include "scene.h"

#include <algorithm>

namespace sockstage {
namespace {

constexpr int pollMs = 50;
constexpr qint64 patienceMs = 20'000;

const Experiment& experimentOf(const QString& id) {
    const auto& all = allExperiments();
    return *std::find_if(all.begin(), all.end(), [id = id.toStdString()](const Experiment& experiment) {
        return experiment.id == id;
    });
}

}  // namespace

QStringList Scene::ids() {
    QStringList all;
    for (const Experiment& experiment : allExperiments())
        all << QString::fromStdString(experiment.id);
    return all;
}

Scene::Scene(const QString& id, OpenSocket open, QObject* parent)
    : QObject(parent), text_(*sceneText(id)), experiment_(experimentOf(id)), sockets_(std::move(open)) {
    timer_.setInterval(pollMs);
    connect(&timer_, &QTimer::timeout, this, &Scene::poll);
}

Scene::~Scene() {
    sockets_.lookAway();
}

// Reading ----------------------------------------------------------------------------------------

const SceneStep& Scene::current() const {
    return experiment_.steps[static_cast<std::size_t>(step_)];
}

SceneInstruction Scene::step() const {
    const SceneStepText& text = text_.steps[static_cast<std::size_t>(step_)];
    const bool told = state_ == State::Shown || state_ == State::Finished;
    if (!told || !current().variant || !sockets_.isComplete()) return {text.todo, text.watch};
    const QString variant = QString::fromStdString(current().variant(sockets_));
    return {text.todo, text.variants.value(variant, text.watch)};
}

Session* Scene::actor() const {
    return sockets_.find(current().actor);
}

bool Scene::shows() const {
    return opening_ == experiment_.opening.size() && sockets_.isComplete() && current().shows(sockets_);
}

// Playing ----------------------------------------------------------------------------------------

void Scene::start() {
    timer_.start();
    beginStep();
}

void Scene::beginStep() {
    since_.start();
    experiment_.opening[opening_].perform(sockets_);
}

void Scene::next() {
    if (state_ == State::Ready && sockets_.isComplete()) {
        since_.start();
        setState(State::Taken);
        current().perform(sockets_);
    } else if (state_ == State::Shown) {
        ++step_;
        since_.invalidate();
        setState(State::Ready);
        poll();
    }
}

void Scene::end() {
    timer_.stop();
    sockets_.lookAway();
    sockets_.close();
}

void Scene::poll() {
    if (!sockets_.isComplete()) {
        timer_.stop();
        return getStuck(tr("One of its sockets was removed. Start the experiment again."));
    }
    sockets_.look();
    opening_ < experiment_.opening.size() ? pollOpening() : pollStep();
}

void Scene::pollOpening() {
    while (experiment_.opening[opening_].shows(sockets_)) {
        if (++opening_ == experiment_.opening.size()) {
            since_.invalidate();
            return setState(State::Ready);
        }
        beginStep();
    }
    if (since_.hasExpired(patienceMs)) getStuck(tr("Its sockets could not be brought to where it begins."));
}

void Scene::pollStep() {
    if (state_ == State::Shown || state_ == State::Finished) return;
    if (current().shows(sockets_)) return setState(step_ + 1 == stepCount() ? State::Finished : State::Shown);
    if (current().missed && current().missed(sockets_))
        return getStuck(tr("It went another way, or too late. Start the experiment again."));
    // Done by hand it may have ended the actor; what follows from that needs its time too.
    if (!since_.isValid() && actor()->isFinished()) since_.start();
    if (since_.isValid() && since_.hasExpired(patienceMs))
        getStuck(
            tr("Not seen so far. If something else was done to its sockets, start the experiment again."));
}

void Scene::setState(State state) {
    if (state_ == state) return;
    state_ = state;
    Q_EMIT stepChanged();
}

void Scene::getStuck(const QString& why) {
    trouble_ = why;
    setState(State::Stuck);
}

}  // namespace sockstage
