// SPDX-License-Identifier: GPL-3.0-or-later
// The second part of BoundaryStrip: mouse, wheel, keys and menu.

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "boundarystrip.h"

namespace sockstage {
namespace {

constexpr double zoomStep = 1.25;
constexpr int notch = 120;  // QWheelEvent: 15 degrees in eighths

}  // namespace

// Mouse ------------------------------------------------------------------------------------------

std::optional<BoundaryStrip::Spot> BoundaryStrip::spotAt(const QPointF& at) const {
    const double x = left() + at.x() - margin();
    const BoundaryColumn* column = BoundaryLayout::at(layout_.columns(), x);
    const Rows rows = this->rows();
    if (column == nullptr || at.y() < rows.sends || at.y() > rows.below) return std::nullopt;
    Spot spot{static_cast<std::size_t>(column - layout_.columns().data()), std::nullopt};
    const bool sends = at.y() <= rows.sends + rows.box;
    if (!sends && at.y() < rows.receives) return spot;
    if (const BoundaryBox* box = BoundaryLayout::at(layout_.boxes(sends), x)) spot.call = box->id;
    return spot;
}

void BoundaryStrip::point(const std::optional<QPointF>& at) {
    mouse_ = at;
    const auto spot = at ? spotAt(*at) : std::nullopt;
    if (spot == hovered_) return;
    hovered_ = spot;
    viewport()->update();
    Q_EMIT readoutChanged();
}

bool BoundaryStrip::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::Leave) point(std::nullopt);
    return QAbstractScrollArea::viewportEvent(event);
}

void BoundaryStrip::mouseMoveEvent(QMouseEvent* event) {
    point(event->position());
}

void BoundaryStrip::mousePressEvent(QMouseEvent* event) {
    const auto spot = spotAt(event->position());
    if (!spot || !spot->call) return clearChoice();
    if (const BoundaryBox* box = layout_.find(*spot->call)) choose(*box);
}

void BoundaryStrip::mouseDoubleClickEvent(QMouseEvent* event) {
    const auto spot = spotAt(event->position());
    if (spot && spot->call) Q_EMIT activated(*spot->call);
}

void BoundaryStrip::wheelEvent(QWheelEvent* event) {
    event->accept();
    const QPoint by = event->angleDelta();
    if (event->modifiers().testFlag(Qt::ControlModifier))
        return zoomTo(scale_.zoom * std::pow(zoomStep, by.y() / double{notch}), event->position().x());
    // There is one direction to go, whichever way the wheel turns.
    wheelRest_ += std::abs(by.x()) > std::abs(by.y()) ? by.x() : by.y();
    const double step = scale_.character * 4 * QApplication::wheelScrollLines();
    const int notches = wheelRest_ * 8 / notch;  // by eighths, for fine wheels
    wheelRest_ -= notches * notch / 8;
    if (notches != 0) scrollByUser(left() - step * notches / 8);
}

// Choosing ---------------------------------------------------------------------------------------

void BoundaryStrip::choose(const BoundaryBox& box) {
    current_ = box.id;
    // Who looks at one call does not want it to wander away.
    if (box.column + 1 < layout_.columns().size()) setFollow(false);
    reveal(box);
    if (mouse_) hovered_ = spotAt(*mouse_);
    told();
}

void BoundaryStrip::clearChoice() {
    current_.reset();
    told();
}

/// The next call of the same end, or the first call of the next group.
const BoundaryBox* BoundaryStrip::besides(const BoundaryBox& box, bool later, bool group) const {
    const auto& boxes = layout_.boxes(box.id.send);
    const auto at = static_cast<std::size_t>(&box - boxes.data());
    if (!group) {
        if (later) return at + 1 < boxes.size() ? &boxes[at + 1] : nullptr;
        return at > 0 ? &boxes[at - 1] : nullptr;
    }
    if (!later && box.column == 0) return nullptr;
    const std::size_t wanted = later ? box.column + 1 : box.column - 1;
    const auto found = std::find_if(boxes.begin(), boxes.end(),
                                    [wanted](const BoundaryBox& each) { return each.column == wanted; });
    if (found != boxes.end()) return &*found;
    return wanted < layout_.columns().size()
               ? BoundaryLayout::at(layout_.boxes(!box.id.send), layout_.columns()[wanted].x)
               : nullptr;
}

const BoundaryBox* BoundaryStrip::opposite(const BoundaryBox& box, bool sends) const {
    if (box.id.send == sends) return nullptr;
    const auto& boxes = layout_.boxes(sends);
    // Its first byte; where only later ones have a partner, these.
    const std::size_t at = BoundaryLayout::firstAt(boxes, std::nextafter(box.x, box.end()));
    return at < boxes.size() && boxes[at].x < box.end() ? &boxes[at] : nullptr;
}

/// The newest send on screen.
const BoundaryBox* BoundaryStrip::firstChoice() const {
    const auto& sends = layout_.boxes(true);
    if (sends.empty()) return nullptr;
    const std::size_t after = BoundaryLayout::firstAt(sends, left() - margin() + viewport()->width());
    return &sends[std::min(after, sends.size() - 1)];
}

void BoundaryStrip::moveChoice(int key, Qt::KeyboardModifiers modifiers) {
    const BoundaryBox* now = current_ ? layout_.find(*current_) : nullptr;
    const auto& row = layout_.boxes(now == nullptr || now->id.send);
    if (row.empty()) return;
    const bool group = modifiers.testFlag(Qt::ControlModifier);
    const BoundaryBox* next = nullptr;
    if (key == Qt::Key_Home)
        next = &row.front();
    else if (key == Qt::Key_End)
        next = &row.back();
    else if (now == nullptr)
        next = firstChoice();
    else if (key == Qt::Key_Left || key == Qt::Key_Right)
        next = besides(*now, key == Qt::Key_Right, group);
    else
        next = opposite(*now, key == Qt::Key_Up);
    // The keys have the word now, wherever the mouse rests.
    mouse_.reset();
    hovered_.reset();
    if (next != nullptr) choose(*next);
    if (key == Qt::Key_End) setFollow(true);
}

// Keys -------------------------------------------------------------------------------------------

void BoundaryStrip::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy)) return copyReadout();
    switch (event->key()) {
        case Qt::Key_Left:
        case Qt::Key_Right:
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_Home:
        case Qt::Key_End:
            return moveChoice(event->key(), event->modifiers());
        case Qt::Key_PageUp:
            return scrollByUser(left() - viewport()->width() * 0.9);
        case Qt::Key_PageDown:
            return scrollByUser(left() + viewport()->width() * 0.9);
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (current_) Q_EMIT activated(*current_);
            return;
        default:
            break;
    }
    if (zoomKey(event->key())) return;
    if (event->key() == Qt::Key_Escape && current_) return clearChoice();
    QAbstractScrollArea::keyPressEvent(event);
}

bool BoundaryStrip::zoomKey(int key) {
    const BoundaryBox* box = current_ ? layout_.find(*current_) : nullptr;
    const double screen =
        box != nullptr ? margin() + box->x - left() : static_cast<double>(viewport()->width()) / 2;
    switch (key) {
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return zoomTo(scale_.zoom * zoomStep, screen), true;
        case Qt::Key_Minus:
            return zoomTo(scale_.zoom / zoomStep, screen), true;
        case Qt::Key_0:
            return zoomTo(1, screen), true;
        default:
            return false;
    }
}

void BoundaryStrip::copyReadout() const {
    QApplication::clipboard()->setText(readout().join(QLatin1Char('\n')));
}

void BoundaryStrip::contextMenuEvent(QContextMenuEvent* event) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    auto* go = menu->addAction(tr("Show this call in the list of traffic"), this, [this] {
        if (current_) Q_EMIT activated(*current_);
    });
    go->setEnabled(current_.has_value());
    auto* copy = menu->addAction(tr("Copy the words"), this, &BoundaryStrip::copyReadout);
    copy->setShortcut(QKeySequence::Copy);
    copy->setEnabled(!layout_.columns().empty());
    menu->addSeparator();
    const double centre = viewport()->width() / 2.0;
    menu->addAction(tr("Wider"), this, [this, centre] { zoomTo(scale_.zoom * zoomStep, centre); });
    menu->addAction(tr("Narrower"), this, [this, centre] { zoomTo(scale_.zoom / zoomStep, centre); });
    menu->addAction(tr("Usual width"), this, [this, centre] { zoomTo(1, centre); });
    auto* follow = menu->addAction(tr("Follow the newest"), this, &BoundaryStrip::setFollow);
    follow->setCheckable(true);
    follow->setChecked(follow_);
    menu->popup(event->globalPos());
}

}  // namespace sockstage
