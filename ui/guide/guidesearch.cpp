// SPDX-License-Identifier: GPL-3.0-or-later
#include "guidesearch.h"

#include <QTextDocument>

#include "guidestyle.h"

namespace sockstage {

GuideSearch::GuideSearch(const std::vector<GuideChapter>& chapters) : matches_(chapters.size()) {
    for (const GuideChapter& chapter : chapters) {
        QTextDocument document;
        fillGuideDocument(document, chapter.markdown, QFont());
        // One character for one position of the document: toPlainText() only replaces separators.
        texts_.push_back(document.toPlainText());
    }
}

void GuideSearch::setText(const QString& text) {
    text_ = text.trimmed();
    for (std::size_t i = 0; i < texts_.size(); ++i) {
        matches_[i].clear();
        if (text_.isEmpty()) continue;
        for (qsizetype at = texts_[i].indexOf(text_, 0, Qt::CaseInsensitive); at >= 0;
             at = texts_[i].indexOf(text_, at + text_.size(), Qt::CaseInsensitive))
            matches_[i].push_back(static_cast<int>(at));
    }
}

int GuideSearch::total() const {
    std::size_t sum = 0;
    for (const auto& found : matches_)
        sum += found.size();
    return static_cast<int>(sum);
}

int GuideSearch::nextChapter(int chapter, bool forward) const {
    const int count = static_cast<int>(matches_.size());
    for (int step = 1; step <= count; ++step) {
        const int next = (chapter + (forward ? step : count - step)) % count;
        if (!matches(next).empty()) return next;
    }
    return -1;
}

}  // namespace sockstage
