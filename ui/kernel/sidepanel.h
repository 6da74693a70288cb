#pragma once

#include <QScrollArea>
#include <QTimer>
#include <array>
#include <vector>

class QSettings;
class QVBoxLayout;

namespace sockstage {

class SideSection;

/// The right column: sections below each other, each of which can be folded. Where it is too high its parts
/// give way in steps, then it scrolls as a whole. It is never narrower than what it holds.
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

    static constexpr int tightest = 2;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    /// How much the parts are to give way now: 0, as they like, to `tightest`.
    virtual void setTightness(int /*level*/) {}

private:
    void showFocused(QWidget* focused);
    void fit();
    void tighten(int level);
    int wantedHeight() const;

    std::vector<SideSection*> sections_;
    QVBoxLayout* column_;
    QTimer fitting_;
    int tightness_ = 0;
    int heightBefore_ = 0;  ///< before the parts gave way; 0: what that gained is known
    std::array<int, tightest + 1> gained_{};
};

}  // namespace sockstage
