// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "stage.h"

class QPushButton;

namespace sockstage {

/// What the window shows while there is no socket: the ways to begin.
class EmptyPage : public QWidget {
    Q_OBJECT

public:
    explicit EmptyPage(QWidget* parent = nullptr);

Q_SIGNALS:
    void newSocketWanted(sockstage::Role role);
    void demoWanted();
    /// An experiment of this id.
    void sceneWanted(const QString& id);

private:
    QPushButton* makeDemoButton();
    QPushButton* makeScenesButton();
};

}  // namespace sockstage
