// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "eventsink.h"
#include "scene.h"

namespace sockstage {

/// Plays a scene by itself: takes each step as soon as it can be taken, and prints what it says. Main thread.
class ScenePlayer : public QObject {
    Q_OBJECT

public:
    /// `writeRows` writes what has happened so far, so that it stands before the words about it.
    ScenePlayer(const QString& id, Scene::OpenSocket open, EventSink& sink, std::function<void()> writeRows);
    void start();
    /// What has not shown when it ends now for this reason; empty when all has.
    QString missing(const QString& reason) const;

Q_SIGNALS:
    void over();

private:
    void follow();
    void tell(SceneEvent::State state);

    Scene scene_;
    EventSink& sink_;
    const std::function<void()> writeRows_;
};

}  // namespace sockstage
