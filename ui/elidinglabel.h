// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

namespace sockstage {

/// Plain text on one line that gives way where there is no room: to a shorter text that says the same, then
/// to an ellipsis. The tool tip then has all of it.
class ElidingLabel : public QLabel {
    Q_OBJECT

public:
    explicit ElidingLabel(QWidget* parent = nullptr);
    /// Stands in for the text where that has no room; the label is never narrower than this one.
    void setShortText(const QString& text);
    /// The text or the short one: what there is room for, before any ellipsis.
    QString shownText() const;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    bool hasRoomFor(const QString& text) const;

    QString shortText_;
};

}  // namespace sockstage
