// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLayout>

namespace sockstage {

/// Words with controls at their end, in one row where both fit, else the controls below the words. Which of
/// them it is hangs on the width and on what both may need at most, never on what they say at the moment.
class WordsAndParts : public QLayout {
    Q_OBJECT

public:
    WordsAndParts(QWidget* words, QWidget* parts, int spacing);
    ~WordsAndParts() override;
    /// The most that the controls come to need.
    void setWidestParts(int width);

    void addItem(QLayoutItem* item) override { items_.append(item); }
    int count() const override { return static_cast<int>(items_.size()); }
    QLayoutItem* itemAt(int index) const override { return items_.value(index); }
    QLayoutItem* takeAt(int index) override;
    Qt::Orientations expandingDirections() const override { return {}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSize() const override;
    void setGeometry(const QRect& rect) override;

private:
    bool areBeside(int width) const;

    QList<QLayoutItem*> items_;
    int widestParts_ = 0;
};

}  // namespace sockstage
