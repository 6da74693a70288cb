#include "scene.h"

#include <algorithm>

namespace sockstage {
namespace {

constexpr int pollMs = 50;
constexpr qint64 patienceMs = 20'000;

const ScenePlot& plotOf(const QString& id) {
    const auto& plots = scenePlots();
    return *std::find_if(plots.begin(), plots.end(),
                         [id = id.toStdString()](const ScenePlot& plot) { return plot.id == id; });
}

}  // namespace

QStringList Scene::ids() {
    QStringList all;
    for (const ScenePlot& plot : scenePlots())
        all << QString::fromStdString(plot.id);
    return all;
}

Scene::Scene(const QString& id, OpenSocket open, QObject* parent)
    : QObject(parent), text_(*sceneText(id)), plot_(plotOf(id)), cast_(std::move(open)) {
    timer_.setInterval(pollMs);
    connect(&timer_, &QTimer::timeout, this, &Scene::poll);
}

Scene::~Scene() {
    cast_.lookAway();
}

// Reading ----------------------------------------------------------------------------------------

const SceneAct& Scene::current() const {
    return plot_.steps[static_cast<std::size_t>(step_)];
}

SceneStep Scene::step() const {
    const SceneStepText& text = text_.steps[static_cast<std::size_t>(step_)];
    const bool told = state_ == State::Shown || state_ == State::Finished;
    if (!told || !current().variant || !cast_.isComplete()) return {text.todo, text.watch};
    const QString variant = QString::fromStdString(current().variant(cast_));
    return {text.todo, text.variants.value(variant, text.watch)};
}

Session* Scene::actor() const {
    return cast_.find(current().actor);
}

bool Scene::shows() const {
    return opening_ == plot_.opening.size() && cast_.isComplete() && current().shows(cast_);
}

// Playing ----------------------------------------------------------------------------------------

void Scene::start() {
    timer_.start();
    beginAct();
}

void Scene::beginAct() {
    since_.start();
    plot_.opening[opening_].act(cast_);
}

void Scene::next() {
    if (state_ == State::Ready && cast_.isComplete()) {
        since_.start();
        setState(State::Taken);
        current().act(cast_);
    } else if (state_ == State::Shown) {
        ++step_;
        since_.invalidate();
        setState(State::Ready);
        poll();
    }
}

void Scene::end() {
    timer_.stop();
    cast_.lookAway();
    cast_.close();
}

void Scene::poll() {
    if (!cast_.isComplete()) {
        timer_.stop();
        return getStuck(tr("One of its sockets was removed. Start the experiment again."));
    }
    cast_.look();
    opening_ < plot_.opening.size() ? pollOpening() : pollStep();
}

void Scene::pollOpening() {
    while (plot_.opening[opening_].shows(cast_)) {
        if (++opening_ == plot_.opening.size()) {
            since_.invalidate();
            return setState(State::Ready);
        }
        beginAct();
    }
    if (since_.hasExpired(patienceMs)) getStuck(tr("Its sockets could not be brought to where it begins."));
}

void Scene::pollStep() {
    if (state_ == State::Shown || state_ == State::Finished) return;
    if (current().shows(cast_)) return setState(step_ + 1 == stepCount() ? State::Finished : State::Shown);
    if (current().missed && current().missed(cast_))
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
