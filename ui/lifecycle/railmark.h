// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace sockstage {

/// Between the cards of a server and those of its clients: whose the cards behind it are.
class RailMark : public QWidget {
    Q_OBJECT

public:
    explicit RailMark(QWidget* parent);
    /// `who`: ":58208"; `fact`: "fd 61". `chosen`: one client, not all of them.
    void setText(const QString& who, const QString& fact, bool chosen);
    QString who() const { return who_; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    int leftOfText() const;

    QString who_, fact_;
    bool chosen_ = false;
};

}  // namespace sockstage
