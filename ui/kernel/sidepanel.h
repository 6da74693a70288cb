// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QScrollArea>
#include <vector>

class QSettings;
class QVBoxLayout;

namespace sockstage {

class SideSection;

/// The right column: sections below each other, each of which can be folded and stays so. Where they are too
/// high they scroll as a whole. The scroll bar always has its room, so that the width of the sections is a
/// function of the panel's size alone: a bar that came and went would lay them out anew each time. Never
/// narrower than what it holds.
class SidePanel : public QScrollArea {
    Q_OBJECT

public:
    explicit SidePanel(QWidget* parent = nullptr);
    /// The column owns the content from here on.
    SideSection* addSection(const QString& id, const QString& title, QWidget* content);
    const std::vector<SideSection*>& sections() const { return sections_; }
    void unfoldAll();

    void saveState(QSettings& settings) const;
    void restoreState(QSettings& settings);
    QSize minimumSizeHint() const override;
    QSize sizeHint() const override;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void showFocused(QWidget* focused);

    std::vector<SideSection*> sections_;
    QVBoxLayout* column_;
};

}  // namespace sockstage
