// SPDX-License-Identifier: GPL-3.0-or-later
#include "boundarystrip.h"

#include <QAccessible>
#include <QScrollBar>
#include <algorithm>
#include <cmath>
#include <utility>

#include "boundaryaccess.h"
#include "boundarywords.h"
#include "plaintext.h"

namespace sockstage {

BoundaryStrip::BoundaryStrip(QWidget* parent) : QAbstractScrollArea(parent) {
    installBoundaryAccess();
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setBackgroundRole(QPalette::Base);
    viewport()->setAutoFillBackground(true);
    viewport()->setMouseTracking(true);
    setObjectName(QStringLiteral("boundaryStrip"));
    setAccessibleName(tr("Call boundaries"));
    scale_.character = fontMetrics().averageCharWidth();
    connect(horizontalScrollBar(), &QScrollBar::valueChanged, this, [this](int value) {
        if (!settingBar_) scrollByUser(value);
    });
}

void BoundaryStrip::setSource(const CallBoundaries* boundaries, qint64 epochOffsetNs) {
    boundaries_ = boundaries;
    epochOffsetNs_ = epochOffsetNs;
    layout_ = {};
    seen_.reset();
    current_.reset();
    hovered_.reset();
    setFollow(true);
    arrange(std::nullopt);
    told();
}

void BoundaryStrip::setNames(const QString& sender, const QString& receiver) {
    if (sender == sender_ && receiver == receiver_) return;
    sender_ = sender;
    receiver_ = receiver;
    setAccessibleName(tr("Call boundaries, %1 → %2").arg(sender, receiver));
    viewport()->update();
}

BoundaryStrip::Seen BoundaryStrip::seen() const {
    const CallTrack &sends = boundaries_->sends(), &receives = boundaries_->receives();
    return {sends.firstIndex(), sends.endIndex(), receives.firstIndex(), receives.endIndex(),
            boundaries_->placeKnown()};
}

bool BoundaryStrip::refresh(bool caughtUp) {
    const bool sameWords = std::exchange(caughtUp_, caughtUp) == caughtUp;
    if (boundaries_ == nullptr || seen_ == seen()) {
        if (!sameWords) viewport()->update();
        return false;
    }
    const auto anchor = leftEdge();
    seen_ = seen();
    arrange(anchor);
    if (current_ && layout_.find(*current_) == nullptr) current_.reset();
    hovered_ = mouse_ ? spotAt(*mouse_) : std::nullopt;
    Q_EMIT readoutChanged();
    return true;
}

// Place ------------------------------------------------------------------------------------------

void BoundaryStrip::arrange(const std::optional<Anchor>& anchor) {
    BoundaryLayout next = boundaries_ ? BoundaryLayout(*boundaries_, scale_) : BoundaryLayout();
    keepTones(next);
    layout_ = std::move(next);
    const BoundaryBox* kept = anchor ? layout_.find(anchor->call) : nullptr;
    double wanted = anchor ? 0 : left();
    if (kept != nullptr) wanted = margin() + kept->x + anchor->part * kept->width - anchor->screen;
    setLeft(follow_ ? lastLeft() : wanted);
    viewport()->update();
}

/// A group keeps its tone when older ones go.
void BoundaryStrip::keepTones(const BoundaryLayout& next) {
    if (next.columns().empty()) return;
    const std::uint64_t first = next.columns().front().group.firstSend;
    const auto& columns = layout_.columns();
    const auto after = std::upper_bound(
        columns.begin(), columns.end(), first,
        [](std::uint64_t send, const BoundaryColumn& column) { return send < column.group.firstSend; });
    if (after == columns.begin()) return;
    toneShift_ = isOdd(static_cast<std::size_t>(after - columns.begin()) - 1) ? 1 : 0;
}

/// By the first box that begins on screen, of either end. Within one that is wider than the screen, by that.
std::optional<BoundaryStrip::Anchor> BoundaryStrip::leftEdge() const {
    const double edge = left() - margin();
    const BoundaryBox *first = nullptr, *crossing = nullptr;
    for (const bool sends : {true, false}) {
        const auto& boxes = layout_.boxes(sends);
        std::size_t at = BoundaryLayout::firstAt(boxes, edge);
        if (at < boxes.size() && boxes[at].x < edge) crossing = &boxes[at++];
        if (at < boxes.size() && (first == nullptr || boxes[at].x < first->x)) first = &boxes[at];
    }
    if (first == nullptr) first = crossing;
    if (first == nullptr) return std::nullopt;
    return Anchor{first->id, 0, first->x - edge};
}

BoundaryStrip::Anchor BoundaryStrip::around(const BoundaryBox& box, double screen) const {
    const double x = left() + screen - margin();
    return {box.id, std::clamp((x - box.x) / box.width, 0.0, 1.0), screen};
}

double BoundaryStrip::left() const {
    return horizontalScrollBar()->value();
}

double BoundaryStrip::lastLeft() const {
    return std::max(0.0, std::ceil(layout_.width() + 2 * margin()) - viewport()->width());
}

void BoundaryStrip::setLeft(double left) {
    settingBar_ = true;
    QScrollBar* bar = horizontalScrollBar();
    bar->setRange(0, static_cast<int>(lastLeft()));
    bar->setPageStep(viewport()->width());
    bar->setSingleStep(static_cast<int>(scale_.character * 4));
    bar->setValue(static_cast<int>(std::lround(left)));
    settingBar_ = false;
}

void BoundaryStrip::scrollByUser(double left) {
    const double before = this->left();
    setLeft(left);
    const bool forward = left > before || follow_;
    setFollow(this->left() >= lastLeft() && forward);
    if (mouse_) point(mouse_);
    viewport()->update();
}

void BoundaryStrip::setFollow(bool follow) {
    if (follow == follow_) return;
    follow_ = follow;
    if (follow) setLeft(lastLeft());
    viewport()->update();
    Q_EMIT followChanged(follow);
}

void BoundaryStrip::zoomTo(double zoom, double screen) {
    const double wanted = std::clamp(zoom, BoundaryScale::least, BoundaryScale::most);
    if (wanted == scale_.zoom) return;
    const double x = left() + screen - margin();
    const BoundaryBox* box = BoundaryLayout::at(layout_.boxes(true), x);
    if (box == nullptr) box = BoundaryLayout::at(layout_.boxes(false), x);
    const auto anchor = box != nullptr ? std::optional(around(*box, screen)) : leftEdge();
    scale_.zoom = wanted;
    arrange(anchor);
    if (mouse_) point(mouse_);
}

/// Moves as little as is needed to see the box.
void BoundaryStrip::reveal(const BoundaryBox& box) {
    const double width = viewport()->width(), begin = box.x, end = box.end() + 2 * margin();
    if (begin < left() || end - begin > width)
        setLeft(begin);
    else if (end > left() + width)
        setLeft(end - width);
}

BoundaryStrip::Rows BoundaryStrip::rows() const {
    const double line = fontMetrics().height(), gap = std::floor(line / 3), height = viewport()->height();
    Rows rows;
    rows.caption = std::floor(gap / 2);
    rows.sends = rows.caption + line + gap / 2;
    const double around = rows.sends + line + gap;
    const double two = std::floor(2 * line + gap), one = std::floor(line + gap);
    rows.twoLines = height - around >= 2 * two + line;
    rows.box = rows.twoLines ? two : one;
    const double between = std::clamp(std::floor(height - around - 2 * rows.box), line / 2, line * 6);
    rows.receives = rows.sends + rows.box + between;
    rows.below = rows.receives + rows.box + gap / 2;
    return rows;
}

QSize BoundaryStrip::sizeHint() const {
    const int line = fontMetrics().height();
    return {line * 40, line * 10};
}

QSize BoundaryStrip::minimumSizeHint() const {
    const int line = fontMetrics().height();
    return {line * 12, line * 6 + horizontalScrollBar()->sizeHint().height()};
}

// Words ------------------------------------------------------------------------------------------

std::optional<BoundaryStrip::Spot> BoundaryStrip::regarded() const {
    if (hovered_) return hovered_;
    if (layout_.columns().empty()) return std::nullopt;
    const BoundaryBox* box = current_ ? layout_.find(*current_) : nullptr;
    if (box != nullptr) return Spot{box->column, box->id};
    return Spot{layout_.columns().size() - 1, std::nullopt};
}

QStringList BoundaryStrip::readout() const {
    const auto spot = regarded();
    if (boundaries_ == nullptr || !spot) return {};
    return boundaryLines(*boundaries_, layout_.columns()[spot->column], spot->call, epochOffsetNs_);
}

QStringList BoundaryStrip::visibleGroups() const {
    QStringList sentences;
    const double from = left() - margin(), to = from + viewport()->width();
    const auto& columns = layout_.columns();
    for (std::size_t i = BoundaryLayout::firstAt(columns, from); i < columns.size() && columns[i].x < to; ++i)
        sentences << toQString(boundaries_->sentence(columns[i].group));
    return sentences;
}

QString BoundaryStrip::hint() const {
    if (!caughtUp_) return tr("reading the capture …");
    return follow_ || lastLeft() <= 0 ? QString() : tr("paused · press End to follow");
}

void BoundaryStrip::told() {
    viewport()->update();
    Q_EMIT readoutChanged();
    if (!hasFocus()) return;
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
}

void BoundaryStrip::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    setLeft(follow_ ? lastLeft() : left());
}

void BoundaryStrip::changeEvent(QEvent* event) {
    QAbstractScrollArea::changeEvent(event);
    if (event->type() != QEvent::FontChange && event->type() != QEvent::StyleChange) return;
    const auto anchor = leftEdge();
    scale_.character = fontMetrics().averageCharWidth();
    arrange(anchor);
}

void BoundaryStrip::focusInEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void BoundaryStrip::focusOutEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

}  // namespace sockstage
