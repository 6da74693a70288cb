// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QWidget>
#include <array>

#include "scene.h"

class QLabel;
class QPushButton;
class QToolButton;

namespace sockstage {

class SceneWords;

/// The strip above the page while an experiment is on: what it is about, the step to take, what to watch, and
/// how far it is. Follows the scene by its signal.
class ScenePanel : public QWidget {
    Q_OBJECT

public:
    explicit ScenePanel(QWidget* parent = nullptr);
    /// Null: hides itself.
    void setScene(Scene* scene);
    /// What the main button does now: takes the step, goes to the next one, or asks for another start.
    void goOn();

Q_SIGNALS:
    void closeWanted();
    void againWanted();
    /// The experiment after this one.
    void nextWanted();
    /// The socket of the step is to be shown.
    void lookWanted();

protected:
    void changeEvent(QEvent* event) override;

private:
    void makeLayout();
    std::array<QWidget*, 4> buttons() const;
    void placeWords();
    void refresh();
    void showStep();
    void showButton();
    QString progressText() const;

    QPointer<Scene> scene_;
    QWidget* head_;
    QLabel *title_, *progress_, *todo_;
    SceneWords* watch_;
    QPushButton *go_, *look_, *again_;
    QToolButton* close_;
};

}  // namespace sockstage
