// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QString>
#include <QStringList>
#include <vector>

namespace sockstage {

/// What one does in a step, and where one sees what it shows; plain text.
struct SceneStepText {
    QString todo;
    QString watch;
    QHash<QString, QString> variants;  ///< what is true instead of `watch` on some systems, by name
};

/// The texts of a scene, from resources/scenes/scenes.md (compiled in); plain text.
struct SceneText {
    QString id, title, intro;
    std::vector<SceneStepText> steps;
};

/// In the order of the file, which is that of the menu.
const std::vector<SceneText>& sceneTexts();
/// Null when there is no such scene.
const SceneText* sceneText(const QString& id);

}  // namespace sockstage
