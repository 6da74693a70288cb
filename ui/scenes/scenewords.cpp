// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenewords.h"

#include <QPainter>
#include <QTextLayout>
#include <QtMath>

namespace sockstage {
namespace {

/// Less room than this is left alone: two or three words would stand there for themselves.
constexpr int leastCharacters = 24;

}  // namespace

SceneWords::SceneWords(const QWidget* head, QWidget* parent) : QLabel(parent), head_(head) {
    setTextFormat(Qt::PlainText);
    setWordWrap(true);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void SceneWords::setTaken(int left, int right) {
    if (left == left_ && right == right_) return;
    left_ = left;
    right_ = right;
    updateGeometry();
    update();
}

qreal SceneWords::layOut(QTextLayout& text, int width) const {
    const int room = width - left_ - right_;
    const bool beside = room >= fontMetrics().averageCharWidth() * leastCharacters;
    const int head = head_->hasHeightForWidth() ? head_->heightForWidth(width) : head_->sizeHint().height();
    qreal top = head;
    text.beginLayout();
    for (QTextLine line = text.createLine(); line.isValid(); line = text.createLine()) {
        const bool first = beside && line.lineNumber() == 0;
        line.setLineWidth(first ? room : width);
        if (first) {
            line.setPosition({static_cast<qreal>(left_), (head - line.height()) / 2});
        } else {
            line.setPosition({0, top});
            top += line.height();
        }
    }
    text.endLayout();
    return top;
}

int SceneWords::heightForWidth(int width) const {
    QTextLayout layout(text(), font());
    return qCeil(layOut(layout, width));
}

int SceneWords::linesBelow() const {
    QTextLayout layout(text(), font());
    layOut(layout, width());
    const bool beside = layout.lineCount() > 0 && layout.lineAt(0).x() > 0;
    return layout.lineCount() - (beside ? 1 : 0);
}

QSize SceneWords::sizeHint() const {
    const int width = fontMetrics().averageCharWidth() * 100;
    return {width, heightForWidth(width)};
}

// As for a label that breaks lines: its height follows from the width that it gets.
QSize SceneWords::minimumSizeHint() const {
    return {1, head_->minimumSizeHint().height()};
}

void SceneWords::paintEvent(QPaintEvent*) {
    QTextLayout layout(text(), font());
    layOut(layout, width());
    QPainter painter(this);
    painter.setPen(palette().color(foregroundRole()));
    layout.draw(&painter, {0, 0});
}

}  // namespace sockstage
