// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMenu>
#include <QObject>
#include <QPointer>
#include <vector>

#include "scene.h"

namespace sockstage {

class ScenePanel;

/// The experiments of a window: their menu, the strip with the steps, and the scene that is on. One at a
/// time.
class Experiments : public QObject {
    Q_OBJECT

public:
    /// `open` opens a socket of the window. The menu and the strip belong to `window`.
    Experiments(Scene::OpenSocket open, QWidget* window);
    ~Experiments() override;

    QMenu* menu() const { return menu_; }
    ScenePanel* panel() const { return panel_; }
    /// Null: none is on.
    Scene* scene() const { return scene_; }
    /// A socket of the one that is on.
    bool has(const Session& session) const;

    /// Ends the one that is on. Nothing happens when there is no such scene.
    void start(const QString& id);
    /// Closes its sockets, and removes each once it is closed.
    void end();

Q_SIGNALS:
    /// One began or ended.
    void changed();
    /// A step begins: this socket, and of a server this client (0: none), is what it is about.
    void lookWanted(sockstage::Session* session, quint32 connection);
    /// A finished socket of an experiment that is over is to be taken out of the list.
    void removeWanted(sockstage::Session* session);

private:
    void makeMenu();
    void again();
    void look();
    void startNext();
    void dismissSockets();
    void follow();

    const Scene::OpenSocket open_;
    QMenu* menu_;
    ScenePanel* panel_;
    QAction *go_ = nullptr, *end_ = nullptr;
    QPointer<Scene> scene_;
    std::vector<QPointer<Session>> sockets_;  // of the one that is on
    Scene::State lastState_ = Scene::State::Opening;
};

}  // namespace sockstage
