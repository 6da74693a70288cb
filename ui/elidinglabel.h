#pragma once

#include <QLabel>

namespace sockstage {

/// Plain text on one line that gives way where there is no room; the tool tip then has all of it.
class ElidingLabel : public QLabel {
    Q_OBJECT

public:
    explicit ElidingLabel(QWidget* parent = nullptr);
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;
};

}  // namespace sockstage
