// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

namespace sockstage {

/// One chapter of the guide: the name under which others link to it ("send"), its first heading, its
/// Markdown.
struct GuideChapter {
    QString name, title, markdown;
};

/// The chapters in their order, from resources/guide (compiled in). `shortcuts`: the table that stands where
/// the chapter on shortcuts says so; it is made from the real actions.
std::vector<GuideChapter> readGuide(const QString& shortcuts);

/// A heading as the part of a link behind '#': "send() and the send buffer" is "send-and-the-send-buffer".
QString guideSection(const QString& heading);

}  // namespace sockstage
