// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTextBrowser>
#include <vector>

namespace sockstage {

/// The text of one chapter. Links are reported, not followed; a change of theme or font draws the chapter
/// anew.
class GuidePage : public QTextBrowser {
    Q_OBJECT

public:
    explicit GuidePage(QWidget* parent = nullptr);
    void showChapter(const QString& title, const QString& markdown);
    /// The character that is first on screen: it finds the place again at any width and size of font.
    int place() const { return place_; }
    void goTo(int position);
    /// To the heading that guideSection() makes this of; false when there is none.
    bool goToSection(const QString& section);
    /// `current`: index of the match that stands out and is brought on screen; -1 for none.
    void showMatches(const std::vector<int>& positions, int length, int current);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void draw();
    void scrolled();
    void scrollToPlace();
    int room() const;

    QString markdown_;
    int place_ = 0;
    bool moving_ = false;  ///< scrolling now is ours and changes no place
};

}  // namespace sockstage
