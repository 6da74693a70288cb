// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "guidechapters.h"
#include "guidesearch.h"

class QLabel;
class QLineEdit;
class QListWidget;
class QSplitter;
class QToolButton;

namespace sockstage {

class GuidePage;

/// The guide: chapters on the left, the text of one on the right. A window of its own beside the program's,
/// so that one can read and try at the same time. Remembers its size and where one was reading.
class GuideWindow : public QWidget {
    Q_OBJECT

public:
    explicit GuideWindow(const QString& shortcuts);
    ~GuideWindow() override;
    /// "send" or "window#clients"; false when there is no such place.
    bool showPlace(const QString& place);
    const GuideChapter& chapter() const { return chapters_[static_cast<std::size_t>(current_)]; }
    const std::vector<GuideChapter>& chapters() const { return chapters_; }

protected:
    void changeEvent(QEvent* event) override;

private:
    /// Where one was: a chapter, and the character that was first on screen.
    struct Visit {
        int chapter = 0, position = 0;
    };
    QWidget* makeBar();
    void colourList();
    QToolButton* addButton(const QString& text, const QString& tip, const QKeySequence& keys,
                           void (GuideWindow::*act)());
    void addKey(const QKeySequence& keys, void (GuideWindow::*act)());
    int indexOf(const QString& name) const;
    QString shownMarkdown(int chapter) const;
    Visit here() const;
    void display(const Visit& visit);
    void visit(const Visit& to);
    void goBack();
    void goForward();
    void previousChapter();
    void nextChapter();
    void followLink(const QUrl& url);
    void startFind();
    void findTyped();
    void findNext();
    void findPrevious();
    void findFrom(bool forward);
    void showFound();
    void escape();
    void restore();
    void save() const;

    std::vector<GuideChapter> chapters_;
    GuideSearch search_;
    std::vector<Visit> back_, forward_;
    int current_ = -1;
    int match_ = -1;  ///< index of the current match in the current chapter
    QToolButton *backButton_, *forwardButton_;
    QLineEdit* find_;
    QLabel* found_;
    QListWidget* list_;
    GuidePage* page_;
    QSplitter* splitter_;
};

}  // namespace sockstage
