// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QStringList>
#include <QTimer>

#include "experiment.h"
#include "scenetext.h"

namespace sockstage {

/// One step as it is now: what to do, and what to watch on this system.
struct SceneInstruction {
    QString todo, watch;
};

/// A ready experiment: real sockets held at the interesting moment, and a few steps to take. A step is over
/// when the facts show what it says, whether next() took it or the user did it by hand. The sockets belong to
/// the caller that opened them. Lives on the thread that made it.
class Scene : public QObject {
    Q_OBJECT

public:
    using OpenSocket = SceneSockets::OpenSocket;
    enum class State {
        Opening,   ///< its sockets are on their way to the interesting moment
        Ready,     ///< the step can be taken
        Taken,     ///< it was, and its facts are not there yet
        Shown,     ///< they are; next() goes to the next step
        Finished,  ///< the last step has shown what it says
        Stuck      ///< not seen in a long time, or it cannot come any more; see trouble()
    };

    /// The ids, in the order of the menu.
    static QStringList ids();
    /// `id` must be one of them.
    Scene(const QString& id, OpenSocket open, QObject* parent = nullptr);
    ~Scene() override;

    const QString& id() const { return text_.id; }
    const QString& title() const { return text_.title; }
    const QString& intro() const { return text_.intro; }
    State state() const { return state_; }
    int stepCount() const { return static_cast<int>(experiment_.steps.size()); }
    /// From 0; while it opens the first.
    int currentStep() const { return step_; }
    SceneInstruction step() const;
    /// Where the step is to be seen; null while there is no such socket.
    Session* actor() const;
    /// Of a server: the client that the step is about; 0: none.
    std::uint32_t actorConnection() const { return current().connection; }
    /// Why it is Stuck; else empty.
    QString trouble() const { return state_ == State::Stuck ? trouble_ : QString(); }
    /// The facts of the current step are there.
    bool shows() const;

    /// Opens the sockets. Call it once.
    void start();
    /// Takes the step that is Ready, or goes from a Shown one to the next.
    void next();
    /// Closes its sockets and looks no more.
    void end();

Q_SIGNALS:
    /// Another step, or another state.
    void stepChanged();

private:
    const SceneStep& current() const;
    void beginStep();
    void poll();
    void pollOpening();
    void pollStep();
    void setState(State state);
    void getStuck(const QString& why);

    const SceneText& text_;
    const Experiment& experiment_;
    SceneSockets sockets_;
    QTimer timer_;
    QElapsedTimer since_;  // the step began, or the actor was found to have ended
    State state_ = State::Opening;
    std::size_t opening_ = 0;
    int step_ = 0;
    QString trouble_;
};

}  // namespace sockstage
