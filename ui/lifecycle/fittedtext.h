// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTextBrowser>

namespace sockstage {

/// Read-only text that is as high as what is in it; it leaves the scrolling to what it stands in.
class FittedText : public QTextBrowser {
    Q_OBJECT

public:
    /// Box: monospaced in a frame. Plain: part of the page.
    enum class Look : std::uint8_t { Box, Plain };
    explicit FittedText(Look look, QWidget* parent = nullptr);

    /// Text that may come from outside. Waits while the user has something selected in it.
    void showPlain(const QString& text);
    /// Our own Markdown; hides itself when it is empty.
    void showMarkdown(const QString& markdown);
    /// Keeps the height of the highest text, where they follow each other quickly; called again: from now on.
    void keepHeight();
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void fit();
    int textHeight() const;

    const Look look_;
    QString markdown_;
    bool keeps_ = false;
    int kept_ = 0, keptWidth_ = 0;  ///< the highest so far, at this width
};

}  // namespace sockstage
