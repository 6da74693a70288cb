#pragma once

#include <QString>

#include "callrecord.h"
#include "stage.h"

namespace sockstage {

/// The short texts on stages and errors, from resources/explanations (Markdown, compiled in).
namespace explanations {

/// Two or three sentences on what the stage does; Markdown.
QString stageMarkdown(Stage stage);
/// One plain sentence: what the error means when this call returns it. Empty when it is not known.
QString errorSentence(Call call, const QString& errorName);
/// What it means and what to try; Markdown. Empty when it is not known.
QString errorMarkdown(Call call, const QString& errorName);

}  // namespace explanations
}  // namespace sockstage
