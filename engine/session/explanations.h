// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "callrecord.h"
#include "socketoptions.h"
#include "stage.h"

namespace sockstage {

/// The short texts on stages and errors, from resources/explanations (Markdown, compiled in).
namespace explanations {

/// What the stage does, what the kernel does for it, what is often misunderstood, and where it is written;
/// Markdown.
QString stageMarkdown(Stage stage);
/// One plain sentence: the call that comes next at this stage and what it will do to a socket of this role,
/// or to one of its connections. Empty for a stage that the role does not have.
QString stageWill(Stage stage, Role role);
/// One plain sentence: what the error means when this call returns it. Empty when it is not known.
QString errorSentence(Call call, const QString& errorName);
/// What it means, what to try and where it is written; Markdown. Empty when it is not known.
QString errorMarkdown(Call call, const QString& errorName);

/// What the option does, what is odd about it and where it is written; Markdown.
QString optionMarkdown(const OptionFact& option);
/// One plain sentence of it.
QString optionSentence(const OptionFact& option);

}  // namespace explanations
}  // namespace sockstage
