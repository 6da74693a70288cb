// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

#include "guidechapters.h"

namespace sockstage {

/// Finds a text in all chapters, without regard to upper and lower case. A match is its position in the
/// chapter's document, as QTextCursor counts.
class GuideSearch {
public:
    explicit GuideSearch(const std::vector<GuideChapter>& chapters);
    void setText(const QString& text);
    int length() const { return static_cast<int>(text_.size()); }
    const std::vector<int>& matches(int chapter) const { return matches_[static_cast<std::size_t>(chapter)]; }
    int total() const;
    /// The nearest chapter after `chapter` (before it when not `forward`) that has a match, all around; the
    /// chapter itself comes last. -1: no chapter has one.
    int nextChapter(int chapter, bool forward) const;

private:
    QString text_;
    std::vector<QString> texts_;
    std::vector<std::vector<int>> matches_;
};

}  // namespace sockstage
