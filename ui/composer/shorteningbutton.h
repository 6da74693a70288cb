// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPushButton>

namespace sockstage {

/// A button that says the same in fewer words where it has no room for all of them.
class ShorteningButton : public QPushButton {
    Q_OBJECT

public:
    explicit ShorteningButton(QWidget* parent);
    void setTexts(const QString& whole, const QString& brief);
    const QString& wholeText() const { return whole_; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QSize sizeWith(const QString& text) const;
    void choose();

    QString whole_, brief_;
};

}  // namespace sockstage
