// SPDX-License-Identifier: GPL-3.0-or-later
// The second half of TimeCharts: mouse, wheel, keys and menu.

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QScrollArea>
#include <QScrollBar>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "chartplot.h"
#include "timecharts.h"

namespace sockstage {
namespace {

constexpr double keyZoom = 1.5;

}  // namespace

bool TimeCharts::eventFilter(QObject* watched, QEvent* event) {
    if (watched != plot_->widget()) return QWidget::eventFilter(watched, event);
    switch (event->type()) {
        case QEvent::MouseButtonPress:
        case QEvent::MouseMove:
        case QEvent::MouseButtonRelease:
            return mouse(static_cast<QMouseEvent*>(event));
        case QEvent::Leave:
            mouseX_.reset();
            drawCursor();
            return false;
        case QEvent::Wheel:
            wheel(static_cast<QWheelEvent*>(event));
            return true;
        default:
            return false;
    }
}

bool TimeCharts::mouse(QMouseEvent* event) {
    const int x = event->position().toPoint().x();
    if (event->type() == QEvent::MouseButtonPress) {
        setFocus(Qt::MouseFocusReason);
        if (event->button() == Qt::LeftButton) {
            dragX_ = x;
            dragged_ = false;
        }
        return event->button() == Qt::LeftButton;
    }
    if (event->type() == QEvent::MouseMove) {
        drag(x);
        return true;
    }
    if (event->button() != Qt::LeftButton || !dragX_) return false;
    dragX_.reset();
    mouseX_ = x;
    if (!dragged_ && !times_.empty()) setCursorAt(times_[nearestSample(plot_->secondsAt(x))]);
    drawCursor();
    return true;
}

void TimeCharts::drag(int x) {
    constexpr int slack = 3;
    if (dragX_ && (dragged_ || std::abs(x - *dragX_) > slack)) {
        TimeWindow wanted = window_;
        wanted.pan((*dragX_ - x) * plot_->secondsPerPixel(), oldest(), newest());
        dragX_ = x;
        dragged_ = true;
        // No cursor while the charts themselves move.
        mouseX_.reset();
        return move(wanted);
    }
    mouseX_ = x;
    drawCursor();
}

// Up is nearer, as in maps; a wheel that also goes sideways pans.
void TimeCharts::wheel(QWheelEvent* event) {
    constexpr double notch = 120;
    event->accept();
    if (times_.empty()) return;
    const QPoint by = event->angleDelta();
    if (std::abs(by.x()) > std::abs(by.y())) {
        TimeWindow wanted = window_;
        wanted.pan(-by.x() / notch * window_.span / 10, oldest(), newest());
        return move(wanted);
    }
    zoom(std::pow(1.25, -by.y() / notch), plot_->secondsAt(event->position().toPoint().x()));
}

void TimeCharts::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy)) return copyReadout();
    const double around = chosen_.value_or(window_.end);
    switch (event->key()) {
        case Qt::Key_Left:
        case Qt::Key_Right:
        case Qt::Key_Home:
        case Qt::Key_PageUp:
        case Qt::Key_PageDown:
            return moveCursor(event->key(), event->modifiers());
        case Qt::Key_End:
            return setFollow(true);
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return zoom(1 / keyZoom, around);
        case Qt::Key_Minus:
            return zoom(keyZoom, around);
        case Qt::Key_Up:
        case Qt::Key_Down:
            return scrollBy(event->key());
        case Qt::Key_Escape:
            if (chosen_) return clearCursor();
            break;
        default:
            break;
    }
    QWidget::keyPressEvent(event);
}

void TimeCharts::scrollBy(int key) {
    QScrollBar* bar = scroll_->verticalScrollBar();
    bar->setValue(bar->value() + (key == Qt::Key_Up ? -1 : 1) * bar->pageStep() / 3);
}

// Sample by sample; with Ctrl ten at once; a page is what is on screen.
void TimeCharts::moveCursor(int key, Qt::KeyboardModifiers modifiers) {
    if (times_.empty()) return;
    mouseX_.reset();
    const std::size_t last = times_.size() - 1;
    const std::size_t by = modifiers.testFlag(Qt::ControlModifier) ? 10 : 1;
    const std::size_t at = nearestSample(chosen_.value_or(window_.end));
    switch (key) {
        case Qt::Key_Left:
            return setCursorAt(times_[chosen_ ? at - std::min(at, by) : at]);
        case Qt::Key_Right:
            return setCursorAt(times_[chosen_ ? std::min(last, at + by) : at]);
        case Qt::Key_Home:
            return setCursorAt(oldest());
        case Qt::Key_PageUp:
            return setCursorAt(times_[nearestSample(times_[at] - window_.span)]);
        default:
            return setCursorAt(times_[nearestSample(times_[at] + window_.span)]);
    }
}

void TimeCharts::contextMenuEvent(QContextMenuEvent* event) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    auto* copy = menu->addAction(tr("Copy the figures of this moment"), this, &TimeCharts::copyReadout);
    copy->setShortcut(QKeySequence::Copy);
    copy->setEnabled(!times_.empty());
    menu->addSeparator();
    auto* follow = menu->addAction(tr("Follow the newest"), this, &TimeCharts::setFollow);
    follow->setCheckable(true);
    follow->setChecked(follows());
    menu->addAction(tr("Last minute"), this, [this] { setSpan(60); });
    menu->addAction(tr("Last 5 minutes"), this, [this] { setSpan(300); });
    menu->popup(event->globalPos());
}

}  // namespace sockstage
